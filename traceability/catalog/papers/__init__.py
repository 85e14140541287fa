"""Pages about certificates and rights to signs."""
