"""A mutation sample: small faults put into the engine of the books, and whether the tests notice."""
