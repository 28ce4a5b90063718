"""What a record says, to those who may be told, and which of its fields nobody is asked for as they follow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.languages import capital
from boussole.audits.mixed import joined
from boussole.audits.workspace import Workspace
from boussole.charter.committee.acts.issuing import recommending
from boussole.charter.record_types.acts import Convocation, Item, OpinionText
from boussole.charter.record_types.base import UNTOLD, KeptFile, Statement
from boussole.charter.record_types.incidents import Incident
from boussole.charter.record_types.inputs import input_of, words_in
from boussole.charter.record_types.kinds import KINDS, Recommendation
from boussole.charter.record_types.work import THEMES, Survey
from boussole.charter.records.readable import Readable, Records
from boussole.charter.work.survey import Layout, aggregated, rows_of
from boussole.dashboard.markup.words import Say
from boussole.dashboard.server.access.permissions import Action, Role, allowed, who_words
from boussole.dashboard.views.committee_words import item_word, sense_word
from boussole.dashboard.views.register_words import attached_links

Fields = dict[str, Any]


def _survey(_: Workspace, said: Fields) -> Fields:
    """The means of a file of answers; its rows are kept nowhere."""
    columns = {theme: said.pop(theme) for theme in THEMES if theme in said} | _columns(said.pop("column", []))
    layout = Layout(
        columns=columns,
        group=said.get("grouped_by"),
        reverse=[_theme(each) for each in said.pop("reverse", [])],
        lowest=int(said["lowest"]),
        highest=int(said["highest"]),
    )
    found = aggregated(rows_of(*_file(said.pop("file"))), layout)
    return {**said, **vars(found)}


def _file(given: Path | tuple[str, bytes]) -> tuple[str, bytes]:
    if not isinstance(given, Path):
        return given
    if not given.is_file():
        raise BoussoleError(
            "there is no such file.", where=str(given), next_step="Give the path of a CSV or XLSX file."
        )
    return given.name, given.read_bytes()


def _columns(given: list[str]) -> dict[Any, str]:
    found: dict[Any, str] = {}
    for pair in given:
        theme, equals, name = pair.partition("=")
        if not equals:
            raise BoussoleError(f"'{pair}' is no THEME=COLUMN.", next_step="Write --column autonomy=Q1.")
        found[_theme(theme)] = name
    return found


def _theme(name: str) -> Any:
    if name not in THEMES:
        raise BoussoleError(f"there is no theme '{name}'. {nearest(name, THEMES)}")
    return name


def _incident(workspace: Workspace, said: Fields) -> Fields:
    """Its times are those of the system."""
    return {**said, "timezone": workspace.system(said["system"]).timezone}


def _recommendation(workspace: Workspace, said: Fields) -> Fields:
    """That of a committee is made in its name."""
    if not said.get("committee"):
        return said
    return {**said, "body": recommending(workspace, said["committee"], opinion=said.get("opinion"))}


COMPUTED: Mapping[type[Statement], Callable[[Workspace, Fields], Fields]] = {
    Survey: _survey,
    Incident: _incident,
    Recommendation: _recommendation,
}
"""By the model: from what was asked for to the fields of the record."""


def computed(workspace: Workspace, model: type[Statement], said: Fields) -> Fields:
    """The fields of a record, whole. Raises BoussoleError for what does not fit what there is."""
    return COMPUTED[model](workspace, dict(said)) if model in COMPUTED else said


Pairs = list[tuple[str, str]]
MEMBERS = ("members", "others", "there", "known_members")
"""The lists from which an input chooses a member."""
IDS = ("systems", "questions", "articles", "matters", "mandates", "texts", "appeals", "committees", "figure_groups")
"""The lists whose values are ids or numbers: what they name is said elsewhere."""


@dataclass(frozen=True, kw_only=True)
class Contents:
    """A record as a reader finds it at its entry: what it says; `kept_from` them where their role may not be told."""

    says: Pairs
    subject: str = ""
    attached: Sequence[tuple[str, str]] = ()
    kept_from: bool = False


def actions_of(each: Readable) -> set[Action]:
    """What whoever reads a record must be allowed to see: its kind, and the kinds of what it is about."""
    return {Action[KINDS[kind].read_action] for kind in {each.sealed.statement.kind, *each.about}}


def contents_of(each: Readable, role: Role, say: Say, *, member: Callable[[str], str]) -> Contents:
    """What a role is told of a record. `member` gives the name of a member by number."""
    if not all(allowed(role, action) for action in actions_of(each)):
        return Contents(says=[], kept_from=True)
    said = each.sealed.statement
    return Contents(
        says=[pair for pair in _fields(said, say, member) if pair[1]],
        subject=_called(said, say) if isinstance(said, Convocation) else say.written(subject_of(said)),
        attached=attached_links(each.sealed.entry, said, say),
    )


def _called(said: Convocation, say: Say) -> str:
    """The session of a convocation, which has no words of its own."""
    return say("Session of {date}", date=say.date(said.starts.date()))


def entries_named(records: Records, text: str, role: Role) -> frozenset[int]:
    """The entries of records whose few words hold a text, in capitals or not, among those that a role is told of."""
    wanted = text.strip().casefold()
    named = [
        entry for entry, each in records.sealed.items() if wanted and wanted in subject_of(each.statement).casefold()
    ]
    found = {entry: records.at(entry) for entry in named}
    return frozenset(
        entry for entry, each in found.items() if each and all(allowed(role, action) for action in actions_of(each))
    )


def subject_of(said: Statement) -> str:
    """What a record is about in its own few words; empty where it has none."""
    wording = getattr(said, "wording", None)
    return str(getattr(said, "subject", "") or getattr(wording or said, "title", "") or "")


def _fields(said: Statement, say: Say, member: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    free = words_in(type(said))
    for name, field in type(said).model_fields.items():
        value, asked = getattr(said, name), input_of(type(said), name, {})
        if UNTOLD in field.metadata or asked.choices in IDS:
            continue
        if isinstance(value, OpinionText):
            yield from _wording(value, say)
        elif name == "agenda":
            yield say(asked.label), joined("\n", [_item(n, each, say) for n, each in enumerate(value, 1)])
        elif asked.label:
            named = member if asked.choices in MEMBERS else None
            told = who_words(value, say) if name == "role" else _value(value, asked.words, say, named)
            by_people = name in free and value not in asked.words and told == value
            yield say(asked.label), say.written(told) if by_people else told


def _wording(text: OpinionText, say: Say) -> Iterator[tuple[str, str]]:
    yield say("Title"), say.written(text.title)
    yield say("What it comes to"), capital(sense_word(text.sense, say))
    yield say("In these words"), say.written(text.words)
    yield say("Reservations"), say.written("\n".join(text.reservations))


def _item(number: int, item: Item, say: Say) -> str:
    return joined("", [f"{number}. ", say.written(item.title), f" ({item_word(item.kind, say)})"])


def _value(value: Any, words: Mapping[str, str], say: Say, member: Callable[[str], str] | None) -> str:
    """A value as people read it; empty where there is none, or where it is no value for people."""
    if isinstance(value, list):
        return joined(", ", [text for each in value if (text := _value(each, words, say, member))])
    if isinstance(value, bool):
        return _whether(value, words, say)
    if isinstance(value, KeptFile):
        return value.name
    if isinstance(value, dt.date):
        return _day(value, say)
    if isinstance(value, str):
        return member(value) if member and value else say(words[value]) if value in words else value
    return _number(value, say) if isinstance(value, int | float) else ""


def _whether(value: bool, words: Mapping[str, str], say: Say) -> str:
    """Yes or no, in the words of the field where it has some: what has none says nothing."""
    if not words:
        return say("Yes") if value else say("No")
    told = words.get("yes" if value else "no")
    return say(told) if told else ""


def _number(value: float, say: Say) -> str:
    """A number with all the decimals in which it was stated."""
    exponent = Decimal(str(value)).normalize().as_tuple().exponent
    return say.number(value, max(0, -exponent)) if isinstance(exponent, int) else ""


def _day(value: dt.date, say: Say) -> str:
    if isinstance(value, dt.datetime):
        return say("{date}, {time}", date=say.date(value.date()), time=say.time(value))
    return say.date(value)
