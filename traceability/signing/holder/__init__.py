"""A party's own machine: make a key, sign what was downloaded; no service needed."""
