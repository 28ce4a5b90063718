"""Audits a system of a workspace, after a first audit: `python -m benchmarks.audit WORKSPACE SYSTEM [--exact]`."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from functools import partial
from pathlib import Path

from benchmarks.timing import best
from boussole.audits.lake import reading
from boussole.audits.lake.tables import CUBES, table
from boussole.audits.measures import group_label
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.document import AuditDocument
from boussole.charter.document.base import given

RATES = ("selection_rate", "true_positive_rate", "false_positive_rate")


def main() -> None:
    """Prints seconds, rates by group, the size of each cube, and how many intervals came from each method."""
    workspace = Workspace(Path(sys.argv[1]))
    system = workspace.system(sys.argv[2])
    audit = partial(run_audit, workspace, system, exact="--exact" in sys.argv, dry_run=True)
    document, seconds, runs = best(audit)
    with reading(workspace) as connection:
        cubes = {name: connection.table(table(system, name)).count("*").fetchall()[0][0] for name in CUBES}
    methods: defaultdict[str, int] = defaultdict(int)
    for measure in document.measures:
        if measure.interval:
            methods[measure.interval.method] += 1
    told = {"seconds": seconds, "runs": runs, "values": _rates(document), "cubes": cubes, "methods": methods}
    print(json.dumps(told | {"decisions": document.decisions, "measures": len(document.measures)}))


def _rates(document: AuditDocument) -> dict[str, dict[str, float]]:
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for measure in document.measures:
        if measure.metric in RATES and measure.group:
            found[group_label(measure.by, measure.values_of_group)][measure.metric] = given(measure.value)
    return found


if __name__ == "__main__":
    main()
