"""One audit of a pack: its numbers computed again, its verdicts judged again."""

from __future__ import annotations

import json
from collections.abc import Callable

from .buckets import method
from .figures import drift, expected
from .figures.calibrating import Calibrating
from .figures.others import Others
from .figures.remaining import Remaining
from .figures.score_bins import ScoreBins
from .figures.scored import Scores
from .figures.stages import Stages
from .figures.told import ExpectedMeasures
from .figures.windows import Windows
from .groups import APART, Claims, Groups, ShownGroups
from .pack import Pack, digest
from .rows import Rows
from .system import System
from .tally import Tally
from .verdicts.judging import articles, judge, left_out

Again = Callable[[dict], "Claims | None"]


def check_audit(pack: Pack, index: int, document: dict, tally: Tally, *, one_by_one: bool) -> list[str]:
    """Computes and judges again; says what, and what is sealed as it stands."""
    method.set(1 if document.get("rule", 1) < 3 else 2)
    name = f"{document['system']} {document['window']['start']}/{document['window']['end']}"
    sha256 = document["evidence"].get("system", "")[7:]
    if not sha256:
        return [f"{name}: sealed; it kept no declaration of its system, so nothing is computed again"]
    declared = pack.bytes(f"systems/{sha256}.json")
    tally.hold(f"{name}: hash of the declaration", digest(declared), sha256)
    system = System(json.loads(declared))
    rows = _rows(pack, document, name, tally) if pack.restricted else None
    told = ExpectedMeasures(document, system, {} if rows else pack.cells(index))
    again = _from_rows(document, system, rows) if rows else told.claims
    lacking = [] if rows else told.untold(document)
    for each in lacking:
        tally.check(f"{name}: {each}: the pack leaves out its counts", holds=False)
    if lacking:
        return [f"{name}: the pack leaves out counts that the audit tells; nothing is recomputed"]
    before, remaining = tally.same, Remaining(restricted=pack.restricted)
    measures = _measures(document, again, remaining, name, tally)
    same = tally.same - before
    remaining.add_together(document)
    if rows:
        decisions = sum(row.n for row in rows.counts if row.by == "")
        tally.hold(f"{name}: decisions", document["decisions"], decisions)
        tally.claims(f"{name}: what was left out", document.get("left_out"), rows.left_out())
        _hidden(document, system, rows, name, tally)
    return [
        f"{name}: {measures} measures recomputed, {same} values, from "
        f"{'the rows' if rows else 'the counts that it tells'}",
        *remaining.lines(one_by_one=one_by_one),
        *_verdicts(pack, document, system, name, tally, remaining),
    ]


def _rows(pack: Pack, document: dict, name: str, tally: Tally) -> Rows:
    """The rows that the document seals."""
    cubes, sealed = document["evidence"]["cubes"][7:], document["evidence"].get("rows", "")[7:]
    content = pack.bytes(f"rows/{cubes}.csv")
    tally.hold(f"{name}: hash of the rows", digest(content), sealed)
    tally.hold(f"{name}: hash of the evidence file", digest(pack.bytes(f"rows/{cubes}.parquet")), cubes)
    return Rows(content.decode("utf-8"))


def _from_rows(document: dict, system: System, rows: Rows) -> Again:
    groups = Groups(system, rows, ShownGroups(document["measures"]))
    stages = Stages(groups)
    bins = ScoreBins(system, rows)
    ways: list[Again] = [
        stages.claims,
        lambda measure: drift.claims(measure, system, rows),
        groups.claims,
        Others(groups, stages).claims,
        Scores(groups, bins).claims,
        Calibrating(groups, bins).claims,
        Windows(groups, bins, document["measures"]).claims,
        lambda measure: expected.claims(measure, bins),
    ]

    def again(measure: dict) -> Claims | None:
        return next((found for found in (way(measure) for way in ways) if found), None)

    return again


def _measures(document: dict, again: Again, remaining: Remaining, name: str, tally: Tally) -> int:
    """How many measures were recomputed; the others are put with what remains."""
    computed = 0
    for measure in document["measures"]:
        where = f"{name}: {measure['id']}"
        if measure["status"] != "ok":
            tally.hold(f"{where}: a value that is not told", measure["value"], None)
            continue
        claims = again(measure)
        remaining.add(measure, claims)
        if claims is not None:
            computed += 1
            tally.claims(where, measure, claims)
    return computed


def _hidden(document: dict, system: System, rows: Rows, name: str, tally: Tally) -> None:
    """Groups hidden for being small are small: hiding a large one would hide what it was meant to show. Of those that
    are set apart there is no row."""
    for measure in document["measures"]:
        if measure["reason"] == APART and measure["metric"] == "selection_rate":
            group = tuple(measure["group"][each] for each in measure["by"])
            held = group in rows.tables(measure["by"])
            tally.check(f"{name}: {measure['id']} is set apart and has rows", holds=not held)
    if system.by_person:
        return
    for measure in document["measures"]:
        if measure["metric"] == "selection_rate" and measure["reason"] == "small_group" and measure["group"]:
            group = tuple(measure["group"][each] for each in measure["by"])
            cells = rows.tables(measure["by"]).get(group, [])
            size = sum(n for bucket in cells for outcomes in bucket for n in outcomes)
            tally.check(f"{name}: {measure['id']} is hidden as small and is not", holds=size < system.limit)


def _verdicts(  # noqa: PLR0917 (what a verdict rests on)
    pack: Pack, document: dict, system: System, name: str, tally: Tally, remaining: Remaining
) -> list[str]:
    charter = json.loads(pack.bytes(f"charters/{document['charter']['sha256']}.json"))
    tally.hold(f"{name}: version of the charter", document["charter"]["version"], charter["version"])
    tally.claims(f"{name}: what was left out", document.get("left_out"), left_out(document, charter))
    told = not charter.get("left_out") or bool(document.get("left_out"))
    tally.check(f"{name}: it does not say what was left out", holds=told)
    judged = judge(document, charter, system)
    for verdict, claims in judged:
        tally.claims(f"{name}: {verdict['article']}/{verdict['indicator']}", verdict, claims)
    for said, must in zip(document["articles"], articles(document)):
        tally.claims(f"{name}: article {must['article']}", said, must)
    left = len(document["verdicts"]) - len(judged)
    lines = [f"  {len(judged)} verdicts judged again; {left} rest on no test: sealed as they stand"]
    on = sum(any(each["measure"] in remaining.tests for each in verdict["comparisons"]) for verdict, _ in judged)
    return [*lines, f"  {on} of those judged again rest on tests that are sealed as they stand"] if on else lines
