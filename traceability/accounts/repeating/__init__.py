"""The same request twice under one Idempotency-Key is done once."""
