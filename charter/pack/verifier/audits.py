"""One audit of a pack: its numbers computed again, its verdicts judged again."""

from __future__ import annotations

import json
from collections.abc import Callable

from . import logs
from .agencies.effects import Effects
from .agencies.panel import METRIC as EFFECT
from .buckets import method
from .equity import through
from .equity.forgotten import Forgotten
from .figures import drift, expected, untold
from .figures.calibrating import Calibrating
from .figures.others import Others
from .figures.remaining import Remaining
from .figures.score_bins import ScoreBins
from .figures.scored import Scores
from .figures.stages import Stages
from .figures.together import Together, ToldWindow
from .figures.told import ExpectedMeasures
from .figures.windows import Windows
from .groups import APART, Claims, Groups, ShownGroups
from .logs.corrections import Corrections
from .logs.replies import Replies
from .pack import Pack, digest
from .rows import Rows
from .system import System
from .tally import Tally
from .verdicts import logged, paired, ranged, recorded
from .verdicts.judging import articles, judge, left_out
from .verdicts.since import passed_over

Again = Callable[[dict], "Claims | None"]
NEW_METHODS = (3, 8, 9, 10)
"""The rules since which figures are computed by newer methods."""


class PackedAudits(dict):
    """All audit documents of a pack by their entry; `read`: their windows, as far as they were read."""

    def __init__(self, documents: dict[int, dict]) -> None:
        super().__init__(documents)
        self.read: dict[int, ToldWindow] = {}


