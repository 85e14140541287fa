"""Organisations, people, sign-in, API keys and the trail of who changed what."""
