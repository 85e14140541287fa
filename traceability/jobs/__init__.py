"""Work that nobody waits for: a queue, its consumer, a supervised worker process."""
