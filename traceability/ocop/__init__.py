"""OCOP recognitions: dated, signed, and the only source of stars anywhere."""
