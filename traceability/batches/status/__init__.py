"""Hold, recall and release: signed changes of a batch's state."""
