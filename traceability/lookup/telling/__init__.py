"""What the public page tells of a lot, and what lends it credit."""
