"""The verifier as one file: it works from a memory stick, in a browser, without us."""
