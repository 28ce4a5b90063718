"""The charter page as data: the text in force, its versions, and what another version would change."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from boussole.audits.errors import CharterError
from boussole.audits.languages import capital, inside
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.charter.amending.diff import diff
from boussole.charter.amending.diff_questions import CharterChange, Effect
from boussole.charter.amending.plain import plainly
from boussole.charter.auditing.replay import ABSENT, VerdictChange, replay
from boussole.charter.records.in_force import (
    AdoptionAct,
    CharterInUse,
    InForce,
    draft,
    in_force,
    kept_charter,
    versions,
)
from boussole.charter.text.model import SAME_TEXTS, Article, Charter, Indicator
from boussole.dashboard.markup.elements import ORDER, word
from boussole.dashboard.markup.templates import PageData
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import charter_href, evidence_href
from boussole.dashboard.server.process import Stamp, newest, stamp
from boussole.dashboard.views.answers.asked import other_ways, worded_for
from boussole.dashboard.views.charts.groups import attribute_name

MONTHS = 12
"""How many months of stored audits a page judges again."""


@dataclass(frozen=True, kw_only=True)
class CharterView:
    """The charter as its page sees it. `fault`: why the text of the workspace cannot be used; nothing of it judges."""

    judging: InForce
    versions: tuple[CharterInUse, ...]
    amendment: PageData | None
    fault: str
    systems: Mapping[str, System]


def look(workspace: Workspace, *, against: str, today: dt.date) -> CharterView:
    """The charter in force, and what a kept version (`against`: its hash), else the draft, would change."""
    judging, kept, fault = in_force(workspace), tuple(versions(workspace)), ""
    other: Charter | None = None
    try:
        known = next((each for each in kept if against and each.sha256.startswith(against)), None)
        other = kept_charter(workspace, known.sha256) if known else draft(workspace)
    except CharterError as error:
        fault = error.what
    changed = other if other is not None and other.document() != judging.charter.document() else None
    return CharterView(
        judging=judging,
        versions=kept,
        amendment=amend(workspace, judging, changed, drafted=known is None, today=today) if changed else None,
        fault=fault,
        systems=workspace.systems,
    )


def amend(workspace: Workspace, judging: InForce, other: Charter, *, drafted: bool, today: dt.date) -> PageData:
    """What a version would change, in its text and over the audits of the last twelve months."""
    since = today - dt.timedelta(days=round(MONTHS * 30.44))
    return {
        "charter": other,
        "drafted": drafted,
        "changes": tuple(diff(judging.charter, other)),
        "replay": replay(workspace, other, since=since),
        "since": since,
    }


def charter(workspace: Workspace, against: str, today: dt.date) -> CharterView:
    """The charter as its page sees it, beside another version of it."""
    return _charter(workspace.home, stamp(workspace), against, today)


@newest(8)
def _charter(home: Path, _stamp: Stamp, against: str, today: dt.date) -> CharterView:
    return look(Workspace(home), against=against, today=today)


NESTED = str.maketrans("()", "[]")
"""A name in brackets that has brackets itself."""
AT_ONCE = 12
"""Past verdicts shown at once; the others are listed on request."""


RULES = (
    "comparison",
    "broken",
    "watch",
    "kept",
    "unknown",
    "left_out",
    "family",
    "looks",
    "stated",
    "tolerance",
    "records",
    "precedence",
    "harm",
)
"""Rules of the packaged charter, as they are read."""


@dataclass(frozen=True, kw_only=True)
class Other:
    """Another version beside the one in force. `past` are verdicts that are shown at once, `more_past` on request."""

    title: str
    lead: str
    changes: Sequence[PageData]
    replayed: str
    counts: Sequence[str]
    past: Sequence[PageData]
    more_past: Sequence[PageData]
    command: str


def charter_page(seen: CharterView, say: Say, *, query: Mapping[str, str]) -> PageData:
    """The page of the charter in force."""
    judging, charter = seen.judging, seen.judging.charter
    return {
        "title": say.text(charter.title),
        "subtitle": say("Version {version} · {counts}", version=charter.version, counts=_counts(charter, say)),
        "tone": "kept" if judging.act else "unknown",
        "headline": _headline(judging, say),
        "lead": _levels_told(judging, say),
        "seal": _seal(judging.act, say, query=query) if judging.act else None,
        "fault": seen.fault,
        "other": _other(seen, seen.amendment, say) if seen.amendment else None,
        "parts": [_part(article, judging, say) for article in charter.articles],
        "rules": [say.text(charter.rules[name]) for name in sorted(charter.rules, key=_order)],
        "colleges": [say.text(college.title) for college in charter.colleges],
        "versions": [_row(each, judging, say, query=query) for each in reversed(seen.versions)],
    }


def _order(rule: str) -> int:
    """The order in which rules are read: that of RULES, others after them (a sealed text has its keys sorted)."""
    return RULES.index(rule) if rule in RULES else len(RULES)


def _counts(charter: Charter, say: Say) -> str:
    asked = _indicators(charter)
    return say(
        "{articles} articles, {questions} questions",
        articles=say.whole(len(charter.articles)),
        questions=say.whole(len(asked)),
    )


def _headline(judging: InForce, say: Say) -> str:
    if judging.act is None:
        return say("Proposed: nobody has adopted this charter yet.")
    return say("In force since {date}.", date=say.date(judging.act.on))


def _levels_told(judging: InForce, say: Say) -> str:
    asked = _indicators(judging.charter)
    measured = sum(each.metric is not None or each.records is not None for each in asked)
    attested = sum(each.evidence == "attested" for each in asked)
    adopted = sum(each.id in judging.adopted for each in asked)
    claimed = sum(each.threshold.status == "adopted" for each in asked) - adopted
    others = len(asked) - measured - attested
    rest = {"measured": say.whole(measured), "attested": say.whole(attested)}
    told = say("{measured} questions are measured today, {attested} rest on the statements of people.", **rest)
    if others:
        told = say(
            "{measured} questions are measured today, {attested} rest on the statements of people, {others} wait for "
            "their measure.",
            **rest,
            others=say.whole(others),
        )
    levels = say(
        "Of {n} thresholds, {adopted} are adopted and {proposed} are proposed. None is a legal threshold.",
        n=say.whole(len(asked)),
        adopted=say.whole(adopted),
        proposed=say.whole(len(asked) - adopted - claimed),
    )
    if claimed:
        levels += " " + say.plural(
            "One calls itself adopted, and no adoption in the ledger proves it.",
            "{n} call themselves adopted, and no adoption in the ledger proves it.",
            claimed,
        )
    return f"{told} {levels}"


def _seal(act: AdoptionAct, say: Say, *, query: Mapping[str, str]) -> tuple[str, str]:
    text = say(
        "Adopted by: {role}. Sealed on {date}, entry {entry} of the ledger.",
        role=act.role,
        date=say.date(act.sealed_on),
        entry=say.whole(act.entry),
    )
    return text, evidence_href(query=dict(query), entry=str(act.entry))


def _part(article: Article, judging: InForce, say: Say) -> PageData:
    return {
        "order": article.order,
        "title": say.text(article.title),
        "commitment": say.text(article.commitment),
        "draft": article.text.status == "draft wording",
        "count": say.plural("Its question", "Its {n} questions", len(article.indicators)),
        "questions": [_question(each, judging, say) for each in article.indicators],
    }


def _question(indicator: Indicator, judging: InForce, say: Say) -> PageData:
    if indicator.evidence == "attested":
        how = say("Attested by: {role}", role=say.text(indicator.attested_by))
    elif indicator.records is not None and indicator.records != SAME_TEXTS:
        how = say("Counted in the records")
    else:
        how = say("Measured") if indicator.metric or indicator.records else say("To be measured: no measure yet")
    status = say("proposed")
    if indicator.threshold.status == "adopted":
        status = say("adopted") if indicator.id in judging.adopted else say("adopted by its own word")
    levels = say(
        "What would break it: {text} (threshold {status} on {date}).",
        text=inside(say.text(indicator.broken_if)).rstrip("."),
        status=status,
        date=say.date(indicator.threshold.since),
    )
    return {
        "number": indicator.number,
        "text": plainly(indicator.question, say.lang),
        "how": how,
        "levels": levels,
        "others": [capital(way) for way in other_ways(indicator, say)],
    }


def _row(each: CharterInUse, judging: InForce, say: Say, *, query: Mapping[str, str]) -> PageData:
    current = each.sha256 == judging.charter.sha256
    adopted = [
        (
            say("{date}, by: {role}", date=say.date(act.on), role=act.role),
            evidence_href(query=dict(query), entry=str(act.entry)),
        )
        for act in each.acts
    ]
    return {
        "version": each.version,
        "sha256": each.sha256[:12],
        "used": say.date(each.first_used_on),
        "adopted": adopted,
        "in_force": current,
        "compare": None if current else charter_href(query=query, against=each.sha256[:12], anchor="amendment"),
    }


def _other(seen: CharterView, amendment: PageData, say: Say) -> Other:
    other, moved = amendment["charter"], amendment["replay"].changes
    past = [_past(each, seen, other, say) for each in sorted(moved, key=_urgency)]
    if amendment["drafted"]:
        title = say("The draft: version {version}", version=other.version)
        lead = say("Somebody has changed the text of the charter. It judges nothing until the committee adopts it.")
    else:
        title = say("Version {version}, beside the one in force", version=other.version)
        lead = say("What this version says otherwise, and what it would have answered.")
    return Other(
        title=title,
        lead=lead,
        changes=_groups(amendment["changes"], say),
        replayed=_replayed(amendment, say),
        counts=_moves(moved, say),
        past=past[:AT_ONCE],
        more_past=past[AT_ONCE:],
        command="boussole charter adopt --role ROLE --on DAY --document FILE" if amendment["drafted"] else "",
    )


def _groups(changes: Iterable[CharterChange], say: Say) -> list[PageData]:
    titles: dict[Effect, str] = {
        "tighter": say("Stricter"),
        "looser": say("Less strict"),
        "unclear": say("Stricter or less strict, depending on the figures"),
        "neutral": say("Other changes, and wording"),
    }
    listed = list(changes)
    return [
        {"effect": effect, "title": title, "sentences": [say.text(each.sentence) for each in found]}
        for effect, title in titles.items()
        if (found := [each for each in listed if each.effect == effect])
    ]


def _replayed(amendment: PageData, say: Say) -> str:
    replay = amendment["replay"]
    if not replay.windows:
        return say("No audit since {date} could be judged again.", date=say.date(amendment["since"]))
    told = say(
        "{n} verdicts of {windows} audits since {date} were judged again.",
        n=say.whole(replay.verdicts),
        windows=say.whole(replay.windows),
        date=say.date(amendment["since"]),
    )
    changed = (
        say.plural("One would have been another.", "{n} would have been others.", len(replay.changes))
        if replay.changes
        else say("None would have been another.")
    )
    return " ".join(part for part in (told, changed) if part)


def _moves(moved: Sequence[VerdictChange], say: Say) -> list[str]:
    counted = Counter((each.before, each.after) for each in moved)
    ordered = sorted(counted, key=lambda pair: (_place(pair[1]), _place(pair[0])))
    return [
        say(
            "{before} → {after}: {n}",
            before=_named(before, say),
            after=_named(after, say),
            n=say.whole(counted[before, after]),
        )
        for before, after in ordered
    ]


def _named(verdict: str, say: Say) -> str:
    return say("Not asked") if verdict == ABSENT else word(verdict, say)


def _place(verdict: str) -> int:
    return len(ORDER) if verdict == ABSENT else ORDER.index(verdict)


def _urgency(each: VerdictChange) -> tuple[object, ...]:
    return _place(each.after), _place(each.before), [-ord(letter) for letter in each.end], each.system, each.indicator


def _past(each: VerdictChange, seen: CharterView, other: Charter, say: Say) -> PageData:
    asked = {way.id: way for charter in (seen.judging.charter, other) for way in charter.ways}[each.template]
    system = seen.systems.get(each.system)
    by = tuple(each.by) if each.by else None
    question = f"{asked.number} " + worded_for(asked, system, say, by=by)
    if by and system is None:
        attribute = inside(attribute_name(by, say)).translate(NESTED)
        question = say("{question} ({attribute})", question=question, attribute=attribute)
    return {
        "period": say.period(each.start, each.end),
        "system": say.text(system.title) if system else each.system,
        "question": question,
        "before": None if each.before == ABSENT else each.before,
        "after": None if each.after == ABSENT else each.after,
    }


def _indicators(charter: Charter) -> list[Indicator]:
    return [indicator for article in charter.articles for indicator in article.indicators]
