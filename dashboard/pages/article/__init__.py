"""The page of an article: its promise, how it stands from month to month, question by question."""
