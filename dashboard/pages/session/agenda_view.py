"""What an agenda rests on, as data: links of its items, questions asked between sessions, the frozen pack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boussole.charter.amending.plain import plainly
from boussole.charter.committee.acts.packs import PackChanges, VerdictChange
from boussole.charter.committee.meetings.sessions import Session
from boussole.charter.committee.referrals.between import asked_between
from boussole.charter.committee.referrals.matters import QuestionHistory
from boussole.charter.document import by_article
from boussole.charter.record_types.acts import PackAudit
from boussole.charter.text.model import Charter
from boussole.dashboard.markup.marks import word
from boussole.dashboard.markup.words.addresses import article_href, draft_href, evidence_href, questions_href
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.server.access.person import who_words
from boussole.dashboard.views.answers.asked import way_called, worded_as
from boussole.dashboard.views.chamber import Chamber, Evidence
from boussole.dashboard.views.scene import Scene

# What an item of an agenda rests on, with where it is read: its question, its draft, its evidence.


Linked = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class ItemLink:
    """`name` says what it is: the question, the draft or the evidence; `places` where each is read."""

    name: str
    places: list[Linked]


def item_links(
    charter: Charter | None, item: Mapping[str, Any], say: Say, *, query: Mapping[str, str]
) -> list[ItemLink]:
    """What an item of minutes rests on; nothing where its agenda does not say."""
    found = []
    if question := item.get("question"):
        found.append(ItemLink(name=say("Question"), places=[_question(charter, question, say, query=query)]))
    if draft := item.get("draft"):
        named = say("Draft no. {n}", n=str(draft))
        found.append(ItemLink(name=say("Draft"), places=[(named, draft_href(draft, query=query))]))
    if evidence := item.get("evidence"):
        places = [(say("entry {n}", n=str(each)), evidence_href(query=query, entry=str(each))) for each in evidence]
        found.append(ItemLink(name=say("Evidence"), places=places))
    return found


def _question(charter: Charter | None, name: str, say: Say, *, query: Mapping[str, str]) -> Linked:
    """As the charter in force asks it; its name where it asks it no more."""
    indicator = way_called(charter, name) if charter else None
    if charter is None or indicator is None:
        return name, ""
    asked = f"{indicator.number} {plainly(indicator.question, say.lang)}"
    article = next(each.id for each in charter.articles if indicator in each.indicators)
    return asked, article_href(article, query=query, anchor=f"q-{indicator.id}")


# The questions that members asked between sessions, as they stand on the agenda of the next one.


@dataclass(frozen=True, kw_only=True)
class BetweenRow:
    """A question: its words and where it is read, who asked whom, and how far its answer is."""

    text: Linked
    told: str
    state: str
    late: bool


def between_rows(chamber: Chamber, found: Session, say: Say, *, query: dict[str, str]) -> list[BetweenRow]:
    """The questions that stand on the agenda of a session because nobody asked them in one."""
    if found.state == "cancelled":
        return []
    return [_row(chamber, each, say, query=query) for each in asked_between(chamber.house, found, today=chamber.today)]


def _row(chamber: Chamber, each: QuestionHistory, say: Say, *, query: dict[str, str]) -> BetweenRow:
    said = each.question
    asker = chamber.name(said.by, say) if said.by else who_words(said.role, say)
    return BetweenRow(
        text=(say.written(said.text), questions_href(query=query, anchor=f"q-{each.entry}")),
        told=say(
            "Asked by {who} on {date}, to: {whom}", who=asker, date=say.date(said.on), whom=say.written(said.addressee)
        ),
        state=state_words(each, say),
        late=each.state == "overdue",
    )


def state_words(each: QuestionHistory, say: Say) -> str:
    """How far the answer to a question is."""
    if each.state == "answered":
        return say("Answered on {date}", date=say.date(each.answers[0][1].on))
    due = say.date(each.question.due_on)
    return (
        say("No answer: it was due on {date}", date=due) if each.state == "overdue" else say("Due on {date}", date=due)
    )


# The frozen pack as data: the verdict on each article for each system, and what has changed before and since.


NOT_ASKED = "not_examined"


@dataclass(frozen=True, kw_only=True)
class PackColumn:
    """A system: its name, the audit that the pack holds of it, and the entry that proves it."""

    title: str
    period: str
    entry: Linked


@dataclass(frozen=True, kw_only=True)
class PackRow:
    """An article, with its verdict for each system; None where its audit did not ask."""

    title: Linked
    verdicts: Sequence[str | None]


@dataclass(frozen=True, kw_only=True)
class AnswerChangeLine:
    """A question that is answered otherwise: where, what was asked, and both answers in words."""

    place: str
    question: str
    verdict: str
    told: str


@dataclass(frozen=True, kw_only=True)
class Differences:
    """What differs between two moments: sentences, then the questions answered otherwise."""

    title: str
    told: Sequence[str]
    verdicts: Sequence[AnswerChangeLine]


@dataclass(frozen=True, kw_only=True)
class PackView:
    """`told`: when it was frozen and what it fixes. `differences`: since today, and from the pack it replaces."""

    told: Sequence[str]
    root: str
    entry: Linked
    columns: Sequence[PackColumn]
    rows: Sequence[PackRow]
    differences: Sequence[Differences]


def pack_view(evidence: Evidence, scene: Scene, say: Say, *, query: dict[str, str]) -> PackView:
    """The pack, in the articles and questions of the charter in force."""
    pack, entry = evidence.pack, str(evidence.entry)
    differences = [differences_of(evidence.since, scene, say("What has changed since?"), say)]
    if evidence.before is not None:
        title = say("What was different in the pack before?")
        differences.append(differences_of(evidence.before, scene, title, say))
    return PackView(
        told=[
            say(
                "Frozen on {date}, under version {version} of the charter.",
                date=say.date(pack.on),
                version=pack.charter_version,
            ),
            say.plural("It fixes one entry of the ledger.", "It fixes the first {n} entries of the ledger.", pack.size),
        ],
        root=pack.root,
        entry=(say("entry {n}", n=entry), evidence_href(query=query, entry=entry)),
        columns=[_column(each, scene, say, query=query) for each in pack.audits],
        rows=_rows(evidence, scene, say, query=query),
        differences=differences,
    )


def _column(audit: PackAudit, scene: Scene, say: Say, *, query: dict[str, str]) -> PackColumn:
    number = str(audit.entry)
    return PackColumn(
        title=scene.title(audit.system, say),
        period=say.period(audit.start.isoformat(), audit.end.isoformat()),
        entry=(say("entry {n}", n=number), evidence_href(query=query, entry=number)),
    )


def _rows(evidence: Evidence, scene: Scene, say: Say, *, query: dict[str, str]) -> list[PackRow]:
    """The articles of the charter in force, then those that only the audits know."""
    known = {article.id: article for article in scene.charter.articles}
    found = [by_article(evidence.standing[each.system]) for each in evidence.pack.audits]
    others = dict.fromkeys(name for verdicts in found for name in verdicts if name not in known)
    return [
        PackRow(
            title=(say.text(known[name].title), article_href(name, query=query)) if name in known else (name, ""),
            verdicts=[verdicts.get(name) for verdicts in found],
        )
        for name in [*known, *others]
    ]


def differences_of(changes: PackChanges, scene: Scene, title: str, say: Say) -> Differences:
    """What differs between two packs, in sentences and by question."""
    told, (renewed, added, removed) = [], map(len, (changes.renewed, changes.added, changes.removed))
    if changes.charter:
        before, after = changes.charter
        told.append(say("The charter went from version {before} to {after}.", before=before, after=after))
    if renewed:
        told.append(say.plural("One system was audited again.", "{n} systems were audited again.", renewed))
    if added:
        first = say.plural("One system was audited for the first time.", "{n} were audited for the first time.", added)
        told.append(first)
    if removed:
        told.append(say.plural("One system is no longer there.", "{n} systems are no longer there.", removed))
    if changes.none:
        told.append(say("Nothing: the evidence is the same."))
    elif not changes.verdicts:
        told.append(say("No question is answered otherwise."))
    return Differences(title=title, told=told, verdicts=[_changed(each, scene, say) for each in changes.verdicts])


def _changed(change: VerdictChange, scene: Scene, say: Say) -> AnswerChangeLine:
    before, after = (say("not asked") if each is None else word(each, say) for each in (change.before, change.after))
    return AnswerChangeLine(
        place=scene.title(change.system, say),
        question=worded_as(scene.charter, change.indicator, scene.systems.get(change.system), say),
        verdict=change.after or NOT_ASKED,
        told=say("{before} → {after}", before=before, after=after),
    )
