"""Pure solvers: dataclasses in, dataclasses out. No Django, and no room of Bulou is imported here.

Every plan says what it could not do and why, and goes through an independent checker (`checking`) that shares
no code with the solver.
"""
