"""Minutes of a visit in the form of the administration, as Word and as PDF."""
