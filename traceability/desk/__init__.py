"""The first page after signing in: what waits to be done."""
