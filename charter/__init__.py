"""What is promised and judged: articles, verdicts, committee records."""
