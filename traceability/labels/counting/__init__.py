"""How many labels a lot has by its signed runs, and how many packs it makes."""
