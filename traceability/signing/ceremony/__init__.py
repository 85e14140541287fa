"""Keys on more than one machine: drafts of the trust list, archives of keys."""
