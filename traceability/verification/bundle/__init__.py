"""Evidence bundles: everything about a lot in one file that needs no service."""
