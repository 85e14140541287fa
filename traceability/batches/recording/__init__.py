"""What a batch's record is put together from, and its signing."""
