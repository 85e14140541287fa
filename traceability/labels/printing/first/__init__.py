"""The first file of a new run."""
