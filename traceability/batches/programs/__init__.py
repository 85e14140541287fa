"""What travels between the API and programs: batches as bodies and answers."""
