"""What stands against records, as lists that anybody may keep and read offline."""
