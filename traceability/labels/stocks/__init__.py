"""An organisation's own stock, and its printers as they were measured."""
