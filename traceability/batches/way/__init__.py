"""The rules of the way to a lot: its steps in order, its withdrawal days kept."""
