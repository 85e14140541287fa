"""Births of many lots at once."""
