"""What an inspector sees of a label or lot: chain, labels, scans, earlier visits."""
