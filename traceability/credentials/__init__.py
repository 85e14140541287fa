"""UNTP credentials derived from signed records, for readers who do not know ours."""
