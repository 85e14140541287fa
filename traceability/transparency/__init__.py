"""The public log: an RFC 6962 tree in C2SP formats; leaves are opaque bytes here."""
