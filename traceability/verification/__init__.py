"""Eleven numbered checks over what was received, and the verdict they add up to."""
