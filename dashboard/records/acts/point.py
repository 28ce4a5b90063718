"""Saying what an item of an agenda is about and rests on, before the session begins: kind, system, question, draft,
evidence. The session is called in the same words otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from boussole.charter.committee.acts.meeting import convene
from boussole.charter.record_types.acts import Item
from boussole.charter.record_types.acts.rules import ItemKind
from boussole.charter.records import SealedStatement
from boussole.dashboard.access.people.person import Person
from boussole.dashboard.forms.model import Field
from boussole.dashboard.forms.reading import UnfitError, Values
from boussole.dashboard.forms.routes import Desk
from boussole.dashboard.records.acts.doing import Choices, Doing, who
from boussole.dashboard.records.lists import LISTS
from boussole.dashboard.records.place import Place
from boussole.dashboard.records.setting import Setting
from boussole.dashboard.views import store
from boussole.dashboard.views.committee_words import item_word
from boussole.dashboard.words.say import Say

KINDS: tuple[ItemKind, ...] = get_args(ItemKind)


def _asking(place: Place, me: Person, say: Say) -> Sequence[Field]:
    item = place.on
    scene = store.scene(place.workspace)
    at = Setting(person=me, say=say, workspace=place.workspace, chamber=place.chamber, place=place, scene=scene)
    choices: list[tuple[str, str, Choices, str]] = [
        ("system", say("System"), LISTS["systems"](at), item.system or ""),
        ("question", say("Question"), LISTS["questions"](at), item.question or ""),
        ("draft", say("Draft"), _drafts(place, say), str(item.draft or "")),
    ]
    return [
        Field(
            name="kind",
            label=say("What is done"),
            kind="choice",
            choices=[(each, item_word(each, say)) for each in KINDS],
            value=item.kind,
        ),
        *(
            Field(name=name, label=label, kind="choice", choices=_with(value, known), value=value, required=False)
            for name, label, known, value in choices
            if known or value
        ),
        Field(
            name="evidence",
            label=say("Evidence"),
            note=say("Numbers of entries of the ledger, with commas between them."),
            value=", ".join(map(str, item.evidence)),
            required=False,
        ),
    ]


def _with(value: str, known: Choices) -> Choices:
    """The choices, and what was chosen before though it is none of today's: who changes another field keeps it."""
    return known if not value or value in dict(known) else [(value, value), *known]


def _drafts(place: Place, say: Say) -> Choices:
    known = [each for each in store.drafts(place.workspace, place.chamber.id) if each.kind == "opinion"]
    return [
        (str(each.id), f"{say('Draft no. {n}', n=str(each.id))} — {each.body.get('title') or ''}") for each in known
    ]


def _change(desk: Desk, place: Place, values: Values) -> SealedStatement:
    """The convocation with this one item changed; notice runs anew only where the item deals with something else."""
    call, item = place.found.call, place.on
    asked = {each.name for each in _asking(place, desk.person, desk.say)}
    draft = values.maybe("draft") if "draft" in asked else None
    changed = Item.model_validate(
        {
            **item.model_dump(),
            "kind": values.text("kind"),
            "system": values.maybe("system") if "system" in asked else item.system,
            "question": values.maybe("question") if "question" in asked else item.question,
            "draft": int(draft) if draft else None,
            "evidence": _entries(values.text("evidence"), place, desk.say),
        }
    )
    return convene(
        desk.workspace,
        place.chamber.id,
        who=who(desk, place),
        starts=call.starts,
        ends=call.ends,
        place=call.place,
        agenda=[changed if each.id == item.id else each for each in call.agenda],
        kind=call.session,
        remote=call.remote,
        urgent=call.urgent,
        text=call.text,
        second_call_of=call.second_call_of,
        amends=place.found.entry,
    )


def _entries(text: str, place: Place, say: Say) -> list[int]:
    """Entries of the ledger. Raises UnfitError for what is none."""
    found = [each for each in text.replace(",", " ").replace(";", " ").split() if each]
    last = store.last_entry_of(place.workspace)
    for each in found:
        if not (each.isascii() and each.isdigit() and int(each) <= last):
            raise UnfitError(say("The ledger has no entry “{entry}”.", entry=each[:20]), "evidence")
    return list(dict.fromkeys(map(int, found)))


POINT = Doing(
    name="point",
    title=lambda say: say("Say what this item is about"),
    send=lambda say: say("Send the changed agenda"),
    ask=_asking,
    act=_change,
    note=lambda _, say: say(
        "Members find here what to read before the session. Another kind or system is another matter: notice runs anew."
    ),
)
