"""Years judged by all months since January, beside the month alone: the table of the page, and a few years for all."""

from __future__ import annotations

import lzma
import re
from pathlib import Path

import numpy as np
import pytest

from benchmarks.evidence import (
    AFTER,
    BREACH,
    SETTINGS,
    WAYS,
    Outcome,
    Setting,
    bound,
    change_lines,
    changed,
    lines,
    outcome,
    rounds,
    year,
)

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "tests" / "data" / "uncertainty.md").read_text(encoding="utf-8")
YEARS = 30
"""Of each cell of the table of changes."""
Kept = dict[tuple[Setting, float], list[Outcome]]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The years that were drawn for the page: hours of work."""
    path = tmp_path_factory.mktemp("years") / "years.jsonl"
    path.write_bytes(lzma.decompress((ROOT / "benchmarks" / "years.jsonl.xz").read_bytes()))
    return path


@pytest.fixture(scope="module")
def kept(file: Path) -> Kept:
    return rounds(0, file)


def test_the_table_of_the_page_is_that_of_the_years_that_are_kept(file: Path, kept: Kept) -> None:
    """Once, below what says how many years it is of; the page has another one of the same kind."""
    (section,) = re.findall(r"^## A year of evidence\n(.*?)^## ", PAGE, flags=re.MULTILINE | re.DOTALL)
    assert section.count("\n".join(lines(0, file))) == PAGE.count(next(lines(0, file))) == 1
    (years,) = {len(drawn) for drawn in kept.values()}
    assert f"{years} years for each line" in " ".join(section.split())


def test_the_table_of_changes_has_the_head_of_the_page() -> None:
    """Its lines take hours; a way to judge that is added must not change what they tell."""
    assert next(change_lines(0)) in PAGE


def test_a_year_finds_what_no_month_finds_and_accuses_nobody(kept: Kept) -> None:
    """12,000 decisions a year at 72 for 100: found in four years of five; at parity or at the level hardly ever."""
    assert min(map(len, kept.values())) >= 30
    means = {line: np.mean(drawn, axis=0) for line, drawn in kept.items()}
    alone, now = means[Setting(decisions=1000), 0.72]
    assert now[0] >= 0.8
    assert alone[0] < 0.4
    assert now[3] < alone[3] / 2  # answers of December that are *we cannot tell*
    for (_, ratio), (_, now) in means.items():
        assert now[0] <= 0.05 or ratio < BREACH
        assert now[1] <= 0.05 or ratio < 1


@pytest.mark.costly
@pytest.mark.parametrize(
    ("setting", "ratio", "seed"),
    [(SETTINGS[0], 0.72, 3), (SETTINGS[2], 0.8, 11), (SETTINGS[5], 1.0, 20)],
    ids=["few decisions", "at the level", "the same people"],
)
def test_a_year_that_is_kept_is_the_one_that_is_drawn(kept: Kept, setting: Setting, ratio: float, seed: int) -> None:
    drawn = outcome(year([5, setting.decisions, seed], setting, ratio))
    assert drawn == [pytest.approx(row) for row in kept[setting, ratio][seed]]


def test_a_new_version_that_is_worse_is_told_soon() -> None:
    found = [changed([6, 4000, seed], Setting(decisions=4000), (1.0, 0.72), named=True) for seed in range(3)]
    assert all(each["as judged"] <= each["month alone"] <= AFTER + 1 for each in found)
    assert sorted(each["as judged"] for each in found)[1] <= 3


@pytest.mark.costly
def test_recent_months_tell_a_change_that_nobody_named() -> None:
    """Of the months of one system: after three, since the last three are judged beside all together."""
    assert changed([6, 4000, 1], Setting(decisions=4000), (1.0, 0.72), named=False, only=WAYS[1:])["as judged"] == 3


def test_what_was_repaired_is_kept_again() -> None:
    assert changed([6, 4000, 0], Setting(decisions=4000), (0.72, 1.0), named=True)["as judged"] <= 3


def test_the_bound_errs_in_a_twentieth_of_years() -> None:
    drawn = np.random.default_rng(2).standard_normal((4000, 12))
    sums, most, step = np.zeros(4000), np.zeros(4000), -1.0
    for month in drawn.T:
        sums = np.maximum(0.0, sums + step * (month - step / 2))
        most = np.maximum(most, sums)
    assert (most > bound(step)).mean() == pytest.approx(0.05, abs=0.012)
