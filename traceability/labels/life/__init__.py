"""What became of every number: printed, applied, void, spoiled and printed again."""
