"""Blank stamps: printed for a product ahead of any lot, printed again, made void."""
