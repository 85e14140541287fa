"""What bounds a run: an organisation's quota, a lot's packs, the rule of activation."""
