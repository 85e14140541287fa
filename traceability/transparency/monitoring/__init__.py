"""A monitor: keeps every head of a log it saw, and reads all that is below them."""
