"""Where a code leads: the resolver, the public page, reports of problems."""
