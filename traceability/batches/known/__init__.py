"""Lots as the events room asks for them."""
