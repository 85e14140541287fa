"""Rights to signs, designs and inventions over the API."""
