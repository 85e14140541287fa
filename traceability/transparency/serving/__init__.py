"""The log as everybody may read it."""
