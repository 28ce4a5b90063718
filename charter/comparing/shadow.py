"""A version that answers the same cases without deciding, beside the one that decides: paired differences.

Both sides are told of the same groups: what either hides is hidden in both, and what the audit of the month hid, and
what would follow from that audit about the few decisions that the shadow did not answer. No verdict is made on a
shadow.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, replace

from boussole.audits.errors import BoussoleError
from boussole.audits.lake import reading
from boussole.audits.measures import NOT_SELECTED, SELECTED
from boussole.audits.metrics import measure_cells
from boussole.audits.shadow import SIDES, PairedCounts, last_common_month, read_paired
from boussole.audits.standing import WindowStanding, standing
from boussole.audits.suppression.rules import Suppression, suppress
from boussole.audits.suppression.shared import REASON, ShownWindow, hidden_in_part
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.estimates import rate_interval
from boussole.audits.uncertainty.paired import mcnemar
from boussole.audits.windows import Window, period_of
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.published import in_values, publication, set_apart
from boussole.charter.comparing.engine import family, rows, side_by_side
from boussole.charter.comparing.paired import RATIO, PairedCases, distances
from boussole.charter.comparing.stored import told_before_safely
from boussole.charter.document import AuditDocument
from boussole.charter.document.base import given
from boussole.charter.document.differences.comparing import (
    SCHEMA,
    Agreement,
    Days,
    VersionComparison,
    VersionSide,
)
from boussole.charter.document.differences.distances import distances_of
from boussole.charter.document.measures import IntervalOfMeasure, measures_of
from boussole.charter.records import audits_of, documents_of


def side_of_shadow(
    workspace: Workspace, shadow: System, *, alpha: float, on: dt.date | None = None, as_of: dt.date | None = None
) -> VersionComparison:
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
    told_before_safely(workspace, document, system)
    return document


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


def _left_out_safely(paired: PairedCounts, system: System) -> None:
    """The audit told of all decisions: less those with an answer, it would tell of the few without."""
    left = int(paired.left[0].sizes().sum())
    if 0 < left < system.privacy.suppress_below:
        raise BoussoleError(
            f"{left} decision(s) have no answer of the shadow: so few that their figures would follow from the audit.",
            next_step=f"Bring their answers in, or leave out the answers on {system.privacy.suppress_below} or more.",
        )


def _document(
    paired: PairedCounts,
    system: System,
    shadow: System,
    hidden: Suppression,
    stands: WindowStanding,
    *,
    alpha: float,
    entry: int,
) -> VersionComparison:
    production, candidate = (
        measures_of(
            measure_cells(
                paired.tables[side], system=system, standing=stands, scores=paired.scores[side], withheld=hidden
            )
        )
        for side in SIDES
    )
    single = {each.id for each in candidate if each.metric == RATIO and len(each.by) == 1}
    find = PairedCases(paired, system, hidden).difference
    pairs = side_by_side(production, candidate, compared=single, find=find)
    return VersionComparison(
        schema_=SCHEMA,
        kind="shadow",
        system=system.id,
        alpha=alpha,
        production=_side(system, paired, entry=entry),
        candidate=_side(shadow, paired, entry=None),
        changed_on=None,
        mixed=(),
        family=family(pairs),
        rows=rows(pairs, alpha=alpha),
        drift=distances_of(distances(paired)),
        agreement=_agreement(paired, system),
    )


def _side(system: System, paired: PairedCounts, *, entry: int | None) -> VersionSide:
    window, title = Days.between(paired.window), dict(system.title)
    return VersionSide(name=system.id, title=title, window=window, decisions=paired.cases, entry=entry)


def hidden_in_both(paired: PairedCounts, published: ShownWindow, system: System) -> Suppression:
    """What is hidden on both sides: what either hides alone, what the audit hid, and what the two would tell together
    of the decisions without an answer. Again and again, until neither side needs more."""
    answered, found = paired.tables["production"], None
    if paired.left[0].counts.any():
        found = hidden_in_part(answered, paired.left, published, system=system)
    keys = {(table.by, group) for table in answered if table.by for group in table.groups}
    decisions = {key: published.hidden.decisions.get(key, REASON) for key in published.untold(keys)}
    outcomes = {key: published.hidden.outcomes.get(key, REASON) for key in published.untold_outcomes(keys)}
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


def _agreement(paired: PairedCounts, system: System) -> Agreement:
    """How often both answer the same, of everybody, and whether answers changed one way rather than the other.

    Hidden (`small_group`) where some, but fewer than `suppress_below`, are answered otherwise in one direction.
    """
    both, clustered = paired.both, system.cluster is not None
    alike = both[:, NOT_SELECTED, NOT_SELECTED] + both[:, SELECTED, SELECTED]
    n = both.sum(axis=(1, 2))
    one, other = both[:, SELECTED, NOT_SELECTED], both[:, NOT_SELECTED, SELECTED]
    few = any(0 < int(each.sum()) < system.privacy.suppress_below for each in (one, other))
    return Agreement(
        pairs=int(n.sum()),
        rate=None if few else float(alike.sum() / n.sum()),
        interval=None if few else IntervalOfMeasure(**asdict(rate_interval(alike, n, clustered=clustered))),
        only_production=None if few else int(one.sum()),
        only_candidate=None if few else int(other.sum()),
        p=None if few else mcnemar(one, other, clustered=clustered),
        reason="small_group" if few else None,
        method="jackknife" if clustered else "mcnemar_exact",
        without_answer=int(paired.left[0].sizes().sum()),
        never_decided=paired.alone,
    )
