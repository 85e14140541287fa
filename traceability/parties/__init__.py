"""Parties with keys of their own: a key is admitted, and confirms what is recorded."""
