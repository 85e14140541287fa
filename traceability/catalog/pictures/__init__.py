"""The photos of a product, in their order."""
