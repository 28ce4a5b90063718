"""Everything that Boussole shows, on every surface at once, against a linear program that solves for people."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from boussole.audits.decisions import ingest
from boussole.audits.decisions.overview import overview
from boussole.audits.drift.pairs import exact_pair
from boussole.audits.errors import BoussoleError
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, period_of
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.document import AuditDocument
from boussole.charter.drift.document import pair_document
from boussole.charter.drift.system_drift import drift_of, series_document
from boussole.charter.records.store.audits import stored_audits
from tests.as_json import cells_csv, documents_of, set_apart
from tests.attacks import Tries
from tests.audits.readers import LIMIT, OPTIMAL, UNBOUNDED, Solver
from tests.written import sample

VALUES: Mapping[str, Sequence[str]] = {"sex": ("F", "M", "X"), "region": ("north", "south", "west")}
MONTHS = (1, 2, 3)
TODAY = dt.date(2026, 6, 1)
Document = Mapping[str, Any]
Cell = tuple[str, str, str, bool]
"""A part of a month that no window cuts, a sex, a region, and what was decided."""


def month_window(month: int) -> Window:
    return period_of(dt.date(2026, month, 1), "month")


def people(seed: int, *, n: int) -> pd.DataFrame:
    """People of three months, of whom a few have a sex or a region that few have."""
    draw = random.Random(seed)  # noqa: S311 (no secret)
    rows = []
    for i in range(n):
        month = MONTHS[i % 3]
        day = draw.randrange(1, month_window(month).end.day + 1)
        rows.append(
            {
                "id": f"person-{seed}-{i:08}",
                "ts": pd.Timestamp(2026, month, day, draw.randrange(24)),
                "sex": draw.choices(["F", "M"], [5, 6])[0],
                "region": draw.choices(["north", "south"], [5, 4])[0],
                "chosen": draw.random() < 0.4,
                "hours": float(draw.randrange(40)),
            }
        )
    for column, value in (("sex", "X"), ("region", "west")):
        for i in draw.sample(range(n), draw.choice([4, 8, 16, 24, 40])):
            rows[i][column] = value
    return pd.DataFrame(rows)


def system(
    *, groups: Iterable[str], crossed: bool, features: Sequence[str], controls: Sequence[str], reference: Window
) -> System:
    columns = {"id": "id", "decided_at": "ts", "decision": {"column": "chosen", "selected": [True]}}
    found = sample(columns, (), intersections=())
    return System.model_validate(
        found.model_dump(mode="json", by_alias=True, exclude={"sources"})
        | {
            "groups": {name: {"column": name, "values": list(VALUES[name])} for name in groups},
            "intersections": [["sex", "region"]] if crossed else [],
            "features": [{"column": name, "kind": "category"} if name in VALUES else name for name in features],
            "controls": {f"{name}_control": {"column": name} for name in controls},
            "windows": {"audit": "month", "reference": f"{reference.start}/{reference.end}"},
            "privacy": {"suppress_below": LIMIT},
        }
    )


class Reader(Solver):
    """Adds up all that is told. Knows that a value that nobody names is nobody's, and which rows audits left out."""

    may_be = (OPTIMAL, UNBOUNDED)

    def __init__(self, frame: pd.DataFrame) -> None:
        super().__init__()
        self.held = frame.assign(part=[self.part(each.date()) for each in frame["ts"]])
        parts = sorted(set(self.held["part"]))
        self.cells: list[Cell] = list(itertools.product(parts, *VALUES.values(), (False, True)))
        self.gone: set[tuple[int, str, str]] = set()

    @staticmethod
    def part(day: dt.date) -> str:
        """The part of a month that a week leaves whole."""
        return f"{day.month} {day.isocalendar().week:02}"

    def parts(self, window: Window) -> set[str]:
        days = ((window.start + dt.timedelta(days=i)) for i in range((window.end - window.start).days + 1))
        return {self.part(day) for day in days}

    def mask(self, window: Window, named: Mapping[str, str], chosen: bool | None = None, *, every: bool = False) -> Any:
        """Which cells are meant; those that audits left out only where `every` decision is."""
        parts = self.parts(window)
        return np.array(
            [
                float(
                    cell[0] in parts
                    and all(self.has(cell, column, value) for column, value in named.items())
                    and chosen in (None, cell[3])
                    and (every or not self.is_gone(cell))
                )
                for cell in self.cells
            ]
        )

    @staticmethod
    def has(cell: Cell, column: str, value: str) -> bool:
        return cell[1 + list(VALUES).index(column)] == value

    def is_gone(self, cell: Cell) -> bool:
        month = int(cell[0].split()[0])
        return any(month == at and self.has(cell, column, value) for at, column, value in self.gone)

    def read_document(self, document: Document) -> None:
        """An audit."""
        window = Window(*(dt.date.fromisoformat(document["window"][end]) for end in ("start", "end")))
        shown = [m for m in document["measures"] if m["metric"] == "selection_rate"]
        for m in shown:
            if m["reason"] == "set_apart" and len(m["by"]) == 1:
                ((column, value),) = m["group"].items()
                self.gone |= {
                    (month, column, value) for month in MONTHS if self.parts(month_window(month)) <= self.parts(window)
                }
        self.learn(self.mask(window, {}), document["decisions"])
        for m in shown:
            if m["status"] == "ok":
                self.learn(self.mask(window, m["group"] or {}), m["n"])
                self.learn(self.mask(window, m["group"] or {}, True), round(m["value"] * m["n"]))
        named = {(tuple(m["by"]), tuple((m["group"] or {}).get(name) for name in m["by"])) for m in shown}
        for by in {by for by, _ in named if by}:
            for values in itertools.product(*(VALUES[name] for name in by)):
                if (by, values) not in named:
                    self.learn(self.mask(window, dict(zip(by, values, strict=True))), 0)

    def read_cells(self, window: Window, text: bytes) -> None:
        """The counts of an open pack."""
        for row in csv.DictReader(io.StringIO(text.decode())):
            metric, _, group = row["measure"].partition("/")
            if metric == "selection_rate":
                named = dict(each.split("=") for each in group.split(",") if group) if group else {}
                self.learn(self.mask(window, named), int(row["rows"]))
                self.learn(self.mask(window, named, True), int(row["cases"]))

    def read_pair(self, document: Document) -> None:
        """What `boussole drift --json` tells of two windows, and the page of drift."""
        windows = [
            Window(*(dt.date.fromisoformat(document[side][end][:10]) for end in ("start", "end")))
            for side in ("against", "window")
        ]
        for window, n in zip(windows, (document["decisions"]["against"], document["decisions"]["window"]), strict=True):
            if n is not None:
                self.learn(self.mask(window, {}), n)
        for m in document["measures"]:
            self._read_measure(m, windows)

    def _read_measure(self, m: Document, windows: Sequence[Window]) -> None:
        params, (kind, name) = m["params"], m["id"].split("/", 1)[1].split("=", 1)
        if m["metric"] == "missing_share" or "shares" not in params:
            return
        for at, (window, total) in enumerate(
            zip(windows, (params["reference_total"], params["current_total"]), strict=True)
        ):
            counts = {
                value: round(share * total)
                for value, share in zip(params["categories"], params["shares"][at], strict=True)
            }
            if (kind, name) == ("role", "decision"):
                self.learn(self.mask(window, {}, True), counts["selected"])
                self.learn(self.mask(window, {}, False), counts["not_selected"])
                continue
            column = next((each for each in VALUES if name.startswith(each)), None)
            if kind not in ("feature", "control") or column is None:
                continue
            self.learn(self.mask(window, {}, every=True), total)
            for value in VALUES[column]:
                if value in counts or "*" not in counts:
                    self.learn(self.mask(window, {column: value}, every=True), counts.get(value, 0))

    def among(self, window: Window, named: Mapping[str, str]) -> pd.DataFrame:
        """Who is meant."""
        found = self.held[self.held["part"].isin(self.parts(window))]
        for column, value in named.items():
            found = found[found[column] == value]
        return found

    def hold(self, tries: Tries, *, crossed: bool) -> None:
        """No handful follows: neither how many they are, nor, of those left out of all figures, what was decided."""
        windows = [*map(month_window, MONTHS), month_window(1)]
        names = [{column: value} for column, values in VALUES.items() for value in values]
        if crossed:
            names += [dict(zip(VALUES, pair, strict=True)) for pair in itertools.product(*VALUES.values())]
        for window, named in itertools.product(windows, names):
            who = self.among(window, named)
            left = who[
                [
                    not self.is_gone((p, s, r, True))
                    for p, s, r in zip(who["part"], who["sex"], who["region"], strict=True)
                ]
            ]
            if 0 < len(left) < LIMIT:
                least, most = self.range(self.mask(window, named))
                assert least < 0.5, (window, named, least, len(left), most)
                assert most > LIMIT - 0.5, (window, named, least, len(left), most)
                tries.add()
            out = who.drop(left.index)
            if len(out):
                aim = self.mask(window, named, True, every=True) - self.mask(window, named, True)
                least, most = self.range(aim)
                assert least < 0.5, ("decided", window, named, least, int(out["chosen"].sum()), most)
                assert most > len(out) - 0.5, ("decided", window, named, least, int(out["chosen"].sum()), most)
                tries.add()


