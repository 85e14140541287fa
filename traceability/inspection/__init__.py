"""Inspectors open a label or a lot, write down what they found, make it evidence."""
