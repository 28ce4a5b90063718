"""How many buckets: the table of the page, and what it says of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import buckets

PAGE = (Path(__file__).parents[2] / "data" / "uncertainty.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## How many buckets")[2].partition("\n## ")[0]
ROWS = [line for line in SECTION.splitlines() if line.startswith("| ") and " of " in line]


def test_each_person_alone_is_as_good_as_a_bucket_of_one() -> None:
    setting = buckets.Setting(people=60, each=5, lower=0.5)
    cases = buckets.drawn(np.random.default_rng(1), setting, 0.5)
    alone = buckets.p_value(np.random.default_rng(2), cases, setting.each, None)
    many = buckets.p_value(np.random.default_rng(2), cases, setting.each, 100_000)
    assert alone == pytest.approx(many, rel=0.2)


def test_the_page_has_every_setting() -> None:
    assert len(ROWS) == len(buckets.SETTINGS) * len(buckets.BUCKETS)
    errors = [float(row.split("|")[4]) for row in ROWS]
    assert max(errors) < 6
