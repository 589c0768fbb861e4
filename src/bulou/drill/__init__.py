"""A synthetic county that lives through days, for demonstrations, drills and benchmarks.

It speaks to Bulou only as its users do: through workbooks, the command and the HTTP API.
"""
