"""Measurements of this service beside plain yardsticks, in one run each."""
