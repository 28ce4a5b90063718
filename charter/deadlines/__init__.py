"""Deadlines: what had to be done by a day, whether it was, and how often; pure, of what stands on that day."""
