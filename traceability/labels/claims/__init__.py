"""What a batch's labels may say today."""
