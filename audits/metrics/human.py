"""Promises about people who decide: proposals are changed where they should be, and read first (clusters: teams)."""

from __future__ import annotations

import math

import pyarrow as pa

from boussole.audits.measures import Measure
from boussole.audits.metrics.definition import Metric
from boussole.audits.metrics.shares import PART_OF_MONTH, share_measure, sides_of, too_many, untold
from boussole.audits.systems.logs.human_actions import (
    CHANGED,
    EARLY,
    HASTY,
    MONTHS,
    SMALL,
    SQUARES,
    TEAM,
    UNTIMED,
    WORDS_A_MINUTE,
)
from boussole.audits.systems.model import System

OVERRIDE_RATE, HASTY_SHARE = "override_rate", "hasty_review_share"


def review_measures(read: pa.Table, system: System) -> list[Measure]:
    """Measure the shares of a window from the counts of its reviews (`counts.read.SHARES`).

    Suppressed: `small_teams`, no team of `TEAM` agents or more in a month. Undefined: `part_of_month`;
    `no_reading_time`, more than 1 review in 100 has no time or no number of words.
    """
    if PART_OF_MONTH in read["part"].to_pylist():
        return [untold(OVERRIDE_RATE, bad_side="below"), untold(HASTY_SHARE, bad_side="above")]
    del system  # of agents, teams of `TEAM` or more are told of, whatever the smallest group of people
    changed, hasty, untimed = (sides_of(read, part) for part in (CHANGED, HASTY, UNTIMED))
    small = int(sides_of(read, SMALL)[1].sum())
    hidden = None if changed.sum() else "small_teams"
    told = {"left_out": small, "older": int(sides_of(read, EARLY)[1].sum())}
    squares, months = int(sides_of(read, SQUARES).sum()), int(sides_of(read, MONTHS).sum())
    lists = int(changed.sum())
    alike = math.fsum([lists]) ** 2 / (months * squares) if squares else None
    unread = too_many(untimed) or not hasty.sum()
    return [
        share_measure(OVERRIDE_RATE, changed, limit=0, bad_side="below", told=told, hidden=hidden, clusters=alike),
        share_measure(
            HASTY_SHARE,
            hasty,
            limit=0,
            bad_side="above",
            told={**told, "words_a_minute": WORDS_A_MINUTE, "untimed": int(untimed[1].sum())},
            hidden=hidden,
            undefined="no_reading_time" if unread else None,
            clusters=alike and alike * int(hasty.sum()) / lists,
        ),
    ]


METRICS = (
    Metric(
        name=OVERRIDE_RATE,
        kind="share",
        formula="lists (without lists: proposals) in which the reviewer decided otherwise than proposed ÷ lists"
        f" reviewed, in teams of {TEAM} agents or more",
        range="[0, 1]",
        ideal=None,
        undefined=f"no team of {TEAM} agents or more reviewed anything",
        source="Green & Chen (2019), Proc. ACM HCI 3:50; Parasuraman & Manzey (2010), Human Factors 52:381-410;"
        " interval: Wilson (1927), JASA 22:209-212, at effective sizes: Rao & Scott (1992), Biometrics 48:577-585",
    ),
    Metric(
        name=HASTY_SHARE,
        kind="share",
        formula=f"reviews shorter than words shown ÷ {WORDS_A_MINUTE} a minute ÷ reviews of known time and words,"
        f" in teams of {TEAM} agents or more",
        range="[0, 1]",
        ideal=0.0,
        undefined=f"more than 1 review in 100 has no time or no number of words; no team of {TEAM} agents or more",
        source="Brysbaert (2019), J. Memory and Language 109:104047; interval: as for the override rate",
    ),
)
