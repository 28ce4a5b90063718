"""Hiding small groups over all published tables at once: rules, relations between tables, protection."""

from audits.suppression.funnel import suppress_stages
from audits.suppression.over_time import Published
from audits.suppression.rules import Suppression, suppress

__all__ = ["Published", "Suppression", "suppress", "suppress_stages"]
