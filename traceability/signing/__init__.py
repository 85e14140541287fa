"""Keys, trust list and signed envelopes; knows nothing of what it signs."""
