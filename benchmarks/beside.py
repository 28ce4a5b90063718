"""Audits from cubes beside Fairlearn, Aequitas and AIF360 on the same files, and whether all agree."""

from __future__ import annotations

import datetime as dt
import os
import platform
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.data import FULL, write_decisions
from benchmarks.process import BOUSSOLE, Step, module, run, show

HERE = Path(__file__).parent
PEERS_PYTHON = HERE.parent / ".venv-peers" / "bin" / "python"
SAMPLES = 10
MOST_SECONDS = 180.0
MOST_MEMORY = 0.8
"""A peer is left out where ten times what it took at a tenth of the rows is more: of time, of the machine's memory."""
SAME = 1e-9
PARTS = 10

Result = dict[str, Any]


def beside_peers(folder: Path, *, rows: int) -> Result:
    """What every audit took at a hundredth, a tenth and all of the rows."""
    audits, peers, frames = list[Result](), list[Result](), list[Result]()
    for size in (rows // 100, rows // 10, rows):
        file = write_decisions(folder, rows=size, columns=FULL)
        home, imported = _imported(folder, file)
        audits += [_audit(home, system, size, imported[system]) for system in imported]
        frames.append(module("frame_compared", file).told | {"rows": size})
        show(f"audits.compare(frame) of {size:,}, intervals and all", frames[-1]["seconds"], 0)
        for name in ("Fairlearn", f"Fairlearn, {SAMPLES} bootstrap samples", "Aequitas", "AIF360"):
            peers.append(_peer(name, file, size, peers))
    raw = {"rows": rows, "systems": {system: _from_rows(home, file, system) for system in ("full", "rows")}}
    notebook = module("raw_file", file, "--after", write_decisions(folder, rows=rows // 100, columns=FULL)).told
    show("audits.audit(system, file), import and all", notebook["seconds"], 0)
    return {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "gigabytes": _memory(),
        "load": max(os.getloadavg()),
        "versions": versions()
        | {one["peer"]: one["version"] for one in peers if one["peer"] in ("Aequitas", "AIF360") and "version" in one},
        "audits": audits,
        "peers": peers,
        "frames": [{key: one[key] for key in ("rows", "seconds")} for one in frames],
        "raw": raw | {"notebook": notebook},
        "apart": _apart(audits, [*peers, *({"peer": "audits.compare"} | one for one in frames)]),
    }


def versions() -> dict[str, str]:
    """Of what is measured here, by the names that readers know."""
    named = {"Boussole": "boussole-charter"} | {name: name.lower() for name in ("DuckDB", "Fairlearn", "pandas")}
    return {"Python": platform.python_version()} | {name: version(package) for name, package in named.items()}


def _from_rows(home: Path, file: Path, system: str) -> Result:
    """An audit that counts the rows of the lake anew, beside nothing but a group-by of the same columns."""
    bare, exact = module("raw_file", file, "--columns", system).told, module("audit", home, system, "--exact").told
    show(f"  DuckDB's bare group-by of the columns of `{system}`", bare["keys"], 0)
    show(f"boussole audit --exact of `{system}`, from rows", exact["seconds"], 0)
    return {"bare": bare, "exact": exact["seconds"]}


def _imported(folder: Path, file: Path) -> tuple[Path, dict[str, Step]]:
    """A new workspace that holds the file twice: people as clusters, and every row by itself."""
    home = folder / "workspace-full"
    shutil.rmtree(home, ignore_errors=True)
    run(BOUSSOLE, "init", home)
    for system in ("full", "rows"):
        run(BOUSSOLE, "--workspace", home, "systems", "add", HERE / f"{system}.yaml")
    return home, {system: _import(home, file, system) for system in ("full", "rows")}


def _import(home: Path, file: Path, system: str) -> Step:
    return run(BOUSSOLE, "--workspace", home, "import", file, "--system", system)


def _audit(home: Path, system: str, rows: int, imported: Step | None) -> Result:
    step = module("audit", home, system)
    show(f"audit of {rows:,}, system `{system}`", step.told["seconds"], step.gigabytes)
    told = {"system": system, "rows": rows, "gigabytes": step.gigabytes, "process": step.seconds} | step.told
    return told | ({"import": imported.seconds, "import_gigabytes": imported.gigabytes} if imported else {})


def _peer(name: str, file: Path, rows: int, before: list[Result]) -> Result:
    """One peer on one file, unless a tenth of it says that it would take too long or too much."""
    told: Result = {"peer": name, "rows": rows}
    tenth = next((one for one in before if one["peer"] == name and one["rows"] * 10 == rows), None)
    expected = {unit: 10 * value for unit, value in _took(tenth).items()} if tenth else {"seconds": 0, "gigabytes": 0}
    if expected["seconds"] > MOST_SECONDS or expected["gigabytes"] > MOST_MEMORY * _memory():
        print(f"  {name} at {rows:,}: left out, about {expected['seconds']:.0f} seconds expected")
        return told | {"expected": expected}
    library = name.split(",", maxsplit=1)[0].lower()
    python = PEERS_PYTHON if library != "fairlearn" else None
    arguments = [file, SAMPLES] if "bootstrap" in name else [file]
    step = (
        run(python, "-m", f"benchmarks.{library}_peer", *arguments) if python else module("fairlearn_peer", *arguments)
    )
    show(f"  {name} at {rows:,}", step.told["seconds"], step.gigabytes)
    return told | {"gigabytes": step.gigabytes, "process": step.seconds} | step.told


def _took(one: Result) -> dict[str, float]:
    return one.get("expected") or {unit: one[unit] for unit in ("seconds", "gigabytes")}


def ten_times(folder: Path, rows: int) -> Result:
    """An audit once nine more files of other decisions of the same months are in; each is deleted then."""
    home = folder / "workspace-full"
    for part in range(1, PARTS):
        file = write_decisions(folder, rows=rows, part=part, columns=FULL)
        step = _import(home, file, "full")
        show(f"import of part {part + 1} of {PARTS}", step.seconds, step.gigabytes)
        file.unlink()
    return _audit(home, "full", rows * PARTS, None)


def _memory() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def _apart(audits: list[Result], peers: list[Result]) -> list[Result]:
    """The largest difference of any rate of any group between Boussole and each peer; all groups must be there."""
    ours = {one["rows"]: one["values"] for one in audits if one["system"] == "full"}
    found = []
    for peer in peers:
        if "values" not in peer:
            continue
        mine, theirs = ours[peer["rows"]], peer["values"]
        gaps = [
            abs(rates[rate] - theirs[group][rate]) if group in theirs else float("inf")
            for group, rates in mine.items()
            for rate in rates
        ]
        found.append({"peer": peer["peer"], "rows": peer["rows"], "rates": len(gaps), "most": max(gaps)})
    return found
