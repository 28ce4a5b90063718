"""From an article to the provisions of law that its questions answer to, and what is not covered or in force yet."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from boussole.charter.document import Standing, VerdictDocument
from boussole.charter.document.answers.verdict import ANSWERED, Verdict, together
from boussole.charter.text.model import Article, Charter, Framework, Indicator, Law

State = Literal["in_force", "not_yet", "ended"]
Documents = Mapping[str, Standing]


@dataclass(frozen=True, kw_only=True)
class Provision:
    """One provision at a date, and the questions that answer to it, in the order of the charter."""

    id: str
    law: Law
    state: State
    questions: Sequence[tuple[Article, Indicator]]

    @property
    def covered(self) -> bool:
        """Whether at least one question answers to it."""
        return bool(self.questions)


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """The provisions of one framework; `framework` is None for those that belong to none."""

    id: str
    framework: Framework | None
    provisions: Sequence[Provision]

    def count(self, *, covered: bool) -> int:
        """How many of its provisions have a question, or have none."""
        return sum(provision.covered == covered for provision in self.provisions)


@dataclass(frozen=True, kw_only=True)
class CurrentAnswer:
    """What one question currently says of one system, and the entry of the ledger that seals it."""

    system: str
    verdict: Verdict
    question: str
    """The id of the question as asked of the system: the one that decides."""
    window_end: dt.date
    entry: int | None


def crosswalk(charter: Charter, *, on: dt.date) -> list[Chapter]:
    """Every provision of the charter's law, by framework, as it stands on a day.

    >>> from boussole.charter.text.loading import load_charter
    >>> chapters = crosswalk(load_charter(), on=dt.date(2026, 11, 26))
    >>> {p.id: p.state for p in chapters[0].provisions if p.id in ("ai_act_4", "ai_act_10")}
    {'ai_act_4': 'in_force', 'ai_act_10': 'not_yet'}
    """
    asked: dict[str, list[tuple[Article, Indicator]]] = {}
    for article in charter.articles:
        for indicator in article.indicators:
            for name in indicator.law:
                asked.setdefault(name, []).append((article, indicator))
    provisions = {
        name: Provision(id=name, law=law, state=state_of(law, on=on), questions=asked.get(name, []))
        for name, law in charter.laws.items()
    }
    order: list[tuple[str, Framework | None]] = [*charter.frameworks.items(), ("", None)]
    chapters = [
        Chapter(
            id=name,
            framework=framework,
            provisions=[each for each in provisions.values() if (each.law.framework or "") == name],
        )
        for name, framework in order
    ]
    return [chapter for chapter in chapters if chapter.provisions]


def of_article(charter: Charter, article_id: str, *, on: dt.date) -> list[Provision]:
    """The provisions that an article answers to, each with those of its questions that do.

    >>> from boussole.charter.text.loading import load_charter
    >>> [each.id for each in of_article(load_charter(), "environnement", on=dt.date(2026, 11, 26))]
    ['altai_society']
    """
    found = []
    for chapter in crosswalk(charter, on=on):
        for each in chapter.provisions:
            own = [(article, indicator) for article, indicator in each.questions if article.id == article_id]
            if own:
                found.append(Provision(id=each.id, law=each.law, state=each.state, questions=own))
    return found


def state_of(law: Law, *, on: dt.date) -> State:
    """Whether a provision applies on a day; its first and its last day are included.

    >>> law = Law(title={"en": "X"}, in_force=dt.date(2026, 8, 2), until=dt.date(2026, 8, 3), source="X")
    >>> [state_of(law, on=dt.date(2026, 8, day)) for day in (1, 2, 3, 4)]
    ['not_yet', 'in_force', 'in_force', 'ended']
    """
    if on < law.in_force:
        return "not_yet"
    return "ended" if law.until is not None and on > law.until else "in_force"


def answers(latest: Documents) -> dict[str, list[CurrentAnswer]]:
    """What each indicator says of each audited system: the worst of its groups, kept only when all are looked at."""
    found: dict[str, list[CurrentAnswer]] = {}
    for system, document in latest.items():
        asked: dict[str, list[VerdictDocument]] = {}
        for verdict in document.verdicts:
            asked.setdefault(verdict.template or verdict.indicator, []).append(verdict)
        for indicator, verdicts in asked.items():
            found.setdefault(indicator, []).append(_answer(system, document, verdicts))
    return found


def _answer(system: str, document: Standing, verdicts: Sequence[VerdictDocument]) -> CurrentAnswer:
    verdict, deciding = _together(verdicts)
    return CurrentAnswer(
        system=system,
        verdict=verdict,
        question=deciding.indicator,
        window_end=document.until,
        entry=document.entry,
    )


def _together(verdicts: Sequence[VerdictDocument]) -> tuple[Verdict, VerdictDocument]:
    found = [each.verdict for each in verdicts]
    verdict = together(found)
    deciding = verdict if verdict in found else Verdict.NOT_EXAMINED
    return verdict, verdicts[found.index(deciding)]


def tally(provision: Provision, found: Mapping[str, Sequence[CurrentAnswer]]) -> Counter[str]:
    """How often each verdict is what a question of a provision currently says of a system (from `answers`)."""
    ways = (way for _, indicator in provision.questions for way in indicator.ways)
    return Counter(each.verdict for way in ways for each in found.get(way.id, ()))


def answered(provision: Provision, found: Mapping[str, Sequence[CurrentAnswer]]) -> bool:
    """Whether at least one of its questions has an answer for at least one system."""
    counts = tally(provision, found)
    return any(counts[verdict] for verdict in ANSWERED)
