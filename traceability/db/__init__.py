"""Storage shared by all rooms: base class, column types, transactions, errors."""
