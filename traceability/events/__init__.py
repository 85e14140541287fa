"""EPCIS 2.0 events: what happened to a lot, signed and logged as credentials."""
