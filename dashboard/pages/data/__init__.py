"""The page of the data: whether each source is up to date, and what became of its rows."""
