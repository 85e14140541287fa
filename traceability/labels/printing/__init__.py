"""Print tasks: a run in one format, made in parts by workers, kept in the archive."""
