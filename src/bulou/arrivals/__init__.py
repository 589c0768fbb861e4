"""Arrivals (返乡接返): from registration to the last day in somebody's hands (docs/arrivals.md)."""
