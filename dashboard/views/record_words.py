"""What the values of a record's fields are called, in one language."""

from __future__ import annotations

from boussole.charter.record_types.base import Statement
from boussole.charter.record_types.inputs import input_of
from boussole.dashboard.words.say import Say


def words_of(model: type[Statement], name: str, say: Say) -> dict[str, str]:
    """What each value of a field is called."""
    return {value: say(text) for value, text in input_of(model, name, {}).words.items()}


def word(model: type[Statement], name: str, value: str, say: Say) -> str:
    """What one value of a field is called.

    >>> from boussole.charter.record_types.work import Consultation
    >>> from boussole.dashboard.words.say import speaker
    >>> word(Consultation, "step", "expert", speaker("en"))
    'Expert named'
    """
    return say(input_of(model, name, {}).words[value])
