"""What labels and passports say of the producer itself."""
