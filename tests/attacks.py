"""What is tried against Boussole and what held, as one table: `make attack` writes reports/attacks.md.

A test that attacks bears the mark `attack(asset, what is tried)`. It is one try, unless its fixture `tries` counts
more.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.reports import write_report

ROOT = Path(__file__).parent.parent


class Tries:
    """How often a test tried."""

    def __init__(self) -> None:
        self.n = 0

    def add(self, n: int = 1) -> None:
        """So many more."""
        self.n += n


@dataclass
class Attack:
    """What was tried of one kind, and how much of it held."""

    tests: int = 0
    tries: int = 0
    fell: int = 0


def attacks_of(report: Path) -> dict[tuple[str, str], Attack]:
    """The attacks in a report of pytest (JUnit XML), by asset and what is tried."""
    found: dict[tuple[str, str], Attack] = defaultdict(Attack)
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314 (our own file)
        said = [(each.get("name", ""), each.get("value", "")) for each in case.iter("property")]
        fell = any(case.find(word) is not None for word in ("failure", "error", "skipped"))
        tries = max(1, sum(int(value) for name, value in said if name == "tries"))
        for asset, what in (value.split(" | ") for name, value in said if name == "attack"):
            attack = found[asset, what]
            attack.tests += 1
            attack.tries += tries
            attack.fell += fell
    return dict(found)


def table(found: dict[tuple[str, str], Attack]) -> str:
    """The table of the report."""
    lines = ["| against | attack | tries | held |", "|---|---|---:|---|"]
    for (asset, what), attack in sorted(found.items()):
        held = "all" if not attack.fell else f"**{attack.fell} of {attack.tests} tests fell**"
        lines.append(f"| {asset} | {what} | {attack.tries:,} | {held} |")
    tries, fell = (sum(getattr(each, name) for each in found.values()) for name in ("tries", "fell"))
    return "\n".join([*lines, "", f"{len(found)} attacks, {tries:,} tries, {fell} falls."])


def main(arguments: Iterable[str]) -> int:
    """Runs all attacks and writes the report; the exit code of pytest."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "attacks.xml"
        asked = ("-m", "attack", "-n", "2", "--dist", "loadfile", f"--junitxml={report}")
        command = [sys.executable, "-m", "pytest", *asked]
        more = {"BOUSSOLE_FUZZ": "1000", **os.environ}
        code = subprocess.run([*command, *arguments], cwd=ROOT, check=False, env=more).returncode
        write_report("attacks.md", f"# Attacks\n\n{table(attacks_of(report))}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
