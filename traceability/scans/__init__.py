"""How often a code was scanned, and whether that looks like copying."""
