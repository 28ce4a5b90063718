"""`python -m benchmarks [--rows N] [--years N] [--audits] [--full]`: beside peers on the same file, as ratios.

`--audits` leaves out imports and the ledger. `--full` also imports ten times the rows and writes reports/speed.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
from pathlib import Path
from typing import Any

from benchmarks.beside import beside_peers, ten_times
from benchmarks.data import write_decisions
from benchmarks.evidence import lines
from benchmarks.page import sentences, write_page
from benchmarks.process import BOUSSOLE, Step, module, run, show

HERE = Path(__file__).parent


def main() -> None:
    """Runs all steps and prints what they took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, default=Path("bench-data"))
    parser.add_argument("--full", action="store_true", help="also ten times the rows; writes reports/speed.md")
    parser.add_argument("--years", type=int, default=20, help="simulated years for each line of the table of evidence")
    parser.add_argument("--audits", action="store_true", help="audits only")
    options = parser.parse_args()
    folder, rows = options.folder, options.rows
    print(f"{rows:,} decisions, {os.cpu_count()} cores")
    print(f"{'step':<60}{'seconds':>8}{'GB':>8}")
    if not options.audits:
        _imports(folder, write_decisions(folder, rows=rows), rows)
        _memory(folder, rows)
        _small_files(folder)
        _ledger(folder)
        _year(folder)
        _national(folder, rows / 10_000_000)
        _members(folder)
        _drift(folder)
        _texts()
        _personal()
        _evidence(options.years)
    results = beside_peers(folder, rows=rows)
    _keep(folder, results)
    if options.full:
        results["audits"].append(ten_times(folder, rows))
        _keep(folder, results)
        write_page(results)
    print("\n".join(sentences(results)))


def _keep(folder: Path, results: dict[str, Any]) -> None:
    (folder / "results.json").write_text(json.dumps(results, indent=1), encoding="utf-8")


def _home(folder: Path, *, keyed: bool = False) -> Path:
    """A new workspace with the system `bench`; `keyed`, its id becomes a keyed pseudonym."""
    home = folder / ("workspace-keyed" if keyed else "workspace")
    shutil.rmtree(home, ignore_errors=True)
    run(BOUSSOLE, "init", home)
    system = folder / "bench.yaml"
    privacy = "privacy: {pseudonymise: [decision_id]}\n" if keyed else ""
    system.write_text((HERE / "bench.yaml").read_text(encoding="utf-8") + privacy, encoding="utf-8")
    run(BOUSSOLE, "--workspace", home, "systems", "add", system)
    return home


def _import(home: Path, data: Path) -> Step:
    return run(BOUSSOLE, "--workspace", home, "import", data, "--system", "bench")


def _imports(folder: Path, data: Path, rows: int) -> None:
    """An import checks every row, encrypts, and counts into the cubes; its peers do a part of that."""
    imported = _import(_home(folder), data)
    home = _home(folder, keyed=True)
    keyed = _import(home, data)
    more = _import(home, write_decisions(folder, rows=rows, part=1))
    copied = module("copy_peer", data, folder / "copy.parquet")
    hashed = module("hmac_peer", data, folder / "copy.parquet")
    show("boussole import (whole command)", imported.seconds, imported.gigabytes)
    show("  DuckDB COPY, nothing checked, encrypted or counted", copied.seconds, copied.gigabytes)
    show("boussole import, ids as keyed pseudonyms (whole command)", keyed.seconds, keyed.gigabytes)
    show("  as many more into the same log", more.seconds, more.gigabytes)
    show("  Python's hmac over the ids, nothing else", hashed.seconds, hashed.gigabytes)
    floors = (("import", imported, 1.0), ("import with pseudonyms", keyed, 0.5), ("more with pseudonyms", more, 0.5))
    for name, step, floor in floors:
        print(f"{name}: {rows / step.seconds / 1e6:.2f} million rows a second (wanted: {floor})")
    print(f"import: {imported.seconds / copied.seconds:.1f} times as long as the bare copy")
    print(
        f"import with pseudonyms: {hashed.seconds / keyed.seconds:.1f} times as fast as the pseudonyms alone in Python"
    )


