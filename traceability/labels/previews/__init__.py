"""A label while it is still being chosen."""
