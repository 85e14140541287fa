"""What parties with keys of their own confirmed of our records."""