REFERENCES = (month_window(1), Window(month_window(1).start, month_window(2).end))
FORMS: Sequence[Mapping[str, Any]] = (
    {"groups": ("sex", "region"), "crossed": False, "features": ["hours"], "controls": []},
    {"groups": ("sex", "region"), "crossed": True, "features": ["hours"], "controls": []},
    {"groups": ("sex",), "crossed": False, "features": ["region"], "controls": []},
    {"groups": ("sex",), "crossed": False, "features": [], "controls": ["region"]},
    {"groups": ("sex", "region"), "crossed": False, "features": ["region"], "controls": []},
    {"groups": ("sex", "region"), "crossed": False, "features": [], "controls": ["region"]},
    {"groups": ("sex", "region"), "crossed": True, "features": ["sex"], "controls": ["region"]},
)


def workspace_of(folder: Path, frame: pd.DataFrame, of: System) -> Workspace:
    workspace = Workspace.create(folder)
    text = yaml.safe_dump(of.model_dump(mode="json", by_alias=True, exclude_none=True))
    (workspace.home / "systems" / "sample.yaml").write_text(text, encoding="utf-8")
    frame.to_parquet(folder / "rows.parquet")
    workspace = Workspace(folder)
    ingest(workspace, workspace.system("sample"), folder / "rows.parquet")
    return workspace


