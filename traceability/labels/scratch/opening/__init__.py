"""Judge the codes that people try."""
