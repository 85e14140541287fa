"""The producers' own label designs."""
