"""Administrative units for programs, and how their tables are built."""
