"""What the law still asks of a product."""
