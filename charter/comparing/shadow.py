"""A version that answers the same cases without deciding, beside the one that decides: paired differences.

Both sides are told of the same groups: what either hides is hidden in both, and what the audit of the month hid, and
what would follow from that audit about the few decisions that the shadow did not answer. No verdict is made on a
shadow.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from boussole.audits import private_files
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import canonical_json
from boussole.audits.lake import reading
from boussole.audits.measures import NOT_SELECTED, SELECTED
from boussole.audits.metrics import measure_cells
from boussole.audits.shadow import SIDES, Paired, last_common_month, read_paired
from boussole.audits.standing import Standing, standing
from boussole.audits.suppression.over_time import REASON, Published, also_hidden
from boussole.audits.suppression.rules import Suppression, suppress
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.estimates import rate_interval
from boussole.audits.uncertainty.paired import mcnemar
from boussole.audits.windows import Window, period_of
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.published import in_values, publication, set_apart
from boussole.charter.comparing.shadow_answers import RATIO, Answers, distances
from boussole.charter.comparing.side_by_side import VersionChange, days_told, head, table
from boussole.charter.document import AuditDocument
from boussole.charter.document.base import given
from boussole.charter.records import audits_of, documents_of

Document = dict[str, Any]
Given = Mapping[str, Any]
By = tuple[str, ...]
DAY = dt.date(2000, 1, 1)
ANSWERED, NOT_ANSWERED = (Window(DAY + dt.timedelta(days=i), DAY + dt.timedelta(days=i)) for i in (0, 1))
WHOLE = Window(ANSWERED.start, NOT_ANSWERED.end)
"""The decisions with an answer, those without, and all: two pieces of one window, for the reader of both."""


def side_of_shadow(
    workspace: Workspace, shadow: System, *, alpha: float, on: dt.date | None = None, as_of: dt.date | None = None
) -> Document:
    """A shadow beside the system that decides, in the month that holds a day, else in the last one with answers.

    Raises BoussoleError where it is no shadow, the month has no audit or has not ended, no case is in both, or so few
    decisions have no answer, or came in since an earlier comparison, that they would be told apart.
    """
    if shadow.shadow_of is None:
        raise BoussoleError(
            f"'{shadow.id}' is no shadow: it decides by itself.",
            where=str(workspace.home / "systems" / f"{shadow.id}.yaml"),
            next_step="Name in `shadow_of` the system whose cases it answers without deciding.",
        )
    system, today = _comparable(workspace.system(shadow.shadow_of)), dt.datetime.now(shadow.zone).date()
    as_of = as_of or today
    with reading(workspace) as connection:
        window = period_of(on, "month") if on else last_common_month(connection, system, shadow)
        documents = _documents(workspace, system, window)
        stands = standing(system, window, as_of=as_of, today=today)
        apart = set_apart(workspace, system, documents_of(workspace, system.id))
        paired = read_paired(
            connection, workspace, system, shadow, window, as_of=as_of, without=tuple(stands.expired), apart=apart
        )
    _left_out_safely(paired, system)
    (published,) = in_values(workspace, system, [publication(paired.window, documents)])
    hidden = paired.words.hidden(hidden_in_both(paired, published, system))
    entry = given(documents[-1].entry)
    document = _document(paired.without_names(), system, shadow, hidden, stands, alpha=alpha, entry=entry)
    _told_before_safely(workspace, document, system)
    return document


def keep(workspace: Workspace, document: Given) -> Path:
    """Keeps a comparison for the page of drift, in the place of an earlier one of the same shadow and month."""
    path = _place(workspace, document["candidate"]["name"], document["candidate"]["window"])
    private_files.write(path, canonical_json(document))
    return path


def kept(workspace: Workspace, system: str) -> list[VersionChange]:
    """The newest comparison that was kept of each shadow of a system, as long as its file is in the workspace."""
    found = []
    for name, shadow in workspace.systems.items():
        months = sorted(_folder(workspace, name).glob("*.json")) if shadow.shadow_of == system else []
        if months:
            found.append(_change(system, name, months[-1]))
    return found


def _change(system: str, shadow: str, kept_in: Path) -> VersionChange:
    try:
        return VersionChange(before=system, after=shadow, document=json.loads(kept_in.read_bytes()))
    except (OSError, ValueError):
        missing = f"the comparison that was kept of '{shadow}' cannot be read."
        todo = f"Make it again: `boussole compare --system {system} --shadow {shadow}`."
        return VersionChange(before=system, after=shadow, missing=missing, todo=todo)


def _place(workspace: Workspace, shadow: str, days: Mapping[str, str]) -> Path:
    return _folder(workspace, shadow) / f"{days['start']}.json"


def _folder(workspace: Workspace, shadow: str) -> Path:
    return workspace.reports / "shadow" / shadow


def _comparable(system: System) -> System:
    """The system without outcomes that only its own decisions made visible, and without profiles and lists."""
    log = system.log
    selective = log.outcome is not None and log.outcome.observed_for == "selected"
    columns = log.model_copy(update={"outcome": None if selective else log.outcome, "stages": [], "rank": None})
    return system.model_copy(update={"columns": columns, "controls": {}, "actors": {}})


def _documents(workspace: Workspace, system: System, window: Window) -> list[AuditDocument]:
    found: list[AuditDocument] = [each for each in audits_of(workspace, system.id) if each.window.days == window]
    if not found:
        raise BoussoleError(
            f"no audit of '{system.id}' is about {window.start} to {window.end}.",
            next_step=f"Run `boussole audit --system {system.id} --from {window.start} --to {window.end}` first.",
        )
    return found


def _left_out_safely(paired: Paired, system: System) -> None:
    """The audit told of all decisions: less those with an answer, it would tell of the few without."""
    left = int(paired.left[0].sizes().sum())
    if 0 < left < system.privacy.suppress_below:
        raise BoussoleError(
            f"{left} decision(s) have no answer of the shadow: so few that their figures would follow from the audit.",
            next_step=f"Bring their answers in, or leave out the answers on {system.privacy.suppress_below} or more.",
        )


def _told_before_safely(workspace: Workspace, document: Given, system: System) -> None:
    """What was told of the same decisions before, by this shadow or another, and is told now, must not differ by a
    few cases."""
    fewest, now = system.privacy.suppress_below, _sizes(document)
    for name, shadow in workspace.systems.items():
        place = _place(workspace, name, document["candidate"]["window"])
        if shadow.shadow_of != system.id or not place.exists():
            continue
        before = _sizes(json.loads(place.read_bytes()))
        close = {key for key in now.keys() & before.keys() if 0 < abs(now[key] - before[key]) < fewest}
        if close:
            raise BoussoleError(
                f"a comparison of this month was made before, over almost the same cases: {len(close)} of its figures "
                f"rest on a few more or fewer, so that both together would tell of fewer than {fewest}.",
                where=str(place),
                next_step="Compare again once more answers or outcomes are in; until then the earlier one stands.",
            )


def _sizes(document: Given) -> dict[tuple[str, str], int]:
    """On how many cases each told figure rests, by measure and side."""
    sides = ("production", "candidate")
    return {(row["measure"], side): row[side]["n"] for row in document["rows"] for side in sides if row[side]}


def _document(
    paired: Paired,
    system: System,
    shadow: System,
    hidden: Suppression,
    stands: Standing,
    *,
    alpha: float,
    entry: int,
) -> Document:
    sides = {
        side: measure_cells(
            paired.tables[side], system=system, standing=stands, scores=paired.scores[side], withheld=hidden
        )
        for side in SIDES
    }
    told = {side: {"measures": [measure.document() for measure in found]} for side, found in sides.items()}
    single = {m.id for m in sides["candidate"] if m.metric == RATIO and len(m.by) == 1}
    side = {"window": days_told(paired.window), "decisions": paired.cases, "entry": entry}
    return {
        **head(system, "shadow", alpha),
        "production": {"name": system.id, "title": dict(system.title), **side},
        "candidate": {"name": shadow.id, "title": dict(shadow.title), **side, "entry": None},
        "changed_on": None,
        "mixed": [],
        **table(
            told["production"],
            told["candidate"],
            alpha=alpha,
            compared=single,
            paired=Answers(paired, system, hidden).gap,
        ),
        "drift": [each.document() for each in distances(paired)],
        "agreement": _agreement(paired, system),
    }


def hidden_in_both(paired: Paired, published: Published, system: System) -> Suppression:
    """What is hidden on both sides: what either hides alone, what the audit hid, and what the two would tell together
    of the decisions without an answer. Again and again, until neither side needs more."""
    month = replace(published, window=WHOLE)
    counts = {ANSWERED: paired.tables["production"], NOT_ANSWERED: paired.left}
    found = also_hidden(ANSWERED, [month], counts, system=system) if paired.left[0].counts.any() else None
    keys = {(table.by, group) for table in paired.tables["production"] if table.by for group in table.groups}
    decisions = {key: month.hidden.decisions.get(key, REASON) for key in month.untold(keys)}
    outcomes = {key: month.hidden.outcomes.get(key, REASON) for key in month.untold_outcomes(keys)}
    if found:
        decisions, outcomes = {**found.decisions, **decisions}, {**found.outcomes, **outcomes}
    hidden = Suppression(decisions=decisions, outcomes={**decisions, **outcomes} if system.log.outcome else {})
    while True:
        again = [suppress(paired.tables[side], system=system, also=hidden) for side in SIDES]
        wider = Suppression(
            decisions={**again[0].decisions, **again[1].decisions}, outcomes={**again[0].outcomes, **again[1].outcomes}
        )
        if wider.decisions.keys() == hidden.decisions.keys() and wider.outcomes.keys() == hidden.outcomes.keys():
            return replace(wider, scores={"decisions": wider.decisions, "outcomes": wider.outcomes})
        hidden = wider


def _agreement(paired: Paired, system: System) -> Document:
    """How often both answer the same, of everybody, and whether answers changed one way rather than the other.

    Hidden (`small_group`) where some, but fewer than `suppress_below`, are answered otherwise in one direction.
    """
    both, clustered = paired.both, system.cluster is not None
    alike = both[:, NOT_SELECTED, NOT_SELECTED] + both[:, SELECTED, SELECTED]
    n = both.sum(axis=(1, 2))
    one, other = both[:, SELECTED, NOT_SELECTED], both[:, NOT_SELECTED, SELECTED]
    interval = rate_interval(alike, n, clustered=clustered)
    told = {
        "rate": float(alike.sum() / n.sum()),
        "interval": {"low": interval.low, "high": interval.high, "level": interval.level, "method": interval.method},
        "only_production": int(one.sum()),
        "only_candidate": int(other.sum()),
        "p": mcnemar(one, other, clustered=clustered),
    }
    few = any(0 < int(each.sum()) < system.privacy.suppress_below for each in (one, other))
    return {
        "pairs": int(n.sum()),
        **(dict.fromkeys(told) if few else told),
        "reason": "small_group" if few else None,
        "method": "jackknife" if clustered else "mcnemar_exact",
        "without_answer": int(paired.left[0].sizes().sum()),
        "never_decided": paired.alone,
    }
