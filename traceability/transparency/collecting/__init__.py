"""Cosignatures on our own heads, asked for by a worker."""
