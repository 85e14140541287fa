"""The form a batch is entered with, shared by registering, changing, correcting."""
