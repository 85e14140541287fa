"""Stamps printed ahead of their lot, and bound to it later by their range."""
