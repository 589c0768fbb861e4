"""Judges of plans: they recompute everything from a task and a plan, and share no code with any solver."""
