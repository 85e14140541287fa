"""Product traceability for OCOP: signed records, a public log, QR labels."""

__version__ = "0.1.0"
