"""The way a lot came, read from what was signed."""
