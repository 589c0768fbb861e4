"""Somebody who has stolen the files without the keys, and what they can find."""
