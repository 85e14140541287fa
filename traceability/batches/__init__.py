"""Batches (GS1 lots): registered, signed once issued, held, recalled, traced back."""
