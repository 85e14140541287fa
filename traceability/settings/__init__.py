"""Typed settings, read once; a bad or unknown one stops the start."""

from traceability.settings.settings import (
    Settings,
    SettingsError,
    parse_database_url,
    read_settings,
)

__all__ = ["Settings", "SettingsError", "parse_database_url", "read_settings"]
