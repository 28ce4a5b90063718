"""The frozen pack as data: the verdict on each article for each system, and what has changed before and since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boussole.charter.committee.acts.packs import PackChanges, VerdictChange
from boussole.charter.document import by_article
from boussole.charter.record_types.acts import PackAudit
from boussole.dashboard.markup.marks import word
from boussole.dashboard.views.answers.asked import worded_as
from boussole.dashboard.views.committee.evidence import Evidence
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.words.addresses import article_href, evidence_href
from boussole.dashboard.words.say import Say

Linked = tuple[str, str]
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
