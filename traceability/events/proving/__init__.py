"""Compare the rows of events with what was signed."""
