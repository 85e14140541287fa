"""Scratch codes: made once, delivered once, opened by whoever scratches."""
