"""The registers: places, organisations, workers, posts, households and persons."""
