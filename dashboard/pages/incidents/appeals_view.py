"""Appeals as the page tells them: counts and delays for everybody, single ones for those who handle them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.languages import capital, inside
from boussole.charter.deadlines.appeals import AppealState, appeals, counts, grouped
from boussole.charter.record_types.incidents import Appeal, AppealDecision
from boussole.dashboard.views.record_words import word, words_of
from boussole.dashboard.views.register.words import when
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.words.addresses import evidence_href
from boussole.dashboard.words.say import Say

Link = tuple[str, str]
SHOWN = 100
"""Appeals that are listed one by one; late ones and those that wait come first."""


def sealed_at(entry: int, say: Say, *, query: Mapping[str, str]) -> Link:
    """An entry of the ledger, by number, with its address."""
    return say("entry {n}", n=str(entry)), evidence_href(query=query, entry=str(entry))


@dataclass(frozen=True, kw_only=True)
class AppealRow:
    """One appeal, for those who may see single ones."""

    entry: int
    number: str
    about: str
    asks: str
    ground: str
    when: str
    late: bool
    took: str
    outcome: str
    text: str
    sealed: Link
    decided: bool


@dataclass(frozen=True, kw_only=True)
class Appeals:
    """What is told of all appeals together. `hidden` says why some counts are not shown."""

    headline: str
    facts: Sequence[tuple[str, str]]
    systems: Sequence[tuple[str, str, str, str]]
    grounds: Sequence[tuple[str, str]]
    outcomes: Sequence[tuple[str, str]]
    hidden: str
    rows: Sequence[AppealRow]
    more: str


def appeals_told(scene: Scene, say: Say, *, query: dict[str, str], single: bool) -> Appeals:
    """All appeals together; one by one only where the reader may see single ones."""
    found = appeals(scene.facts)
    told, below = counts(found), _below(scene, found)
    grounds = grouped(found, lambda each: each.appeal.ground, below=below)
    outcomes = grouped(
        [each for each in found if each.decision],
        lambda each: each.decision[1].outcome if each.decision else "",
        below=below,
    )
    hidden = None in {*grounds.values(), *outcomes.values()}
    facts = [
        (say("Received"), say.whole(told.received)),
        (say("Waiting for a decision"), say.whole(told.waiting)),
        (say("Of these, late"), say.whole(told.overdue)),
        (say("Decided"), say.whole(told.decided)),
        (say("Of these, too late"), say.whole(told.decided_late)),
        (say("Half were decided within"), _days(told.days, say) if told.days is not None else ""),
        (say("A human was asked for, and none looked"), say.whole(told.without_human) if told.without_human else ""),
    ]
    return Appeals(
        headline=_appeals_words(told.waiting, told.overdue, told.received, say),
        facts=facts if found else [],
        systems=_by_system(scene, found, say),
        grounds=_counted(grounds, words_of(Appeal, "ground", say), below, say),
        outcomes=_counted(outcomes, words_of(AppealDecision, "outcome", say), below, say),
        hidden=say(
            "Counts below {n} are hidden, and one more where the total would give them away: so nobody is recognised.",
            n=say.whole(below),
        )
        if hidden
        else "",
        rows=[_row(scene, each, say, query=query) for each in found[:SHOWN]] if single else [],
        more=say.plural("One more appeal comes after these.", "{n} more appeals come after these.", len(found) - SHOWN)
        if single and len(found) > SHOWN
        else "",
    )


def _appeals_words(waiting: int, late: int, received: int, say: Say) -> str:
    if not received:
        return say("No appeal is recorded.")
    if late:
        return say.plural("One appeal waits beyond its deadline.", "{n} appeals wait beyond their deadline.", late)
    if waiting:
        return say.plural("One appeal waits, none too long.", "{n} appeals wait, none too long.", waiting)
    return say("Every appeal has been decided.")


def _below(scene: Scene, found: Sequence[AppealState]) -> int:
    """The most careful threshold of the systems that appeals are about."""
    known = [scene.systems[name] for name in {each.appeal.system for each in found} if name in scene.systems]
    return max([11, *(system.privacy.suppress_below for system in known)])


def _counted(
    found: Mapping[object, int | None],
    words: Mapping[str, str],
    below: int,
    say: Say,
) -> list[tuple[str, str]]:
    less = say("hidden (fewer than {n}, or to protect such a count)", n=say.whole(below))
    return [(word, less if (n := found[key]) is None else say.whole(n)) for key, word in words.items() if key in found]


def _by_system(scene: Scene, found: Sequence[AppealState], say: Say) -> list[tuple[str, str, str, str]]:
    rows = []
    for name in dict.fromkeys(each.appeal.system for each in found):
        told = counts([each for each in found if each.appeal.system == name])
        took = _days(told.days, say) if told.days is not None else ""
        rows.append((scene.title(name, say), say.whole(told.received), say.whole(told.overdue), took))
    return rows


def _days(n: float, say: Say) -> str:
    return say.plural("one day", "{n} days", round(n)) if round(n) else say("the same day")


def _row(scene: Scene, each: AppealState, say: Say, *, query: dict[str, str]) -> AppealRow:
    said, today = each.appeal, scene.facts.as_of
    outcome = ""
    if each.decision:
        decided = each.decision[1]
        reviewed = say("a human looked at it") if decided.reviewed else say("no human looked at it")
        outcome = f"{word(AppealDecision, 'outcome', decided.outcome, say)} ({reviewed})"
    due = say("decided on {date}", date=say.date(each.decision[1].on)) if each.decision else ""
    return AppealRow(
        entry=each.entry,
        number=said.number,
        about=scene.title(said.system, say),
        asks=word(Appeal, "asks", said.asks, say)
        + (f" · {inside(say('A human review was asked for'))}" if said.human_review else ""),
        ground=word(Appeal, "ground", said.ground, say),
        when=capital(due or when(each.due_on, today, say)),
        late=each.late,
        took=_days(each.days, say),
        outcome=outcome,
        text=say.written(said.text),
        sealed=sealed_at(each.entry, say, query=query),
        decided=each.decision is not None,
    )
