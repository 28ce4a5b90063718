"""What is told of a record: the values of its fields in one language, and its attachments as links."""

from __future__ import annotations

from boussole.charter.record_types.attached import Attaching
from boussole.charter.record_types.base import Statement
from boussole.charter.record_types.inputs import input_of
from boussole.dashboard.markup.words.addresses import attachment_href
from boussole.dashboard.markup.words.say import Say

# What the values of a record's fields are called, in one language.


def words_of(model: type[Statement], name: str, say: Say) -> dict[str, str]:
    """What each value of a field is called."""
    return {value: say(text) for value, text in input_of(model, name, {}).words.items()}


def word(model: type[Statement], name: str, value: str, say: Say) -> str:
    """What one value of a field is called.

    >>> from boussole.charter.record_types.work import Consultation
    >>> from boussole.dashboard.markup.words.say import speaker
    >>> word(Consultation, "step", "expert", speaker("en"))
    'Expert named'
    """
    return say(input_of(model, name, {}).words[value])


# The attachments of a record as links, for those who may be told the record.


Link = tuple[str, str]


def attached_links(entry: int, said: Statement, say: Say) -> list[Link]:
    """Where each can be taken away. Their names are kept with them: a link says which kind it is, and how large."""
    if not isinstance(said, Attaching):
        return []
    return [
        (
            say(
                "Attachment {n} ({kind}, {size} kB)",
                n=str(at),
                kind=say("TEXT") if each.kind == "text" else each.kind.upper(),
                size=say.whole(max(1, round(each.size / 1_000))),
            ),
            attachment_href(entry, at),
        )
        for at, each in enumerate(said.attachments, 1)
    ]