def _memory(folder: Path, rows: int) -> None:
    """The memory of an import does not grow with the file."""
    for size in (rows // 5, rows, rows * 2):
        step = _import(_home(folder), write_decisions(folder, rows=size))
        show(f"boussole import of {size:,} rows", step.seconds, step.gigabytes)


def _small_files(folder: Path) -> None:
    """Many small files cost little each, and leave audits as fast as they were."""
    step = module("small_files", _home(folder), folder / "parts")
    each, one, many, tidied = map(float, step.output.split())
    show("boussole: a file of 100 rows, of 200 in one process", each, step.gigabytes)
    print(f"audit after 1, 200, 200 tidied files: {one:.2f}, {many:.2f}, {tidied:.2f} seconds")


def _ledger(folder: Path) -> None:
    """A million entries: one more, a proof, and all of them verified."""
    told = module("ledger", folder).told
    print(f"ledger of {told['entries']:,} entries beside pymerkle {told['pymerkle']}, milliseconds:")
    names = {"append": "one more entry, on disk, with its root", "inclusion": "proof", "consistency": "consistency"}
    for key, name in names.items():
        ours, theirs = 1e3 * told[key], 1e3 * told[f"{key}_pymerkle"]
        print(f"  {name:<40}{ours:>8.2f}{theirs:>8.2f}, {ours / theirs:.2g} times as long")
    insert = told["append"] / told["insert"]
    print(f"append: {1e3 * told['append']:.1f} ms (wanted: 5), {insert:.0f} times as long as one bare row in SQLite")
    hashing = told["verify"] / told["hash"]
    print(f"verify: {told['verify']:.0f} s (wanted: 60), {hashing:.0f} times as long as SHA-256 of the payloads alone")


def _year(folder: Path) -> None:
    """A hundred systems, a year of audits: judged again, and shown."""
    told = module("year", folder).told
    audits, both = told["systems"] * told["months"], told["judge"] + told["show"]
    print(
        f"{told['systems']} systems, {audits:,} audits, {told['comparisons']:,} comparisons judged again: "
        f"{told['judge']:.2f} s; the register shown: {told['show']:.2f} s"
    )
    print(
        f"judged and shown: {both:.2f} s (wanted: 1), {both / told['json']:.1f} times as long as json reads the same "
        f"{told['megabytes']:.0f} MB of documents"
    )


def _national(folder: Path, share: float) -> None:
    """A year of a whole country: each log brought in, and audits with it and without."""
    told = module("national", folder, "--share", share).told
    for log in ("decisions", "human_actions", "contacts", "generations"):
        step = told[log]
        show(f"boussole import of {step['rows']:,} rows of {log}", step["seconds"], step["gigabytes"])
        print(
            f"{log}: {step['rows'] / step['seconds'] / 1e6:.2f} million rows a second (wanted: 1), "
            f"{step['seconds'] / step['copy']:.1f} times as long as the bare copy"
        )
    more = told["audit_after_contacts"] - told["audit_after_decisions"]
    print(f"an audit with reviews and messages: {more:.2f} s more than without (wanted: 1)")
    print(f"an audit of the calls: {told['audit_after_generations']:.2f} s (wanted: 1)")


def _members(folder: Path) -> None:
    """Twenty members and eight programs for five minutes, while decisions are synced and audited at low priority."""
    told = module("members", folder).told
    print(
        f"twenty members, {told['seconds']:.0f} s, {told['syncs']} syncs and audits beside them: "
        f"{told['pages']:,} pages, half under {told['p50']:.2f} s, 95 in 100 under {told['p95']:.2f} s (wanted: 1); "
        f"in a browser {told['browser_p50']:.2f} and {told['browser_p95']:.2f} s; {told['asked']:,} answers of the "
        f"API, 95 in 100 under {told['asking_p95']:.2f} s"
    )
    print(
        f"{told['p95'] / told['peer_p95']:.1f} times as long as a page of one line in the same Streamlit "
        f"({told['peer_p95']:.2f} s); errors: {len(told['errors'])}; {told['written']} acts written, "
        f"95 in 100 under {told['writing_p95']:.2f} s, {told['lost']} lost; memory from "
        f"{told['gigabytes_first']:.2f} to "
        f"{told['gigabytes_last']:.2f} GB"
    )
    for error in told["errors"]:
        print(f"  {error}")


def _drift(folder: Path) -> None:
    """A year of drift from cubes, beside one comparison of two windows by Evidently; the sample that Evidently sees."""
    told = module("drift", folder).told
    print(
        f"drift of {told['columns']} columns over {told['months']} months of {told['decisions']:,} decisions: "
        f"{told['seconds']:.2f} s (wanted: 1)"
    )
    for rows, seconds in told["evidently"].items():
        times = seconds / told["seconds"]
        print(f"  one pair of {int(rows):,} rows each by Evidently: {seconds:.2f} s, {times:.1f} times as long")
    one = told["sample"]
    print(
        f"a stratified sample of {one['drawn']:,} from {one['rows']:,} rows: {one['year']:.2f} s, from a month of them "
        f"{one['month']:.2f}; {one['year'] / one['hashed']:.1f} times as long as only to hash all ids"
    )


def _texts() -> None:
    """Adverts checked for unlawful wording, beside the same patterns tried one by one."""
    told = module("texts").told
    times = told["each_second"] / told["peer"]
    print(
        f"{told['each_second']:,.0f} adverts of {told['words']:.0f} words checked a second and core (wanted: 5,000), "
        f"{times:.0f} times as many as Python's re with the same {told['patterns']} patterns"
    )


def _personal() -> None:
    """Personal data found in texts, beside plain Presidio with the same model."""
    told = module("personal").told
    times = told["all"] / told["plain"]
    print(
        f"{told['all']:,.0f} texts a second and core searched for personal data, {told['without_names']:,.0f} for all "
        f"kinds but names, {times:.0f} times as many as plain Presidio"
    )


def _evidence(years: int) -> None:
    """What a year of evidence says; `--years 400` for figures to within five in a hundred."""
    print(f"{years} simulated years a line, in per cent: by each month alone → by all months")
    for line in lines(years):
        print(f"  {line}", flush=True)


if __name__ == "__main__":
    main()
