"""Writes what a run measured as a report, with its picture: `python -m benchmarks.page RESULTS`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.beside import SAME
from benchmarks.picture import draw
from benchmarks.reports import write_report

Result = dict[str, Any]
WANTED = 100_000_000
OURS = {"full": "Boussole, people as clusters", "rows": "Boussole, every row by itself"}


def write_page(results: Result) -> None:
    """The report, and its picture."""
    told = "\n".join(f"- {line}" for line in sentences(results))
    write_report("speed.md", "\n\n".join(["# Speed", "![](speed.svg)", _run(results), _table(results), told]) + "\n")
    write_report("speed.svg", draw(results))


def _run(results: Result) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in results["versions"].items())
    machine = f"{results['cores']} cores, {results['gigabytes']:.0f} GB of memory"
    most = max(one["rows"] for one in results["audits"])
    left = "" if most >= WANTED else f" **Up to {most:,} decisions: this run measured no larger log.**"
    return f"Run of {results['date']}, {machine}. {versions}.{left}{_busy(results)}"


def _busy(results: Result) -> str:
    if results["load"] <= results["cores"] + 1:
        return ""
    load = f"load {results['load']:.0f} on {results['cores']} cores"
    return f" **The machine was busy with other work** ({load}): seconds are longer than those of an idle one."


def _table(results: Result) -> str:
    """Rows: libraries; columns: seconds at each size."""
    sizes = sorted({one["rows"] for one in results["audits"]})
    lines = [
        "| seconds (memory) | " + " | ".join(f"{size:,}" for size in sizes) + " |",
        "|---" * (len(sizes) + 1) + "|",
    ]
    every = [(OURS[one["system"]], one) for one in results["audits"]] + [(one["peer"], one) for one in results["peers"]]
    for name in dict.fromkeys(name for name, _ in every):
        found = {one["rows"]: one for each, one in every if each == name}
        lines.append(f"| {name} | " + " | ".join(_cell(found.get(size)) for size in sizes) + " |")
    return "\n".join(lines)


def _cell(one: Result | None) -> str:
    if one is None:
        return "not tried"
    if "expected" in one:
        return f"left out: about {_span(one['expected']['seconds'])} expected"
    return f"{_figure(one['seconds'])} ({one['gigabytes']:.1f} GB)"


def _figure(seconds: float) -> str:
    return f"{seconds:.2f}" if seconds < 10 else f"{seconds:.0f}"


def _span(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.0f} hours"


def sentences(results: Result) -> Iterator[str]:
    """The ratios, each in a sentence."""
    full = {one["rows"]: one for one in results["audits"] if one["system"] == "full"}
    peers = {(one["peer"], one["rows"]): one for one in results["peers"]}
    *_, middle = sorted({one["rows"] for one in results["peers"]})
    for (name, rows), peer in peers.items():
        largest = max(n for (each, n), one in peers.items() if each == name and "seconds" in one)
        if rows == largest:
            yield f"At {rows:,} decisions: {_times(peer['seconds'], full[rows]['seconds'], name)}."
    own, rows, most = full[middle], results["raw"], max(full)
    yield (
        f"One audit with people as clusters makes {own['measures']} measures, {sum(own['methods'].values())} with an "
        f"interval. To import {middle:,} decisions took {own['import']:.0f} seconds "
        f"({middle / own['import'] / 1e6:.2f} million a second)."
    )
    if most > middle:
        yield (
            f"An audit of {most:,} decisions takes {full[most]['seconds']:.2f} seconds (wanted: under 1), "
            f"{full[most]['seconds'] / own['seconds']:.2f} times as long as one of {middle:,} (wanted: at most 1.2)."
        )
    told = [f"{size:,}: {sum(full[size]['cubes'].values()):,}" for size in sorted(full)]
    yield f"What an audit can read, in rows of all cubes, by number of decisions: {', '.join(told)}."
    for system, raw in rows["systems"].items():
        bare = raw["bare"]
        yield (
            f"From rows ({OURS[system].removeprefix('Boussole, ')}), at {rows['rows']:,} decisions: `boussole audit "
            f"--exact`, which counts the Parquet files of the lake anew, takes {raw['exact']:.2f} seconds; DuckDB's "
            f"bare group-by of the same columns {bare['keys']:.2f} (wanted: at most {1.5 * bare['keys'] + 0.5:.2f}), "
            f"{bare['sums']:.2f} where it only adds up scores and other numbers."
        )
    yield (
        f"`audits.audit(system, file)` of a file of {rows['rows']:,} decisions, import, encryption and all, takes "
        f"{rows['notebook']['seconds']:.0f} seconds."
    )
    apart, rates = max(one["most"] for one in results["apart"]), sum(one["rates"] for one in results["apart"])
    yield (
        f"The largest difference between Boussole and a peer, over {rates} rates of groups, is {apart:.0e}: "
        f"{'all agree' if apart <= SAME else 'they do not agree'} to {SAME:.0e}."
    )


def _times(theirs: float, ours: float, name: str) -> str:
    if theirs < ours:
        return f"Boussole's whole audit takes {ours / theirs:.1f} times as long as the rates of {name}"
    return f"the rates of {name} take {theirs / ours:.1f} times as long as Boussole's whole audit"


if __name__ == "__main__":
    write_page(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
