"""What programs send and are answered about events."""
