"""Sample data: invented producers, real kinds of specialties, everything marked."""
