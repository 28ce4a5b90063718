"""One audit of a pack: its numbers computed again, its verdicts judged again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable

from . import drift
from .groups import APART, Claims, Groups, Shown
from .judging import articles, judge, left_out
from .others import Others
from .pack import Pack, digest
from .rows import Rows
from .scored import Scores
from .stages import Stages
from .system import System
from .tally import Tally
from .told import Told

Again = Callable[[dict], "Claims | None"]


def check_audit(pack: Pack, index: int, document: dict, tally: Tally) -> list[str]:
    """Computes and judges again; says what, and what is only found sealed."""
    name = f"{document['system']} {document['window']['start']}/{document['window']['end']}"
    sha256 = document["evidence"].get("system", "")[7:]
    if not sha256:
        return [f"{name}: sealed; it kept no declaration of its system, so nothing is computed again"]
    declared = pack.bytes(f"systems/{sha256}.json")
    tally.hold(f"{name}: hash of the declaration", digest(declared), sha256)
    system = System(json.loads(declared))
    rows = _rows(pack, document, name, tally) if pack.restricted else None
    again = _from_rows(document, system, rows) if rows else Told(document, system, pack.cells(index)).claims
    before = tally.same
    sealed, measures = _measures(document, again, name, tally)
    if rows:
        decisions = sum(row.n for row in rows.counts if row.by == "")
        tally.hold(f"{name}: decisions", document["decisions"], decisions)
        tally.claims(f"{name}: what was left out", document.get("left_out"), rows.left_out())
        _hidden(document, system, rows, name, tally)
    lines = [
        f"{name}: {measures} measures, {tally.same - before} values computed again from "
        f"{'the rows' if rows else 'the counts that it tells'}",
        f"  found sealed, not computed again: {sum(sealed.values())} ({_named(sealed)})" if sealed else "",
    ]
    return [line for line in lines if line] + [_verdicts(pack, document, system, name, tally)]


def _rows(pack: Pack, document: dict, name: str, tally: Tally) -> Rows:
    """The rows that the document seals."""
    cubes, sealed = document["evidence"]["cubes"][7:], document["evidence"].get("rows", "")[7:]
    content = pack.bytes(f"rows/{cubes}.csv")
    tally.hold(f"{name}: hash of the rows", digest(content), sealed)
    tally.hold(f"{name}: hash of the evidence file", digest(pack.bytes(f"rows/{cubes}.parquet")), cubes)
    return Rows(content.decode("utf-8"))


def _from_rows(document: dict, system: System, rows: Rows) -> Again:
    groups = Groups(system, rows, Shown(document["measures"]))
    stages = Stages(groups)
    others, scores = Others(groups, stages), Scores(groups)

    def again(measure: dict) -> Claims | None:
        found = stages.claims(measure) or drift.claims(measure, system, rows) or groups.claims(measure)
        return found or others.claims(measure) or scores.claims(measure)

    return again


def _measures(document: dict, again: Again, name: str, tally: Tally) -> tuple[Counter[str], int]:
    """How many measures of which kind are only sealed, and how many were computed again."""
    sealed: Counter[str] = Counter()
    computed = 0
    for measure in document["measures"]:
        where = f"{name}: {measure['id']}"
        if measure["status"] != "ok":
            tally.hold(f"{where}: a value that is not told", measure["value"], None)
            continue
        claims = again(measure)
        if claims is None:
            sealed[measure["metric"]] += 1
        else:
            computed += 1
            tally.claims(where, measure, claims)
    return sealed, computed


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


def _verdicts(pack: Pack, document: dict, system: System, name: str, tally: Tally) -> str:
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
    return f"  {len(judged)} verdicts judged again; {left} rest on no test: found sealed"


def _named(sealed: Counter[str]) -> str:
    return ", ".join(f"{metric} {n}" for metric, n in sorted(sealed.items()))
