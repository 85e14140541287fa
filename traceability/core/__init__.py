"""The domain's own words: errors, ports, canonical JSON, ids, quantities, text."""
