"""The page of drift: is the system still the one that was examined, and what moved."""
