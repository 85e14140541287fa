"""Declaring entries wrong, and putting others in their place."""
