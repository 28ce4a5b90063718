"""How good decisions and scores were, month by month and by group, and what scores mean."""
