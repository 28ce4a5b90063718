"""Features that hold categories are judged like numbers: by an audit, its rerun and the verifier of packs."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from boussole.audits import evidence
from boussole.audits.cubes.update import rebuild
from boussole.audits.cubes.values import OTHERS, UNKNOWN, Categories, Values
from boussole.audits.decisions import ingest
from boussole.audits.lake import writing
from boussole.audits.retention.purge import purge
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.auditing.rerun import Rerun, chosen, rerun
from boussole.charter.document.base import given
from boussole.charter.records import stored_audits
from tests.written import system_text

SYSTEM = """
columns:
  id: id
  decided_at: day
  decision: {column: chosen, selected: [true], not_selected: [false]}
groups:
  sex: {column: sex, reference: M}
features:
  - {column: contract, kind: category, title: {fr: Contrat, en: Contract}}
windows: {audit: month, reference: 2026-01-01/2026-01-31}
"""
AS_OF = dt.date(2026, 6, 1)
JANUARY = {"open_ended": 500, "fixed_term": 300, "agency": 180, "seasonal": 20}
MOVED = {"open_ended": 200, "fixed_term": 300, "agency": 480, "seasonal": 20}


def log(*months: Mapping[str | None, int]) -> pd.DataFrame:
    """One month after the other, from January, with as many decisions of each value, in an order of its own."""
    random = np.random.default_rng(3)
    parts = []
    for month, counts in enumerate(months, start=1):
        contract = random.permutation(np.repeat(np.array([*counts], dtype=object), [*counts.values()]))
        n = len(contract)
        parts.append(
            pd.DataFrame(
                {
                    "id": [f"{month}-{i}" for i in range(n)],
                    "day": [dt.date(2026, month, 1 + i % 28) for i in range(n)],
                    "contract": contract,
                    "sex": random.choice(["F", "M"], n),
                    "chosen": random.random(n) < 0.4,
                }
            )
        )
    return pd.concat(parts)


def audited(folder: Path, *months: Mapping[str | None, int]) -> Workspace:
    """The last month, audited; January is the reference."""
    home = Workspace.create(folder)
    (home.home / "systems" / "offers.yaml").write_text(system_text("offers", SYSTEM), encoding="utf-8")
    log(*months).to_parquet(folder / "rows.parquet")
    ingest(home, home.system("offers"), folder / "rows.parquet")
    end = len(months)
    run_audit(home, home.system("offers"), start=dt.date(2026, end, 1), end=dt.date(2026, end, 28), as_of=AS_OF)
    return home


def document(home: Workspace) -> dict[str, Any]:
    return stored_audits(home)[-1].document().written()


def of(home: Workspace, metric: str = "psi") -> dict[str, Any]:
    found = [m for m in document(home)["measures"] if m["metric"] == metric and m["group"] == {"feature": "contract"}]
    assert len(found) == 1
    return dict(found[0])


def question(home: Workspace) -> dict[str, Any]:
    (found,) = [verdict for verdict in document(home)["verdicts"] if verdict["indicator"] == "likeness_to_reference"]
    return dict(found)


def again(home: Workspace) -> Rerun:
    (found,) = rerun(home, chosen(home, entries=None), today=dt.date(2026, 12, 1))
    return found


def by_hand(before: list[int], now: list[int]) -> float:
    """Σ (q − p) ln(q ÷ p), half a decision added to each value."""
    sizes = [sum(side) + len(side) / 2 for side in (before, now)]
    pairs = [((p + 0.5) / sizes[0], (q + 0.5) / sizes[1]) for p, q in zip(before, now, strict=True)]
    return math.fsum((q - p) * math.log(q / p) for p, q in pairs)


@pytest.mark.costly
def test_a_planted_shift_is_found_and_is_the_one_computed_by_hand(tmp_path: Path) -> None:
    home = audited(tmp_path / "home", JANUARY, MOVED)
    psi = of(home)
    assert psi["value"] == pytest.approx(by_hand([500, 300, 180, 20], [200, 300, 480, 20]))
    assert psi["value"] == pytest.approx(0.5691, rel=5e-3)  # −0.3 ln 0.4 + 0.3 ln(48 ÷ 18), but for the half decisions
    assert psi["n"] == 1000
    assert psi["params"]["categories"] == ["open_ended", "agency", "fixed_term", "seasonal"]
    assert "shares" not in psi["params"]
    assert psi["params"]["test"]["df"] == 3
    assert of(home, "jensen_shannon")["value"] > 0.2
    found = question(home)
    assert found["verdict"] == "watch"
    assert [each["verdict"] for each in found["comparisons"]] == ["watch"]


@pytest.mark.costly
def test_nothing_planted_nothing_found_and_few_decisions_prove_nothing(tmp_path: Path) -> None:
    home = audited(tmp_path / "home", JANUARY, {**JANUARY, "open_ended": 510, "agency": 170})
    assert question(home)["verdict"] == "kept"
    few = [{value: n // 15 for value, n in month.items()} for month in (JANUARY, MOVED)]
    assert question(audited(tmp_path / "few", *few))["verdict"] not in ("kept", "watch", "broken")


@pytest.mark.costly
def test_a_value_never_seen_counts_and_a_rare_one_has_no_name(tmp_path: Path) -> None:
    before, now = {**JANUARY, "ferryman": 3, None: 40}, {**JANUARY, "pilot": 200, "miner": 2, None: 45}
    home = audited(tmp_path / "home", before, now)
    psi = of(home)
    assert psi["params"]["new"] == ["pilot"]
    kept = evidence.rows_of(home.evidence, document(home)["evidence"]["cubes"][7:])
    for text in (json.dumps(document(home)), evidence.csv_of(kept).decode()):
        assert "pilot" in text
        assert "ferryman" not in text
        assert "miner" not in text
    # three of January and two of February are too few together: those with the fewest else are counted with them
    assert psi["value"] == pytest.approx(by_hand([500, 300, 180, 40, 0, 23], [500, 300, 180, 45, 200, 22]))
    assert question(home)["verdict"] == "watch"


@pytest.mark.costly
def test_a_period_without_a_value_cannot_be_compared(tmp_path: Path) -> None:
    home = audited(tmp_path / "home", {None: 600}, {**JANUARY, "ferryman": 3})
    assert (of(home)["value"], of(home)["reason"]) == (None, "no_values")
    assert question(home)["verdict"] == "unknown"
    assert again(home).ok


@pytest.fixture
def home(tmp_path: Path) -> Workspace:
    return audited(
        tmp_path / "home", {**JANUARY, "ferryman": 3, None: 30}, {**MOVED, "pilot": 30, "miner": 2, None: 31}
    )


@pytest.mark.costly
def test_a_rerun_repeats_it(home: Workspace) -> None:
    found = again(home)
    assert (found.ok, found.problems, found.differences) == (True, (), ())
    assert found.recount is not None
    assert (found.recount.then, found.recount.now, found.recount.stale) == ((), (), ())
    with writing(home) as connection:
        rebuild(connection, home.system("offers"))
    assert again(home).ok


@pytest.mark.costly
def test_after_a_purge_of_the_reference_the_audit_still_holds_and_a_value_turned_is_told(home: Workspace) -> None:
    turned = "UPDATE lake.offers.histograms SET n = n {} 1 WHERE feature = 'contract' AND value1 = 'agency'"
    with writing(home) as connection:
        connection.execute(turned.format("+"))
    assert "histograms" in given(again(home).recount).now
    with writing(home) as connection:
        connection.execute(turned.format("-"))
    purge(home, before=dt.date(2026, 2, 1))
    found = again(home)
    assert found.ok, (found.problems, found.differences)
    assert "histograms" not in given(found.recount).now


def test_what_is_kept_is_folded_once() -> None:
    sides = Values(a=90, b=40, c=3, d=15), Values({"a": 80, "b": 50, "d": 12, "e": 20, UNKNOWN: 4})
    kept = Categories.of("x", sides, fewest=11)
    assert kept.reference.total() == sides[0].total()
    assert kept.current.total() == sides[1].total()
    assert {"c", UNKNOWN} & {*kept.reference, *kept.current} == set()
    assert Categories.of("x", (kept.reference, kept.current), fewest=11) == kept
    assert list(kept.pairs)[-1] == OTHERS
