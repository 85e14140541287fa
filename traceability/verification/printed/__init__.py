"""What is known of a link's label: its lot, its printing, what binds it."""