def audits(workspace: Workspace, draw: random.Random) -> list[Document]:
    """Some months in any order, and sometimes one of them again."""
    of = workspace.system("sample")
    windows = [*map(month_window, MONTHS), month_window(1)]
    return [
        run_audit(workspace, of, start=each.start, end=each.end, as_of=TODAY).written()
        for each in draw.sample(windows, draw.choice([2, 3, 4]))
    ]


def drift_documents(workspace: Workspace) -> list[Document]:
    """Each month and week beside the reference, the one before and the one examined last."""
    of = workspace.system("sample")
    apart = set_apart(workspace, of, documents_of(workspace, "sample"))
    days = [month_window(1).start + dt.timedelta(days=i) for i in range(0, 90, 7)]
    windows = dict.fromkeys([*map(month_window, MONTHS), *(period_of(day, "week") for day in days)])
    found = []
    for window, against in itertools.product(windows, ("reference", "previous")):
        try:
            pair = exact_pair(workspace, of, window=window, against=against, as_of=TODAY, apart=apart)  # type: ignore[arg-type]
        except BoussoleError:
            continue
        found.append(pair_document(pair).written())
    return found


def page_of(workspace: Workspace) -> list[Document]:
    """What the page of drift shows and the report attaches, in the form of `drift --json`."""
    of, found = workspace.system("sample"), []
    for step, against in itertools.product(("month", "week"), ("reference", "previous", "examined")):
        drift = drift_of(workspace, of, against=against, step=step, today=TODAY)  # type: ignore[arg-type]
        told = series_document(drift, as_of=TODAY).written()
        found += [
            {"window": each, "against": each["against"], "decisions": {"window": each["decisions"], "against": None}}
            | {"measures": [m | {"metric": m["id"].partition("/")[0]} for m in each["measures"]]}
            for each in told["windows"]
            if each["against"]
        ]
    return found


