"""The search over undeclared intersections: finds what is planted, tells no chance finding and nobody's handful."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from boussole.audits.cubes.update import sealed_months
from boussole.audits.decisions import ingest
from boussole.audits.errors import BoussoleError
from boussole.audits.lake import writing
from boussole.audits.lake.tables import table
from boussole.audits.subgroups import Scan, scan
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace
from tests.written import sample


def system(*, favourable: bool = True, person: bool = False) -> System:
    columns: dict[str, Any] = {
        "id": "id",
        "period": "2026-01-15",
        "decision": {"column": "chosen", "selected": [True]},
        "favourable": favourable,
    }
    if person:
        columns["person"] = "person"
    return sample(columns, ("sex", "age", "area"))


def drawn(seed: int, *, rows: int = 6000, rows_each: int = 1, planted: float = 0.0) -> pd.DataFrame:
    """Decisions, the same for all but old women of the south, who are selected less often by `planted`."""
    random = np.random.default_rng(seed)
    people = -(-rows // rows_each)
    frame = pd.DataFrame(
        {
            "sex": random.choice(["F", "M"], people),
            "age": random.choice(["old", "young"], people),
            "area": random.choice(np.array(["north", "south", None], dtype=object), people, p=[0.5, 0.4, 0.1]),
            "luck": random.random(people),
        }
    )
    frame = frame.loc[np.repeat(frame.index, rows_each)[:rows]].reset_index(names="person")
    hit = (frame["sex"] == "F") & (frame["age"] == "old") & (frame["area"] == "south")
    luck = frame["luck"] if rows_each > 1 else random.random(rows)
    frame["chosen"] = luck < 0.4 - planted * hit
    frame["person"] = "p" + frame["person"].astype(str)
    frame["id"] = [f"d{i}" for i in range(rows)]
    return frame.drop(columns="luck")


def scanned(folder: Path, frame: pd.DataFrame, of: System, **options: Any) -> Scan:
    workspace = Workspace.create(folder)
    for name in ("pseudonym", "bucket"):
        (workspace.keys / f"{name}.key").write_bytes(b"k" * 32)
    frame.to_parquet(folder / "rows.parquet")
    ingest(workspace, of, folder / "rows.parquet")
    return scan(workspace, of, **options)


@pytest.mark.costly
def test_what_is_planted_is_found_whatever_the_order_of_rows(tmp_path: Path) -> None:
    frame = drawn(1, planted=0.2)
    found = scanned(tmp_path / "a", frame, system())
    worst = found.found[0]
    assert worst.group == {"sex": "F", "age": "old", "area": "south"}
    inside = (frame["sex"] == "F") & (frame["age"] == "old") & (frame["area"] == "south")
    others = ~inside & frame["area"].notna()
    assert worst.n == inside.sum()
    assert worst.rates == (frame[inside]["chosen"].mean(), frame[others]["chosen"].mean())
    assert found.scanned == 26
    assert scanned(tmp_path / "b", frame.sample(frac=1, random_state=3), system()) == found


def test_where_selection_is_a_harm_more_of_it_is_worse(tmp_path: Path) -> None:
    found = scanned(tmp_path / "a", drawn(2, planted=-0.2), system(favourable=False))
    assert found.found[0].group == {"sex": "F", "age": "old", "area": "south"}
    assert found.found[0].value > 1.2


@pytest.mark.costly
def test_neither_a_handful_nor_what_would_leave_one_is_told(tmp_path: Path) -> None:
    frame = drawn(3, planted=0.3)
    few = frame[(frame["sex"] == "M") & (frame["age"] == "old") & (frame["area"] == "south")].index[5:]
    found = scanned(tmp_path / "a", frame.drop(few), system(), minimum=20)
    for each in found.found:
        counts = frame.drop(few)
        for attributes in (list(each.group)[:i] + list(each.group)[i + 1 :] for i in range(len(each.group))):
            wider = counts
            for name in attributes:
                wider = wider[wider[name] == each.group[name]]
            left = len(wider) - each.n
            assert left == 0 or left >= 11, each.group
    assert {"sex": "F", "age": "old", "area": "south"} not in [each.group for each in found.found]


@pytest.mark.costly
def test_rows_that_were_purged_confirm_nothing(tmp_path: Path) -> None:
    of, workspace = system(), Workspace.create(tmp_path / "a")
    drawn(4).to_parquet(tmp_path / "rows.parquet")
    ingest(workspace, of, tmp_path / "rows.parquet")
    with writing(workspace) as connection:
        connection.execute(f"INSERT INTO {table(of, 'sealed')} VALUES (DATE '2026-01-01', 6000, now())")
        assert sealed_months(connection, of)
    with pytest.raises(BoussoleError, match="2026-01 were purged"):
        scan(workspace, of)


@pytest.mark.slow
@pytest.mark.parametrize("rows_each", [1, 20])
def test_chance_alone_is_told_in_one_search_of_twenty_at_most(tmp_path: Path, rows_each: int) -> None:
    """Of 40 searches without any bias, more than 6 would find something with probability 0.3 % at 5 %."""
    of = system(person=rows_each > 1)
    found = [
        bool(scanned(tmp_path / str(seed), drawn(seed, rows=4000, rows_each=rows_each), of).found) for seed in range(40)
    ]
    assert sum(found) <= 6
