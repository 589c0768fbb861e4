"""Mutants that are the same program in every way that a user could tell, each with its reason.

A name stands for the line and the change; `python -m tools.mutants --list` shows names.
"""

EQUIVALENT: dict[str, str] = {
    "6125e91306bb": "a cell at the next place is counted under that place's own code, which nobody asks for",
    "f15ef528fe65": "the condition that is left out while nothing is corrected is then true of every event",
    "9053cd4dd774": "how many rows are read at once",
}
