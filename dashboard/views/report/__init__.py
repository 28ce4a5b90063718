"""What a report is called, and which period it is about."""
