"""The small print of a question: what was measured, the threshold and its reason, the law, the evidence."""

from __future__ import annotations

import datetime as dt
from typing import Any

from charter.model import Charter, Indicator, Law
from dashboard.scene import Document
from dashboard.views import period
from dashboard.words import Say


def indicator_of(charter: Charter, verdict: Document) -> Indicator | None:
    """The question of the charter that a verdict answers: ids of expanded questions end in their attributes."""
    known = [i for article in charter.articles for i in article.indicators]
    fitting = [i for i in known if f"{verdict['indicator']}_".startswith(f"{i.id}_")]
    return max(fitting, key=lambda indicator: len(indicator.id), default=None)


def small_print(
    document: Document, verdict: Document, indicator: Indicator | None, charter: Charter, say: Say
) -> list[tuple[str, str]]:
    """Names and what they stand for, in the order a careful reader asks."""
    evidence = document["evidence"]
    pairs = [(say("Measure"), measure_words(indicator, say))]
    if verdict["threshold"]:
        pairs.append((say("Threshold"), threshold_words(judged_threshold(verdict), say)))
    decisions = say("{n} decisions, {period}", n=say.whole(document["decisions"]), period=period(document, say))
    pairs.append((say("Decisions"), decisions))
    if indicator and indicator.law:
        pairs.append((say("Law"), " · ".join(law_words(law, say) for law in charter.law_of(indicator))))
    sealed = say("entry {n} of the ledger", n=say.whole(evidence["entry"])) if evidence.get("entry") is not None else ""
    pairs.append((say("Evidence"), " · ".join(part for part in (sealed, evidence["cubes"][:19] + "…") if part)))
    return [(name, value) for name, value in pairs if value]


def measure_words(indicator: Indicator | None, say: Say) -> str:
    """What was counted, in plain words, then the metric's own name."""
    if indicator is None:
        return ""
    name = f" ({indicator.metric})" if indicator.metric else ""
    return say.text(indicator.computed).rstrip(".") + name


def judged_threshold(verdict: Document) -> dict[str, Any]:
    """The threshold with the levels its comparisons were held to: 1.25 for 0.8 where being selected is a harm."""
    levels = verdict["comparisons"][0].get("levels", {}) if verdict["comparisons"] else {}
    return {**verdict["threshold"], **{kind: abs(level) for kind, level in levels.items() if level is not None}}


def threshold_words(threshold: Document, say: Say) -> str:
    """The levels, and whether anybody has adopted them."""
    levels = []
    if threshold.get("breach") is not None:
        levels.append(say("not kept beyond {level}", level=say.number(threshold["breach"])))
    if threshold.get("watch") is not None:
        levels.append(say("watch beyond {level}", level=say.number(threshold["watch"])))
    if threshold.get("tolerance") is not None:
        levels.append(say("tolerance {level}", level=say.number(threshold["tolerance"], 4)))
    status = say("adopted") if threshold["status"] == "adopted" else say("proposed, not adopted")
    return say("{levels}: {status}; not a legal threshold.", levels=", ".join(levels), status=status)


def law_words(law: Law, say: Say) -> str:
    """A text of law; since when, where it does not apply yet; and whether that date is still to be checked."""
    text = say.text(law.title)
    if law.in_force <= dt.datetime.now(tz=dt.UTC).date():
        return text
    date = say.date(law.in_force)
    if law.to_check:
        return say("{law} (from {date}, date to be checked)", law=text, date=date)
    return say("{law} (from {date})", law=text, date=date)


def recompute(document: Document) -> str:
    """The command that recomputes an audit."""
    window = document["window"]
    return (
        f"boussole audit --system {document['system']} --from {window['start']} --to {window['end']} --dry-run --json -"
    )


def reasons(verdict: Document, indicator: Indicator | None, say: Say) -> list[str]:
    """Why this level, and what would break the promise."""
    threshold = verdict["threshold"] or {}
    found = [say.text(threshold.get("justification")), say.text(indicator.broken_if) if indicator else ""]
    return [text for text in found if text]
