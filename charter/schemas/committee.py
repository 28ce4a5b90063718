"""Schemas of the documents of a committee: the minutes of a session, and the shapes that they share."""

from __future__ import annotations

from typing import Any

Shape = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEXT: Shape = {"type": "string"}
WHOLE: Shape = {"type": "integer"}
YES_OR_NO: Shape = {"type": "boolean"}
DAY: Shape = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
HASH: Shape = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
TEXTS: Shape = {"type": "object", "additionalProperties": TEXT, "description": "By language"}
ANYTHING: Shape = {"type": "object"}


def maybe(shape: Shape) -> Shape:
    """A shape that may be null."""
    return {"anyOf": [shape, {"type": "null"}]}


def several(shape: Shape) -> Shape:
    """A list of a shape."""
    return {"type": "array", "items": shape}


def one_of(*values: str) -> Shape:
    """One word of several."""
    return {"enum": list(values)}


def whole(**keys: Shape) -> Shape:
    """An object with just these keys."""
    return {"type": "object", "properties": keys, "required": sorted(keys), "additionalProperties": False}


def document(name: str, told: str, shape: Shape) -> Shape:
    """The schema of a document. `name` stands in its key `schema`, where it has one."""
    return {"$schema": DIALECT, **shape, "title": name, "description": told}


NOTED = {
    "dissents": several(whole(member=TEXT, sort=TEXT, text=TEXT)),
    "opinions": several(whole(entry=WHOLE, wording=ANYTHING)),
}
AGREED = whole(entry=WHOLE, how=one_of("consensus"), title=TEXT, subject=maybe(HASH), adopted=YES_OR_NO, **NOTED)
VOTED = whole(
    entry=WHOLE,
    how=one_of("open", "secret"),
    title=TEXT,
    subject=maybe(HASH),
    in_favour=WHOLE,
    against=WHOLE,
    abstained=WHOLE,
    casting=YES_OR_NO,
    adopted=YES_OR_NO,
    votes={"type": "object", "additionalProperties": TEXT},
    voters=several(TEXT),
    **NOTED,
)
REFERRAL = whole(
    entry=WHOLE,
    origin=TEXT,
    subject=TEXT,
    sender=maybe(TEXT),
    rapporteur=maybe(TEXT),
    hearings=several(whole(heard=TEXT, text=TEXT)),
)
ITEM = whole(
    id=TEXT,
    title=TEXT,
    kind=TEXT,
    system=maybe(TEXT),
    referral=maybe(REFERRAL),
    aside=several(TEXT),
    decisions=several({"anyOf": [VOTED, AGREED]}),
    annulled=several(whole(vote=WHOLE, title=TEXT, reason=TEXT)),
)
SESSION = whole(
    entry=WHOLE,
    kind=TEXT,
    state=TEXT,
    starts=TEXT,
    ends=TEXT,
    timezone=TEXT,
    place=TEXT,
    remote=YES_OR_NO,
    second_call_of=maybe(WHOLE),
)


def minutes_schema() -> Shape:
    """The JSON Schema (2020-12) of `boussole.minutes/1`."""
    shape = whole(
        schema={"const": "boussole.minutes/1"},
        committee=whole(id=TEXT, title=ANYTHING),
        session=SESSION,
        rules=whole(sha256=HASH, adopted=YES_OR_NO),
        calls=several(
            whole(entry=WHOLE, on=DAY, sealed_on=DAY, notice_days=WHOLE, urgent=YES_OR_NO, reason=TEXT),
        ),
        presiding=maybe(TEXT),
        quorum=maybe(ANYTHING),
        members=several(
            whole(member=TEXT, college=TEXT, presence=TEXT, moves=several(whole(at=TEXT, mode=TEXT))),
        ),
        proxies=several(whole(giver=TEXT, holder=TEXT)),
        packs=several(
            whole(
                entry=WHOLE,
                on=DAY,
                size=WHOLE,
                root=TEXT,
                charter=whole(sha256=HASH, version=TEXT),
                audits=several(whole(system=TEXT, entry=WHOLE)),
            )
        ),
        items=several(ITEM),
        questions=several(ANYTHING),
    )
    return document("boussole.minutes/1", "The minutes of a session: who was there, what was decided, and how.", shape)