def all_months_add_nothing(workspace: Workspace, tries: Tries) -> None:
    """What is told of several windows together is made of what each of them tells, and of none that hides it."""
    told = {each.window.days: {m.id: m.n for m in each.measures if m.status == "ok"} for each in audits_of(workspace)}
    for document in audits_of(workspace):
        if document.accumulated is None:
            continue
        windows = [*(Window(each.start, each.end) for each in document.accumulated.windows), document.window.days]
        for measure in document.accumulated.figures:
            entering = windows[-measure.params.recent :] if measure.params.recent else windows
            parts = [told[window][measure.id] for window in entering if measure.id in told[window]]
            if measure.status == "ok":
                assert measure.n == sum(n or 0 for n in parts), measure.id
                assert measure.params.windows == len(parts)
                tries.add()


def audits_of(workspace: Workspace) -> list[AuditDocument]:
    """Every stored audit."""
    return [audit.document() for audit in stored_audits(workspace)]


@pytest.mark.slow
@pytest.mark.attack(
    "small groups", "an exact linear program over audits, packs, drift by month and week, and the data page"
)
@pytest.mark.parametrize(
    ("form", "first"),
    [(form, first) for form in range(len(FORMS)) for first in (0, 11)],
)
def test_no_reader_of_all_surfaces_finds_a_handful(tmp_path: Path, form: int, first: int, tries: Tries) -> None:
    for seed in range(first, first + (1 if first == 11 else 2)):
        draw = random.Random(seed * 10 + form)  # noqa: S311 (no secret)
        frame = people(seed, n=240 if first == 11 else draw.choice([240, 420, 900]))
        of = system(**FORMS[form], reference=draw.choice(REFERENCES))
        workspace, reader = workspace_of(tmp_path / str(seed), frame, of), Reader(frame)
        for document in audits(workspace, draw):
            reader.read_document(json.loads(json.dumps(document)))
            window = Window(*(dt.date.fromisoformat(document["window"][end]) for end in ("start", "end")))
            reader.read_cells(window, cells_csv(document["measures"]))
        for pair in (*drift_documents(workspace), *page_of(workspace)):
            reader.read_pair(json.loads(json.dumps(pair)))
        (held,) = overview(workspace).systems["sample"].held
        reader.learn(reader.mask(Window(month_window(1).start, month_window(3).end), {}, every=True), held.rows)
        all_months_add_nothing(workspace, tries)
        reader.hold(tries, crossed=FORMS[form]["crossed"])
    assert tries.n > 3


@pytest.mark.slow
@pytest.mark.attack("small groups", "a month less its weeks, of a value that is rare in one of them")
def test_a_month_less_its_weeks_tells_of_nobody(tmp_path: Path, tries: Tries) -> None:
    frame = people(0, n=6000)
    frame = frame[frame["ts"] < "2026-03-30"].reset_index(drop=True)  # no day is left beside the whole weeks of March
    rare = (frame["ts"] >= "2026-03-23") & (frame["ts"] < "2026-03-30")
    frame["region"] = ["west" if i % 2 and not few else "north" for i, few in enumerate(rare)]
    frame.loc[frame.index[rare][:3], "region"] = "west"
    of = system(groups=("sex",), crossed=False, features=["region"], controls=[], reference=month_window(1))
    workspace, reader = workspace_of(tmp_path / "w", frame, of), Reader(frame)
    for pair in (*drift_documents(workspace), *page_of(workspace)):
        reader.read_pair(json.loads(json.dumps(pair)))
    named = {"region": "west"}
    month, week = month_window(3), period_of(dt.date(2026, 3, 23), "week")
    assert reader.range(reader.mask(month, named))[0] > 100, "of whole months it is told"
    least, most = reader.range(reader.mask(week, named))
    assert least < 0.5
    assert most > LIMIT - 0.5
    tries.add()
