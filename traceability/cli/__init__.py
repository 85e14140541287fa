"""The command line: `traceability init | serve | ...`."""

from traceability.cli.group import Assembly, main

__all__ = ["Assembly", "main"]
