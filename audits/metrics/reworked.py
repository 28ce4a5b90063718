"""Promises about agents for whom texts are written: they decide what goes out, and have time to read."""

from __future__ import annotations

import math

import pyarrow as pa

from boussole.audits.measures import Measure
from boussole.audits.metrics.definition import Metric
from boussole.audits.metrics.shares import PART_OF_MONTH, share_measure, sides_of, too_many, untold
from boussole.audits.systems.logs.generations import CHANGED, HASTY, MONTHS, SMALL, SQUARES, UNTIMED, part
from boussole.audits.systems.logs.human_actions import TEAM, WORDS_A_MINUTE
from boussole.audits.systems.model import System

REWORKED_SHARE, HASTY_TEXTS = "reworked_texts_share", "hasty_texts_share"


def reworked_measures(read: pa.Table, system: System) -> list[Measure]:
    """Measure the texts that agents changed or rejected, or sent too fast to read, from `counts.read.SHARES`.

    Suppressed: `small_teams`, no team of `TEAM` agents or more in a month. Undefined: `part_of_month`; `no_text_time`,
    more than 1 text in 100 has no time or no number of words.
    """
    section = system.generations
    if section is None or not section.reviewed:
        return []
    parts = set(read["part"].to_pylist())
    if PART_OF_MONTH in parts:
        found = [untold(REWORKED_SHARE, bad_side="below"), untold(HASTY_TEXTS, bad_side="above")]
        return found[: 1 + section.timed]
    if part(section, SMALL) not in parts:
        return []
    changed, hasty, untimed, small, squares, months = (
        sides_of(read, part(section, name)) for name in (CHANGED, HASTY, UNTIMED, SMALL, SQUARES, MONTHS)
    )
    texts = int(changed.sum())
    hidden, told = None if texts else "small_teams", {"left_out": int(small[1].sum())}
    alike = math.fsum([texts]) ** 2 / (int(months.sum()) * int(squares.sum())) if texts else None
    share = share_measure(REWORKED_SHARE, changed, limit=0, bad_side="below", told=told, hidden=hidden, clusters=alike)
    if not section.timed:
        return [share]
    unread = too_many(untimed) or not hasty.sum()
    return [
        share,
        share_measure(
            HASTY_TEXTS,
            hasty,
            limit=0,
            bad_side="above",
            told={**told, "words_a_minute": WORDS_A_MINUTE, "untimed": int(untimed[1].sum())},
            hidden=hidden,
            undefined="no_text_time" if unread else None,
            clusters=alike and alike * int(hasty.sum()) / texts,
        ),
    ]


_SOURCE = "interval: Wilson (1927), JASA 22:209-212, at effective sizes: Rao & Scott (1992), Biometrics 48:577-585"
METRICS = (
    Metric(
        name=REWORKED_SHARE,
        kind="share",
        formula="texts that agents changed or rejected ÷ texts of which it is told what became, in teams of"
        f" {TEAM} agents or more",
        range="[0, 1]",
        ideal=None,
        undefined=f"no team of {TEAM} agents or more has a text of which it is told what became",
        source=f"Parasuraman & Manzey (2010), Human Factors 52:381-410; {_SOURCE}",
    ),
    Metric(
        name=HASTY_TEXTS,
        kind="share",
        formula=f"texts sent sooner after they were shown than words ÷ {WORDS_A_MINUTE} a minute ÷ texts sent of known"
        f" time and words, in teams of {TEAM} agents or more",
        range="[0, 1]",
        ideal=0.0,
        undefined=f"more than 1 text in 100 has no time or no number of words; no team of {TEAM} agents or more",
        source=f"Brysbaert (2019), J. Memory and Language 109:104047; {_SOURCE}",
    ),
)
