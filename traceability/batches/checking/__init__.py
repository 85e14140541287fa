"""The rules of a batch, applied to what is stored."""
