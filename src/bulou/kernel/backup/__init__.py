"""Backups: one encrypted file that restores into either database.

`container` is the file, `rows` what a row looks like in it, `dump` fills it from a consistent snapshot,
`load` empties it into an empty home.
"""
