"""Hiding small groups over all published tables at once: rules, relations between tables, protection."""

from audits.suppression.rules import Suppression, suppress, suppress_stages

__all__ = ["Suppression", "suppress", "suppress_stages"]
