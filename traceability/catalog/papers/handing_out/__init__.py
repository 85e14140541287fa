"""Files as downloads that no browser takes for a page."""
