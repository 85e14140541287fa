"""Evidence kept beside entries."""
