"""A producer's places."""
