"""Mutants that are the same program in every way that a user could tell, each with its reason.

A name stands for the line and the change; `python -m tools.mutants --list` shows names.
"""

EQUIVALENT: dict[str, str] = {}
