"""The forms of a margin: to comment, to reply, to change or withdraw one's own, to settle."""

from __future__ import annotations

from boussole.charter.committee.margin import LONGEST, SavedNote
from boussole.dashboard.forms.model import Field, Form
from boussole.dashboard.words.say import Say

BASE = "/margin"


def commenting_on_draft(draft: int, version: int, part: str, number: int, say: Say) -> Form:
    """A comment on a paragraph of a draft, as it stands in a version of it."""
    return _written(f"draft/{draft}-{version}-{part}{number}", f"margin-{part}{number}", say("Comment"), say)


def commenting_on_answer(committee: str, system: str, question: str, audit: int | None, say: Say) -> Form:
    """A comment on an answer, after an audit."""
    read = Field(name="audit", label="", kind="hidden", value=str(audit or ""), required=False)
    of = f"answer/{committee}.{system}.{question}"
    return _written(of, f"margin-{committee}", say("Comment"), say, read)


def replying(note: SavedNote, say: Say) -> Form:
    """A reply to a comment."""
    return _written(f"reply/{note.id}", f"margin-reply-{note.id}", say("Reply"), say)


def changing(note: SavedNote, say: Say) -> Form:
    """One's own comment, with other words."""
    edition = Field(name="edition", label="", kind="hidden", value=str(note.edition))
    return _written(
        f"change/{note.id}", f"margin-change-{note.id}", say("Change the comment"), say, edition, value=note.text
    )


def withdrawing(note: SavedNote, say: Say) -> Form:
    """One's own comment is taken back."""
    return Form(
        id=f"margin-withdraw-{note.id}",
        path=f"{BASE}/withdraw/{note.id}",
        send=say("Withdraw the comment"),
        fields=[Field(name="sure", label=say("Yes, erase its words"), kind="tick")],
    )


def settling(note: SavedNote, say: Say) -> Form:
    """A comment is marked as settled, or opened again."""
    return Form(
        id=f"margin-settle-{note.id}",
        path=f"{BASE}/settle/{note.id}",
        send=say("Open it again") if note.settled_by else say("Mark as settled"),
        fields=[Field(name="to", label="", kind="hidden", value="open" if note.settled_by else "settled")],
    )


def _written(path: str, name: str, send: str, say: Say, *more: Field, value: str = "") -> Form:
    text = Field(name="text", label=say("Your comment"), kind="prose", rows=3, longest=LONGEST, value=value)
    return Form(id=name, path=f"{BASE}/{path}", send=send, fields=[*more, text])
