"""The page: paste, type, photograph; every answer in words, never a 500."""
