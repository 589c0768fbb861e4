"""Faults: Bulou is killed at random moments of import and intake, and must lose and double nothing."""
