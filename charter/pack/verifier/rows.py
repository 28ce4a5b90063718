"""The rows an audit read, from their CSV: every value in double quotes, no value as nothing at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Optional

Group = tuple[Optional[str], ...]
Buckets = list[list[list[int]]]
"""Decisions by bucket, decision (not selected, selected) and outcome (negative, positive, none)."""
BUCKETS = 40
BESIDE = (
    "reference", "outcomes", "contacts", "human_actions", "usage", "accounts", "generations", "search_controls",
    "agencies",
)  # fmt: skip
"""What some questions rest on beside the window."""
ENDS = "_ends"
ENDING = ("contacts", "human_actions", "usage", "generations", "search_controls", "decisions")
"""The logs of which is told up to when they are known, in the order of documents."""
"""After the name of a log: its last day and how many days before the window ends that is, where it stops earlier."""
PARTS = ("set_aside", "undated", "discarded", "excluded", "other_periods")
"""Why decisions were not counted; those whose day cannot be read are set aside too."""
UNNAMED = {"-1": "?", "1": "*"}
"""Bins of a column of categories: decisions without a value, and those whose value has no name of its own."""
FIELD = re.compile(r'(?:"((?:[^"]|"")*)")?(?:,|$)')
Table = dict[Group, Buckets]
LOGS = ("human_actions", "contacts", "usage", "accounts", "generations", "search_controls")
"""Logs that are counted by themselves."""
LoggedKey = tuple[str, Group, int, bool]
"""What is counted of a log: the part, of whom, the bucket, and whether it is a case."""
EVERYBODY: Group = (None, None, None, None)


class Decisions(NamedTuple):
    """How many decisions: about whom, in which bucket, decided how, with which outcome, how far in the funnel."""

    by: str
    group: Group
    bucket: int
    decision: int
    outcome: int
    furthest: int | None
    n: int
    stratum: str | None


class ScoreBin(NamedTuple):
    """How many decisions have a score in a bin, and the sums of their scores and squares, in units above the lowest.

    The bin of those without a score is -1."""

    by: str
    group: Group
    bin: int
    outcome: int
    n: int
    total: int
    squares: int
    bucket: int
    decision: int


FORGOTTEN = ("by", "value1", "value2", "value3", "part", "window", "bin", "bucket", "decision", "n")
"""The columns of what is counted of people on no list."""


class AgencyMonth(NamedTuple):
    """How many people an agency followed in a month, and how many had an outcome; months are counted from year 0."""

    part: str
    agency: int
    month: int
    started: int | None
    people: int
    cases: int


class Rows:
    """All rows of one audit, by what they count."""

    def __init__(self, text: str) -> None:
        lines = lines_of(text)
        self.names = [str(name) for name in next(lines)]
        self.counts: list[Decisions] = []
        self.strata: list[Decisions] = []
        self.scores: list[ScoreBin] = []
        self.earlier: list[ScoreBin] = []
        self.parts: dict[str, int] = {}
        self.ends: dict[str, dict[str, object]] = {}
        self.versions: list[dict[str, object]] = []
        self.logs: dict[str, dict[LoggedKey, int]] = {}
        self.months: dict[tuple[str, str, Group, bool], dict[str, int]] = {}
        self.replies: dict[str, list[tuple[Decisions, int]]] = {}
        self.corrections: dict[str, list[Decisions]] = {}
        self.forgotten: list[dict[str, str | None]] = []
        self.agencies: list[AgencyMonth] = []
        self.bins: dict[tuple[str, str], list[tuple[int, str | None, int]]] = {}
        self.values: dict[tuple[str, str], dict[str, int]] = {}
        place = {name: i for i, name in enumerate(self.names)}
        for line in lines:
            cube = line[place["cube"]]
            if cube in ("counts", "strata"):
                (self.counts if cube == "counts" else self.strata).append(_decisions(line, place))
            elif cube == "left_out":
                part, n = str(line[place["part"]]), int(line[place["n"]] or 0)
                self.parts[part] = self.parts.get(part, 0) + n
                if part.endswith(ENDS):
                    log = part[: -len(ENDS)]
                    again = {"again": line[place["reason"]]} if line[place["reason"]] else {}
                    self.ends[log] = {"log": log, "last": line[place["column"]], "days": n, **again}
            elif cube == "forgotten":
                self.forgotten.append({name: line[place[name]] for name in FORGOTTEN})
            elif cube in LOGS:
                bucket, case = int(line[place["bucket"]] or 0), line[place["decision"]] == "1"
                whose = tuple(line[place[name]] for name in ("by", "value1", "value2", "value3"))
                held = self.logs.setdefault(str(cube), {})
                part, n = str(line[place["part"]]), int(line[place["n"]] or 0)
                held[part, whose, bucket, case] = held.get((part, whose, bucket, case), 0) + n
                months = self.months.setdefault((str(cube), part, whose, case), {})
                month = line[place["window"]] or ""
                months[month] = months.get(month, 0) + n
            elif cube in ("versions", "agencies", "replies", "corrections"):
                self._beside(line, place)
            elif cube in ("scores", "reference_scores"):
                (self.scores if cube == "scores" else self.earlier).append(_scored(line, place))
            elif cube in ("histograms", "values"):
                self._watched(line, place)

        self._tables: dict[tuple[str, int | None, int], Table] = {}

    def _beside(self, line: Sequence[str | None], place: dict[str, int]) -> None:
        """A row of what is counted beside decisions: versions, agencies by month, replies, corrections."""
        cube, part = line[place["cube"]], str(line[place["part"]])
        if cube == "versions":
            said = {"version": line[place["value1"]], "first": part, "last": line[place["column"]]}
            self.versions.append({**said, "n": int(line[place["n"]] or 0)})
        elif cube == "agencies":
            self.agencies.append(_agency(line, place))
        elif cube == "corrections":
            self.corrections.setdefault(part, []).append(_decisions(line, place))
        else:
            self.replies.setdefault(part, []).append((_decisions(line, place), int(line[place["bin"]] or 0)))

    def _watched(self, line: Sequence[str | None], place: dict[str, int]) -> None:
        """A row of a column that is watched: of numbers by bin, of categories by value."""
        key, n = (str(line[place["feature"]]), str(line[place["window"]])), int(line[place["n"]] or 0)
        if line[place["cube"]] == "histograms":
            self.bins.setdefault(key, []).append((int(line[place["bin"]] or 0), line[place["edge"]], n))
        else:
            value = UNNAMED.get(line[place["bin"]] or "", line[place["value1"]] or "")
            counts = self.values.setdefault(key, {})
            counts[value] = counts.get(value, 0) + n

    def left_out(self) -> dict[str, object]:
        """How many were not counted, by why; nothing where the audit kept none of it."""
        if not self.parts:
            return {}
        found = {name: self.parts.get(name, 0) for name in PARTS}
        set_aside = found["set_aside"] + found["undated"]
        said = {"set_apart": self.parts.get("set_apart")}  # only where there are some, like what follows
        for name in BESIDE:
            if not self.parts.get(name):
                said[name] = None
                continue
            said[f"{name}.set_aside"] = self.parts[name]
            said[f"{name}.counted"] = self.parts.get(f"{name}_counted", 0)
        ends = [self.ends[log] for log in ENDING if log in self.ends]
        return {**found, "set_aside": set_aside, **said, "ends": ends or None}

    def tables(self, by: Sequence[str], stage: int | None = None, of: int = 0) -> Table:
        """Counts of an attribute by group; with a stage (from 0), of those who reached `of` of them, who reached it."""
        key = "*".join(by), stage, of
        if key not in self._tables:
            self._tables[key] = self._made(*key)
        return self._tables[key]

    def _made(self, by: str, stage: int | None, of: int) -> Table:
        found: Table = {}
        for row in self.counts:
            if row.by == by:
                cells = found.setdefault(row.group, empty())
                if stage is None:
                    cells[row.bucket][row.decision][row.outcome] += row.n
                elif row.furthest is not None and row.furthest >= of:
                    cells[row.bucket][1 if row.furthest > stage else 0][2] += row.n
        return found


def empty() -> Buckets:
    return [[[0, 0, 0], [0, 0, 0]] for _ in range(BUCKETS)]


def _decisions(line: Sequence[str | None], place: dict[str, int]) -> Decisions:
    by = line[place["by"]] or ""
    width = len(by.split("*")) if by else 0
    outcome, furthest = line[place["outcome"]], line[place["furthest"]]
    return Decisions(
        by,
        tuple(line[place[f"value{i + 1}"]] for i in range(width)),
        int(line[place["bucket"]] or 0),
        int(line[place["decision"]] or 0),
        2 if outcome is None else int(outcome),
        None if furthest is None else int(furthest),
        int(line[place["n"]] or 0),
        line[place["stratum"]],
    )


def _scored(line: Sequence[str | None], place: dict[str, int]) -> ScoreBin:
    row = _decisions(line, place)
    bin_, sums = line[place["bin"]], [int(line[place[name]] or 0) for name in ("total", "squares")]
    at = -1 if bin_ is None else int(bin_)
    return ScoreBin(row.by, row.group, at, row.outcome, row.n, sums[0], sums[1], row.bucket, row.decision)


def _agency(line: Sequence[str | None], place: dict[str, int]) -> AgencyMonth:
    month, started = (line[place[name]] for name in ("window", "reason"))
    agency, people, count = (int(line[place[name]] or 0) for name in ("bin", "n", "total"))
    told = None if started is None else _month(started)
    return AgencyMonth(line[place["part"]] or "", agency, _month(str(month)), told, people, count)


def _month(written: str) -> int:
    return 12 * int(written[:4]) + int(written[5:7]) - 1


def lines_of(text: str) -> Iterator[list[str | None]]:
    """The values of each line; a line feed within quotes belongs to a value."""
    held = ""
    for part in text.split("\n")[:-1]:
        held = f"{held}\n{part}" if held else part
        if held.count('"') % 2 == 0:
            yield _values(held)
            held = ""


def _values(line: str) -> list[str | None]:
    plain = line.split(",")
    if line.count('"') == 2 * sum(map(bool, plain)) and all(
        not p or (p[0] == p[-1] == '"' and len(p) > 1) for p in plain
    ):
        return [part[1:-1] if part else None for part in plain]
    found, at = [], 0
    while at <= len(line):
        match = FIELD.match(line, at)
        if match is None:
            raise ValueError("the rows are not written in the form that is sealed")
        found.append(None if match[1] is None else match[1].replace('""', '"'))
        if match.end() == len(line) and not match[0].endswith(","):
            break
        at = match.end()
    return found
