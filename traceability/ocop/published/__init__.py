"""What strangers see of recognitions: what was signed, nothing else."""
