"""What every blueprint shares: services, pages, languages, forms, auth, problems."""