def check_audit(pack: Pack, packed: PackedAudits, index: int, tally: Tally, *, one_by_one: bool) -> list[str]:
    """Computes and judges again; says what, and what is sealed as it stands. `packed`: all audits of the pack."""
    document = packed[index]
    rule = document.get("rule", 1)
    method.set(1 + sum(rule >= since for since in NEW_METHODS))
    name = f"{document['system']} {document['window']['start']}/{document['window']['end']}"
    sha256 = document["evidence"].get("system", "")[7:]
    if not sha256:
        return [f"{name}: sealed; it kept no declaration of its system, so nothing is computed again"]
    declared = pack.bytes(f"systems/{sha256}.json")
    tally.hold(f"{name}: hash of the declaration", digest(declared), sha256)
    system = System(json.loads(declared))
    rows = _rows(pack, document, name, tally) if pack.restricted else None
    told = ExpectedMeasures(document, system, {} if rows else pack.cells(index))
    groups = Groups(system, rows, ShownGroups(document["measures"])) if rows else None
    again = _from_rows(document, groups) if groups else told.claims
    lacking = [] if rows else told.untold(document)
    for each in lacking:
        tally.check(f"{name}: {each}: the pack leaves out its counts", holds=False)
    if lacking:
        return [f"{name}: the pack leaves out counts that the audit tells; nothing is recomputed"]
    before, remaining = tally.same, Remaining(restricted=pack.restricted)
    measures = _measures(document, again, remaining, name, tally)
    same = tally.same - before
    together = _together(pack, packed, index, system, tally, remaining, name)
    if rows and groups:
        decisions = sum(row.n for row in rows.counts if row.by == "")
        tally.hold(f"{name}: decisions", document["decisions"], decisions)
        tally.claims(f"{name}: what was left out", document.get("left_out"), rows.left_out())
        tally.hold(f"{name}: which version decided", document.get("versions", []), rows.versions)
        _hidden(document, groups, name, tally)
        for wrong in untold.wrongly_untold(document, groups, again):
            tally.check(f"{name}: {wrong}", holds=False)
    return [
        f"{name}: {measures} measures recomputed, {same} values, from "
        f"{'the rows' if rows else 'the counts that it tells'}",
        *together,
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


def _from_rows(document: dict, groups: Groups) -> Again:
    system, rows, stages = groups.system, groups.rows, Stages(groups)
    bins = ScoreBins(system, rows)
    ways: list[Again] = [
        stages.claims,
        Forgotten(system, rows, document["measures"]).claims,
        lambda measure: through.claims(measure, stages),
        Replies(groups).claims,
        Corrections(groups).claims,
        lambda measure: drift.claims(measure, system, rows),
        lambda measure: logs.claims(measure, system, rows),
        Effects(system, rows).claims,
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


def _together(  # noqa: PLR0917 (what figures of several windows rest on)
    pack: Pack, packed: PackedAudits, index: int, system: System, tally: Tally, remaining: Remaining, name: str
) -> list[str]:
    """Figures of several windows, computed again from what each told; says how many."""
    document = packed[index]
    found = document.get("accumulated")
    sealed = {entry: other for entry, other in packed.items() if entry < index and other["evidence"].get("system")}
    for each in passed_over(document, sealed, lambda of: _declared(pack, of), evidence=pack.restricted):
        tally.check(f"{name}: the window from {each} is passed over, and the system was the same", holds=False)
    if found is None:
        return []
    before = {
        each["cubes"]: entry
        for each in found["windows"]
        for entry, other in packed.items()
        if other["system"] == document["system"] and other["evidence"]["cubes"] == each["cubes"] and entry < index
    }
    for each in found["windows"]:
        if each["cubes"] in before:
            told = packed[before[each["cubes"]]]
            must = [told["window"]["start"], told["window"]["end"], told["evidence"].get("system"), told["as_of"]]
            said = [each["start"], each["end"], each["system"], each["as_of"]]
            tally.hold(f"{name}: the window from {each['start']}", said, must)
    windows = {cubes: _told_window(pack, packed, entry, packed.read) for cubes, entry in before.items()}
    own = _told_window(pack, packed, index, packed.read)
    figures = Together(document, system, own, windows, people=pack.restricted)
    for each in figures.kept_back():
        tally.check(f"{name}: {each} is told of several windows and not put together", holds=False)
    compared = [c for verdict in document["verdicts"] for c in verdict["comparisons"]]
    decided = {c["measure"]: 1 if c.get("alone") else c.get("recent") for c in compared}
    computed = 0
    for measure in figures.figures:
        claims, recent = figures.claims(measure), measure["params"].get("recent")
        remaining.add_together(measure, claims, decides=decided.get(measure["id"]) == recent)
        if claims is not None:
            computed += 1
            tally.claims(f"{name}: {measure['id']} since {measure['params'].get('since')}", measure, claims)
    if figures.here and found["windows"]:
        first = found["windows"][-len(figures.before)]["start"]
        tally.hold(f"{name}: since when", found["since"], first)
        return [f"  {computed} figures of {len(figures.before) + 1} windows together recomputed, since {first}"]
    return [f"  figures of windows together: the pack lacks audits since {found['since']}"]


def _declared(pack: Pack, document: dict) -> dict:
    """What an audit says of its system."""
    found: dict = json.loads(pack.bytes(f"systems/{document['evidence']['system'][7:]}.json"))
    return found


def _told_window(pack: Pack, packed: PackedAudits, index: int, kept: dict[int, ToldWindow]) -> ToldWindow:
    """A window as its audit told it, read once."""
    if index not in kept:
        document = packed[index]
        system = System(_declared(pack, document))
        if pack.restricted:
            rows = Rows(pack.bytes(f"rows/{document['evidence']['cubes'][7:]}.csv").decode("utf-8"))
            stages = Stages(Groups(system, rows, ShownGroups(document["measures"])))
            sides = lambda measure: stages.sides(measure) or stages.groups.sides(measure)  # noqa: E731
        else:
            sides = ExpectedMeasures(document, system, pack.cells(index)).sides
        kept[index] = ToldWindow(document["window"]["start"], {m["id"]: m for m in document["measures"]}, sides)
    return kept[index]


def _hidden(document: dict, groups: Groups, name: str, tally: Tally) -> None:
    """Groups hidden for being small are small: hiding a large one would hide what it was meant to show. Of those that
    are set apart there is no row."""
    system, rows = groups.system, groups.rows
    for measure in document["measures"]:
        if measure["reason"] == APART and measure["metric"] == "selection_rate":
            group = tuple(measure["group"][each] for each in measure["by"])
            held = group in rows.tables(measure["by"])
            tally.check(f"{name}: {measure['id']} is set apart and has rows", holds=not held)
    for wrong in logs.wrongly_told(document["measures"], groups):
        tally.check(f"{name}: {wrong}", holds=False)
    effects = Effects(system, rows)
    said_ = [each for each in document["measures"] if each["metric"] == EFFECT]
    tally.check(f"{name}: effects of other outcomes are told", holds=[e["id"] for e in said_] == effects.names())
    for each in said_ if [e["id"] for e in said_] == effects.names() else ():
        holds = (each["status"], each["reason"]) == effects.status(each)
        tally.check(f"{name}: {each['id']} is told, or hidden, otherwise", holds=holds)
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
    judged, counted = judge(document, charter, system), recorded.judge(document, charter, system.declared)
    by_log, by_range = logged.judge(document, charter), ranged.judge(document, charter)
    by_pairs = paired.judge(document, charter)
    others = [*counted, *by_log, *by_range, *by_pairs]
    for verdict, claims in [*judged, *others]:
        tally.claims(f"{name}: {verdict['article']}/{verdict['indicator']}", verdict, claims)
    for said, must in zip(document["articles"], articles(document)):
        tally.claims(f"{name}: article {must['article']}", said, must)
    left = len(document["verdicts"]) - len(judged) - len(others)
    lines = [f"  {len(judged)} verdicts judged again; {left} rest on no test: sealed as they stand"]
    if counted:
        by_counts = "judged again by the counts that the audit tells; the records themselves are not in the pack"
        lines.append(f"  {len(counted)} verdicts on records {by_counts}")
    if by_log:
        by_cases = "judged again by the cases that a log counts; what people found of them stands as it is sealed"
        lines.append(f"  {len(by_log)} verdicts on what is not tolerated {by_cases}")
    if by_range:
        lines.append(f"  {len(by_range)} verdicts on ranges judged again by their ends")
    if any(verdict.get("paired") for verdict, _ in by_pairs):
        lines.append("  verdicts on pairs of texts judged again by the differences that the audit tells")
    on = sum(any(each["measure"] in remaining.tests for each in verdict["comparisons"]) for verdict, _ in judged)
    return [*lines, f"  {on} of those judged again rest on tests that are sealed as they stand"] if on else lines
