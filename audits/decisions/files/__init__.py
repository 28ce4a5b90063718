"""Data files as they come: their kind, encoding, separators, numbers and dates, found out and said."""
