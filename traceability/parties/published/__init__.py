"""What the world may know of a party's keys."""
