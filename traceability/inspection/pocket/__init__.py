"""The inspector's phone: a page that is installed and works without a network."""
