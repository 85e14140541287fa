"""Entering what happened, by kind and elements."""
