"""Hiding small groups over all published tables at once: rules, relations between tables, protection."""
