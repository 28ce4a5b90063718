"""Two systems on the same decisions, and windows that share days: whoever reads both learns no more of a handful."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from boussole.audits.counts.common import SharedRowsError
from boussole.audits.counts.rare import meant_in
from boussole.audits.decisions import ingest
from boussole.audits.decisions.shared import sharing
from boussole.audits.errors import SystemFileError
from boussole.audits.lake import reading
from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.auditing.published import OverlapError
from boussole.charter.records import audits_of
from tests.as_json import publications
from tests.attacks import Tries
from tests.audits.readers import LIMIT, Solver
from tests.sparing import slow_case
from tests.written import declaring, sample

JANUARY = {"start": dt.date(2026, 1, 1), "end": dt.date(2026, 1, 31)}
FEBRUARY = {"start": dt.date(2026, 2, 1), "end": dt.date(2026, 2, 28)}
BOTH = {"start": dt.date(2026, 1, 1), "end": dt.date(2026, 2, 28)}
Document = Mapping[str, Any]


def system(
    name: str = "one", *, groups: Mapping[str, Any], crossed: Iterable[Iterable[str]] = (), **more: Any
) -> System:
    """A system whose groups are columns of the log, in bands where edges are given."""
    columns: dict[str, Any] = {"id": "id", "decided_at": "ts", "decision": {"column": "chosen", "selected": [True]}}
    found = sample({**columns, **more.pop("columns", {})}, (), intersections=(), **more)
    declared = {
        key: {"column": key} | value if isinstance(value, dict) else {"column": key} for key, value in groups.items()
    }
    return System.model_validate(
        found.model_dump(mode="json", by_alias=True, exclude={"sources"})
        | {"id": name, "groups": declared, "intersections": [list(each) for each in crossed]}
    )


def people(seed: int = 0, *, n: int = 600) -> pd.DataFrame:
    """People of two months, aged 18 to 64, few of whom are just 26, and few of one sex or region."""
    draw = random.Random(seed)  # noqa: S311 (no secret)
    rows = []
    for i in range(n):
        age = draw.choice([*range(18, 26), *range(27, 65)])
        rows.append(
            {
                "id": f"person-{seed}-{i:08}",
                "ts": pd.Timestamp(2026, 1 + i % 2, draw.randrange(1, 28), draw.randrange(24)),
                "age": age,
                "sex": draw.choices(["F", "M"], [5, 6])[0],
                "region": draw.choices(["north", "south", "east"], [4, 4, 2])[0],
                "chosen": draw.random() < 0.4,
                "other": draw.random() < 0.4,
            }
        )
    for i in draw.sample(range(n), draw.randrange(3, 9)):
        rows[i]["age"] = 26
    for i in draw.sample(range(n), draw.randrange(0, 9)):
        rows[i]["sex"] = "X"
    for i in draw.sample(range(n), draw.randrange(0, 9)):
        rows[i]["region"] = "west"
    return pd.DataFrame(rows)


def workspace_of(folder: Path, frame: pd.DataFrame, *systems: System) -> Workspace:
    workspace = Workspace.create(folder)
    frame.to_parquet(folder / "rows.parquet")
    for each in systems:
        ingest(workspace, each, folder / "rows.parquet")
    return workspace


def rates(document: Document, by: str) -> dict[str, int | None]:
    """How many decisions a document tells of each group of an attribute; None where that is hidden."""
    return {
        m["group"][by]: m["n"]
        for m in document["measures"]
        if m["metric"] == "selection_rate" and m["by"] == [by] and m["group"]
    }


AGES = {"age": {"bands": [26]}}
OTHER_AGES = {"age": {"bands": [27]}}
SEXES, REGIONS = {"values": ["F", "M", "X"]}, {"values": ["north", "south", "east", "west"]}
"""Declared, so that each is named in documents whoever has it."""
ATOMS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "age": {"18-25": ["<26", "<27"], "26": ["26+", "<27"], "27-64": ["26+", "27+"]},
    "sex": {each: [each] for each in ("F", "M", "X")},
    "region": {each: [each] for each in ("north", "south", "east", "west")},
}
"""The parts of each column that no banding divides, and the groups that each is in."""


class Reader(Solver):
    """A reader who solves for the people of each month by age, sex, region and decision, from all documents."""

    def __init__(self, frame: pd.DataFrame) -> None:
        age = pd.cut(frame["age"], [0, 25, 26, 99], labels=list(ATOMS["age"])).astype(str)
        self.held = frame.assign(age=age, month=frame["ts"].dt.month)
        self.cells = list(itertools.product((1, 2), *ATOMS.values(), (False, True)))
        super().__init__()

    def mask(self, months: Iterable[int], named: Mapping[str, Iterable[str]], chosen: bool | None = None) -> Any:
        """Which cells lie in these months and among these parts of columns."""
        return np.array(
            [
                float(
                    month in months
                    and all(dict(zip(ATOMS, parts, strict=True))[column] in held for column, held in named.items())
                    and chosen in (None, decided)
                )
                for month, *parts, decided in self.cells
            ]
        )

    def read(self, document: Document, of: System, meant: Mapping[tuple[str, str], str]) -> None:
        """Takes over all counts that a document tells. `meant`: what words stand for, which a reader may guess."""
        months = {int(document["window"][end][5:7]) for end in ("start", "end")}
        shown = [m for m in document["measures"] if m["metric"] == "selection_rate"]
        told = {
            (tuple(m["by"]), tuple(meant.get((name, m["group"][name]), m["group"][name]) for name in m["by"])): m
            for m in shown
        }
        for (by, values), measure in told.items():
            named = {
                of.groups[name].column: self.parts(of, name, value) for name, value in zip(by, values, strict=True)
            }
            if measure["status"] == "ok":
                n, selected = measure["n"], round(measure["value"] * measure["n"])
                for chosen, count in ((True, selected), (False, n - selected)):
                    self.learn(self.mask(months, named, chosen), count)
        for by in {by for by, _ in told if by}:
            lists = [[*of.groups[name].order] or list(ATOMS[of.groups[name].column]) for name in by]
            for values in itertools.product(*lists):
                if (by, values) not in told or told[by, values]["reason"] == "set_apart":
                    named = {of.groups[n].column: self.parts(of, n, v) for n, v in zip(by, values, strict=True)}
                    self.learn(self.mask(months, named), 0)
                if (by, values) in told and told[by, values]["reason"] == "set_apart":
                    self.leave(months, named)

    def leave(self, months: Iterable[int], named: Mapping[str, Iterable[str]]) -> None:
        """People who are in no figure are no target: nothing that is told is about them."""
        left = self.held["month"].isin(months)
        for column, held in named.items():
            left &= self.held[column].isin(held)
        self.held = self.held[~left]

    @staticmethod
    def parts(of: System, name: str, value: str) -> list[str]:
        """The parts of the column that a group holds."""
        return [part for part, groups in ATOMS[of.groups[name].column].items() if value in groups]

    def targets(self) -> list[tuple[Any, int]]:
        """All parts of columns, and pairs of them, that few people are in: of each month and of both."""
        found = []
        for months in ((1,), (2,), (1, 2)):
            among = self.held[self.held["month"].isin(months)]
            single = [{column: [part]} for column, parts in ATOMS.items() for part in parts]
            for parts in single:
                n = int(among[next(iter(parts))].isin(next(iter(parts.values()))).sum())
                if 0 < n < LIMIT:
                    found.append((self.mask(months, parts), n))
        return found


def check(workspace: Workspace, frame: pd.DataFrame, told: Sequence[tuple[Document, System]], tries: Tries) -> int:
    """How many handfuls there are, none of which follows from the documents."""
    reader = Reader(frame)
    for document, of in told:
        reader.read(document, of, meant_in(workspace, of).names)
    targets = reader.targets()
    for mask, n in targets:
        least, most = reader.range(mask)
        assert least < 0.5, (least, n, most)
        assert most > LIMIT - 0.5, (least, n, most)
        tries.add()
    return len(targets)


FORMS: Sequence[tuple[Mapping[str, Any], Sequence[Sequence[str]]]] = (
    (AGES, ()),
    (OTHER_AGES, ()),
    ({**AGES, "sex": {}}, ()),
    ({**OTHER_AGES, "sex": {}, "region": {}}, ()),
    ({**AGES, "sex": {}}, [["sex", "age"]]),
    ({**OTHER_AGES, "sex": {}}, [["sex", "age"]]),
    ({"years": {"column": "age", "bands": [27]}, "gender": {"column": "sex"}}, ()),
    ({"sex": {}, "region": {}}, [["sex", "region"]]),
)
PAIRS = list(itertools.permutations(range(len(FORMS)), 2))


@pytest.mark.attack("small groups", "an exact linear program over all that two systems on the same decisions publish")
@pytest.mark.parametrize("seed", [0, *map(slow_case, range(1, 12))])
def test_no_reader_of_two_systems_finds_a_handful(tmp_path: Path, seed: int, tries: Tries) -> None:
    draw = random.Random(seed)  # noqa: S311 (no secret)
    frame, told = people(seed), list[tuple[Document, System]]()
    both = [
        system(name, groups=FORMS[i][0], crossed=FORMS[i][1]) for name, i in zip("ab", draw.choice(PAIRS), strict=True)
    ]
    workspace = workspace_of(tmp_path / "w", frame, *both)
    for of, days in draw.sample(list(itertools.product(both, (JANUARY, FEBRUARY, BOTH))), 5):
        try:
            told.append((run_audit(workspace, of, **days).written(), of))
        except (SharedRowsError, OverlapError):
            continue
    check(workspace, frame, told, tries)


@pytest.mark.attack("small groups", "two systems on the same decisions, one by bands from 26, the other from 27")
@pytest.mark.slow
def test_two_bandings_do_not_tell_who_lies_between(tmp_path: Path, tries: Tries) -> None:
    one, two = system("one", groups=AGES), system("two", groups=OTHER_AGES)
    frame = people()
    workspace = workspace_of(tmp_path / "w", frame, one, two)
    first, second = run_audit(workspace, one, **BOTH).written(), run_audit(workspace, two, **BOTH).written()
    assert None not in rates(first, "age").values()
    assert set(rates(second, "age").values()) == {None}
    assert check(workspace, frame, [(first, one), (second, two)], tries)


SHARED = "two systems on the same decisions"


@pytest.mark.attack(
    "small groups", f"{SHARED}, of which one reads another decision, lacks a few rows, or has few apart"
)
@pytest.mark.slow
def test_what_cannot_be_read_together_is_refused(tmp_path: Path, tries: Tries) -> None:
    """Another decision column; the same rows without four of them."""
    one = system("one", groups={"region": {}})
    other = one.model_copy(
        update={
            "id": "other",
            "columns": one.log.model_copy(update={"decision": one.log.decision.model_copy(update={"column": "other"})}),
        }  # type: ignore[union-attr]
    )
    fewer = one.model_copy(update={"id": "fewer"})
    workspace = workspace_of(tmp_path / "w", people(), one, other)
    people().iloc[4:].to_parquet(tmp_path / "fewer.parquet")
    ingest(workspace, fewer, tmp_path / "fewer.parquet")
    run_audit(workspace, one, **BOTH)
    for each, why in ((other, "do not say the same"), (fewer, "do not hold just the same decisions")):
        with pytest.raises(SharedRowsError, match=why):
            run_audit(workspace, each, **BOTH)
        tries.add()


@pytest.mark.attack("small groups", f"{SHARED}: one whose file was removed, and that came back under another id")
@pytest.mark.slow
def test_a_system_that_came_back_under_another_id_is_the_same(tmp_path: Path) -> None:
    """Its rows and its audits are still there, and so is the declaration that these were made by."""
    one, again = system("one", groups=AGES), system("again", groups=OTHER_AGES)
    workspace = workspace_of(tmp_path / "w", people(), one)
    first = run_audit(workspace, one, **BOTH).written()
    ingest(workspace, again, tmp_path / "w" / "rows.parquet")
    assert None not in rates(first, "age").values()
    assert set(rates(run_audit(workspace, again, **BOTH).written(), "age").values()) == {None}


@pytest.mark.costly
@pytest.mark.attack("small groups", "one file with two bandings of one column")
def test_two_bandings_in_one_file_do_not_tell_who_lies_between(tmp_path: Path, tries: Tries) -> None:
    of = system("one", groups={**AGES, "years": {"column": "age", "bands": [27]}})
    workspace = workspace_of(tmp_path / "w", people(), of)
    assert check(workspace, people(), [(run_audit(workspace, of, **BOTH).written(), of)], tries)


@pytest.mark.attack("small groups", "a system file whose bands were changed between two audits")
def test_changed_bands_are_refused(tmp_path: Path, tries: Tries) -> None:
    """Before the next rows come in, and before the next audit, of the same days or of others, under any name."""
    one, changed = system("one", groups=AGES), system("one", groups=OTHER_AGES)
    workspace = workspace_of(tmp_path / "w", people(), one)
    people(1).to_parquet(tmp_path / "more.parquet")
    with pytest.raises(SystemFileError, match=r"`groups\.age\.bands` is not what it was when rows came in"):
        ingest(workspace, changed, tmp_path / "more.parquet")
    run_audit(workspace, one, **JANUARY)
    for days in (JANUARY, FEBRUARY):
        with pytest.raises(
            SystemFileError,
            match=r"one\.yaml: `groups\.age\.bands` is \[27\.0\].*Write \[26\.0\] again, or declare another system",
        ):
            run_audit(workspace, changed, **days)
        tries.add()
    renamed = system("one", groups={"years": {"column": "age", "bands": [27]}})
    with pytest.raises(SystemFileError, match=r"`groups\.years` divides the column 'age'.*Write `groups\.age` again"):
        run_audit(workspace, renamed, **FEBRUARY)
    tries.add()


@pytest.mark.costly
def test_the_same_groups_are_told_again(tmp_path: Path) -> None:
    """Nothing is hidden of a system only because another one says just the same."""
    one, two = (system(name, groups={**AGES, "sex": SEXES}, crossed=[["sex", "age"]]) for name in ("one", "two"))
    workspace = workspace_of(tmp_path / "w", people(3), one, two)
    told = [run_audit(workspace, each, **BOTH).written() for each in (one, two)]
    assert told[0]["measures"] == told[1]["measures"]


@pytest.mark.costly
def test_another_system_with_other_rows_changes_nothing(tmp_path: Path) -> None:
    """Two logs that number their rows from 1 have ids in common, and hold other decisions."""
    one, two = (
        system(name, groups={**groups, "sex": SEXES, "region": REGIONS})
        for name, groups in (("one", AGES), ("two", OTHER_AGES))
    )
    frames = [people(seed).assign(id=range(600), ts=pd.Timestamp(2026, 1, 5)) for seed in (1, 2)]
    alone, beside = Workspace.create(tmp_path / "a"), Workspace.create(tmp_path / "b")
    for of in (one, two):
        file = yaml.safe_dump(of.model_dump(mode="json", by_alias=True, exclude_none=True))
        (beside.home / "systems" / f"{of.id}.yaml").write_text(file, encoding="utf-8")
    for number, (of, frame) in enumerate(((one, frames[0]), (two, frames[1]))):
        frame.to_parquet(tmp_path / f"{number}.parquet")
        ingest(beside, of, tmp_path / f"{number}.parquet")
    ingest(alone, two, tmp_path / "1.parquet")
    run_audit(beside, one, **JANUARY)
    with reading(beside) as connection:
        assert not sharing(connection)
    assert (
        run_audit(beside, two, **JANUARY).written()["measures"]
        == run_audit(alone, two, **JANUARY).written()["measures"]
    )


MONTHS = [Window(dt.date(2026, i, 1), dt.date(2026, i, 28)) for i in (1, 2, 3)]
QUARTER = Window(MONTHS[0].start, MONTHS[2].end)
TWO_MONTHS = Window(MONTHS[0].start, MONTHS[1].end)
LONGER = Window(MONTHS[0].start, dt.date(2026, 3, 27))


def two_groups() -> System:
    columns = {"id": "id", "decided_at": "ts", "decision": {"column": "chosen", "selected": [True]}}
    return declaring(sample(columns, ("sex", "age")), sex=("F", "M", "X"), age=("old", "young"))


def few_women(folder: Path) -> Workspace:
    """Few women in January; enough of both sexes from February on."""
    workspace = Workspace.create(folder)
    rows = [
        {"sex": sex, "age": "old", "ts": pd.Timestamp(2026, month, 10 + i % 9), "chosen": i % 2 == 0}
        for month, women, men in ((1, 5, 60), (2, 40, 60), (3, 45, 60))
        for sex, count in (("F", women), ("M", men))
        for i in range(count)
    ]
    frame = pd.DataFrame(rows).assign(id=[f"d{i}" for i in range(len(rows))])
    frame.to_parquet(folder / "rows.parquet")
    ingest(workspace, two_groups(), folder / "rows.parquet")
    return workspace


def audit(workspace: Workspace, window: Window, *, dry_run: bool = False) -> object:
    return run_audit(workspace, two_groups(), start=window.start, end=window.end, dry_run=dry_run)


@pytest.mark.costly
@pytest.mark.attack("small groups", "audits of one system over windows that share some of their days, in any order")
@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        (MONTHS, QUARTER),
        ([QUARTER], MONTHS[0]),
        ([TWO_MONTHS], QUARTER),
        ([QUARTER], LONGER),
        ([Window(MONTHS[0].start, dt.date(2026, 2, 10))], Window(dt.date(2026, 2, 10), MONTHS[2].end)),
    ],
    ids=["longer", "within", "later_end", "earlier_end", "one_day"],
)
def test_days_that_another_audit_holds_in_part_are_not_audited(
    tmp_path: Path, stored: list[Window], asked: Window, tries: Tries
) -> None:
    workspace = few_women(tmp_path / "w")
    for window in stored:
        audit(workspace, window)
    other = stored[0]
    for dry_run in (True, False):
        with pytest.raises(OverlapError) as refused:
            audit(workspace, asked, dry_run=dry_run)
        tries.add()
    said = str(refused.value)
    assert f"{asked.start} to {asked.end} shares days with {other.start} to {other.end}" in said
    assert f"--from {other.start} --to {other.end}`" in said
    assert [each.window.days for each in audits_of(workspace, "sample")] == stored


@pytest.mark.costly
def test_the_same_days_again_and_days_that_no_audit_holds_are_audited(tmp_path: Path) -> None:
    workspace = few_women(tmp_path / "w")
    for window in (MONTHS[1], MONTHS[0], MONTHS[1], Window(dt.date(2026, 3, 1), dt.date(2026, 3, 10))):
        audit(workspace, window)
    assert len({each.window.days for each in audits_of(workspace, "sample")}) == 3
    assert len(publications(workspace, two_groups(), MONTHS[1])) == 1
    assert publications(workspace, two_groups(), Window(dt.date(2026, 4, 1), dt.date(2026, 4, 30))) == []


@pytest.mark.costly
def test_attributes_declared_later_do_not_count_as_shown_before(tmp_path: Path) -> None:
    workspace, of = few_women(tmp_path / "w"), two_groups()
    only_age = of.model_copy(update={"groups": {"age": of.groups["age"]}})
    run_audit(workspace, only_age, start=MONTHS[0].start, end=MONTHS[0].end)
    (shown,) = publications(workspace, of, MONTHS[0])
    keys = {(("sex",), ("F",)), (("age",), ("old",)), ((), ())}
    assert shown.untold(keys) == {(("sex",), ("F",))}
