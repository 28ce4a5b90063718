"""Commands that audit, compare, look at drift, verify and write reports."""
