"""The pages of one label run."""
