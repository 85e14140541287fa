"""Put the public page together."""
