"""What strangers see of certificates and rights: what was signed, nothing else."""
