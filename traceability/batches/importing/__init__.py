"""Lots from a spreadsheet or CSV file: all of them are stored, or none."""
