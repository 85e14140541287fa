"""The audit trail, many entries at a time."""
