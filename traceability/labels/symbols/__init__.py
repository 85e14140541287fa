"""Many QR symbols at once, bit by bit those that ``qrcode`` makes one by one."""
