"""The tables of docs/asvs.md, from `data/asvs.csv`: what is asked, and the tests that meet it or what is missing."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parent / "data"
MET, NONE, MISSING = STATES = ("met", "not applicable", "not met")
CHAPTERS = {
    1: "Architecture, design and threat modelling",
    2: "Authentication",
    3: "Sessions",
    4: "Access control",
    5: "Validation, sanitisation and encoding",
    6: "Stored cryptography",
    7: "Errors and logs",
    8: "Data protection",
    9: "Communication",
    10: "Malicious code",
    11: "Business logic",
    12: "Files and resources",
    13: "API",
    14: "Configuration",
}


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One line of the standard, in our words, and how Boussole stands to it."""

    number: str
    asks: str
    state: str
    tests: tuple[str, ...]
    words: str

    @property
    def chapter(self) -> int:
        return int(self.number.split(".")[0])


def asked() -> dict[str, int]:
    """The numbers that level 2 asks, with the lowest level that asks each."""
    lines = (DATA / "asvs-level-2.txt").read_text(encoding="utf-8").split("\n")
    pairs = [line.split() for line in lines if line and not line.startswith("#")]
    return {number: int(level) for number, level in pairs}


def requirements() -> list[Requirement]:
    """Every line of the walk, in the order of the standard."""
    with (DATA / "asvs.csv").open(encoding="utf-8", newline="") as file:
        return [
            Requirement(
                number=row["number"],
                asks=row["asks"],
                state=row["state"],
                tests=tuple(row["tests"].split()),
                words=row["words"],
            )
            for row in csv.DictReader(file)
        ]


def totals() -> str:
    """A table of how many are met, by chapter."""
    counts = Counter((each.chapter, each.state) for each in requirements())
    rows = ["| chapter | met | not applicable | not met |", "|---|---:|---:|---:|"]
    rows += [
        f"| V{n} {name} | {' | '.join(str(counts[n, state]) for state in STATES)} |" for n, name in CHAPTERS.items()
    ]
    sums = [sum(counts[n, state] for n in CHAPTERS) for state in STATES]
    return "\n".join([*rows, f"| **all {sum(sums)}** | {' | '.join(f'**{each}**' for each in sums)} |"])


def walk() -> str:
    """A table of the lines of each chapter."""
    found, levels = requirements(), asked()
    return "\n\n".join(
        f"## V{n} {name}\n\n| | level | asks for | | by test, or why not |\n|---|---|---|---|---|\n"
        + "\n".join(_row(each, levels[each.number]) for each in found if each.chapter == n)
        for n, name in CHAPTERS.items()
    )


def _row(each: Requirement, level: int) -> str:
    tests = ", ".join(f"`{name}`" for name in each.tests)
    if each.state == MET:
        told = "; ".join(filter(None, (tests, each.words)))
    else:
        told = f"{each.words} ({tests})" if tests else each.words
    state = f"**{each.state}**" if each.state == MISSING else each.state
    return f"| {each.number} | {level} | {each.asks} | {state} | {told} |"
