"""Every control switched off in turn, to see that a test turns red."""
