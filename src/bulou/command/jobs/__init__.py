"""Long work: how far it is, and what waits, runs or failed."""
