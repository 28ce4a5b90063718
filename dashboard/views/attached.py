"""The attachments of a record as links, for those who may be told the record."""

from __future__ import annotations

from boussole.charter.record_types.attached import Attaching
from boussole.charter.record_types.base import Statement
from boussole.dashboard.words.addresses import attachment_href
from boussole.dashboard.words.say import Say

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
