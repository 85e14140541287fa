"""The diary: lists and pages of what was written down."""
