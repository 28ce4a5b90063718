"""The page on which a written question is asked, about a figure or about none."""
