"""A year of a whole country, from its files to its audits: `python -m benchmarks.national FOLDER [--share 1]`.

Prints JSON: rows a second of each import (beside DuckDB's bare COPY of the same file), and the seconds of an audit.
"""

from __future__ import annotations

import argparse
import json
import shutil
from functools import partial
from pathlib import Path

import duckdb

from benchmarks.process import BOUSSOLE, module, run
from benchmarks.timing import best
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit

HERE = Path(__file__).parent
DAY = "TIMESTAMP '2025-11-01' + to_seconds((hash(i) % 31536000)::BIGINT)"
DECISIONS, REVIEWS, CONTACTS, CALLS = 5_000_000, 5_000_000, 20_000_000, 10_000_000
MADE = {
    "decisions": (
        DECISIONS,
        f"""'d' || i AS decision_id, {DAY} AS decided_at, hash(i + 1) % 10 < 4 AS selected,
        'p' || (i % {{people}}) AS person_id, CASE WHEN hash(i % {{people}}) % 2 = 0 THEN 'F' ELSE 'M' END AS gender,
        ['<25', '25-49', '50+'][1 + (hash(i % {{people}} + 3) % 3)::INT] AS age,
        'family ' || (hash(i + 4) % 11) AS occupation""",
    ),
    "human_actions": (
        REVIEWS,
        f"""'d' || i AS decision_id, hash(i + 1) % 10 < 4 AS kept, (hash(i + 5) % 90)::DOUBLE AS seconds,
        {DAY} + INTERVAL 1 DAY AS reviewed_at, 'a' || (i % 18000) AS agent, 't' || (i % 900) AS agency,
        (100 + hash(i + 6) % 200)::INT AS words""",
    ),
    "contacts": (
        CONTACTS,
        f"""'p' || (i % {{people}}) AS person_id, {DAY} + to_milliseconds(i % 997) AS sent_at,
        CASE WHEN i % 5000 = 0 THEN 'STOP' ELSE 'contact' END AS kind,
        CASE WHEN hash(i + 2) % 3 = 0 THEN {DAY} + INTERVAL 40 MINUTE END AS replied_at""",
    ),
    "generations": (
        CALLS,
        f"""'c' || i AS call_id, {DAY} AS called_at, 't' || (i % 900) AS team,
        ['kept', 'edited', 'rejected'][1 + (hash(i + 2) % 3)::INT] AS became, 'small' AS model,
        'Mistral AI' AS provider, 'Paris' AS place, (200 + hash(i + 3) % 400)::INT AS tokens""",
    ),
}
"""Rows at the share of 1, and SQL of a row."""


def main() -> None:
    """Makes the files once, imports them in order, audits after the decisions alone, and after all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--share", type=float, default=1.0)
    options = parser.parse_args()
    home = options.folder / "national"
    shutil.rmtree(home, ignore_errors=True)
    run(BOUSSOLE, "init", home)
    for file in ("national.yaml", "national_writer.yaml"):
        run(BOUSSOLE, "--workspace", home, "systems", "add", HERE / file)
    told: dict[str, object] = {}
    for log in MADE:
        path, rows = _file(options.folder, log, share=options.share)
        system = "writer" if log == "generations" else "national"
        step = run(BOUSSOLE, "--workspace", home, "import", path, "--system", system, "--log", log)
        copied = module("copy_peer", path, options.folder / "copy.parquet")
        told[log] = {"rows": rows, "seconds": step.seconds, "gigabytes": step.gigabytes, "copy": copied.seconds}
        if log in ("decisions", "contacts", "generations"):
            told[f"audit_after_{log}"] = _audit(home, system)
    print(json.dumps(told))


def _audit(home: Path, system: str) -> float:
    workspace = Workspace(home)
    return best(partial(run_audit, workspace, workspace.system(system), dry_run=True))[1]


def _file(folder: Path, log: str, *, share: float) -> tuple[Path, int]:
    folder.mkdir(parents=True, exist_ok=True)
    rows, made = int(MADE[log][0] * share), MADE[log][1].format(people=max(int(DECISIONS * share) // 5, 1))
    path = folder / f"national-{log}-{rows}.parquet"
    if not path.exists():
        part = path.with_suffix(".part")
        duckdb.execute(f"COPY (SELECT {made} FROM range({rows}) t(i)) TO '{part}' (FORMAT parquet)")
        part.rename(path)
    return path, rows


if __name__ == "__main__":
    main()
