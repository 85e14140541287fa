"""Scans of certificates: attach, open to buyers, take away."""
