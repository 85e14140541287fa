"""Label runs: serials, seals, QR symbols, sheets, and what each number means."""
