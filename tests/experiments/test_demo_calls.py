"""The calls of the demo: what is planted is found in its month, and nothing where nothing is planted."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from boussole.audits.decisions import ingest
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.experiments.demo import build
from boussole.experiments.demo.calls import questions, with_calls
from boussole.experiments.demo.planted import MONTHS, PLANTED, PlantedEffects
from boussole.experiments.demo.texts import MARK, texts
from boussole.experiments.demo.writers import OLDER, STRANGE, writer_accounts, writer_uses

FILES = Path(build.__code__.co_filename).parent / "systems"
NONE = PlantedEffects(calls_outside=0, idle_watt_hours=0.0, discarded_length=1.0, untold_calls=0.0)
ASKED = ("where_models_run", "emissions_per_text", "within_budget", "generated_for_nothing", "measurable_at_all")


def some_texts(n: int = 1500) -> pd.DataFrame:
    """Texts of each month as the demo has them, but for their words."""
    rng = np.random.default_rng(3)
    log = pd.DataFrame({"month": np.repeat(MONTHS, n)})
    log["text_id"] = [f"G{number}" for number in range(len(log))]
    log["written_at"] = pd.to_datetime(log["month"] + "-28T09:00")
    log["task"] = rng.choice(["offre", "courriel", "synthèse"], len(log))
    log["team"] = [f"E{each}" for each in rng.integers(0, 120, len(log))]
    log["outcome"] = rng.choice(["kept", "edited", "rejected"], len(log), p=[0.57, 0.33, 0.10])
    return log


def verdicts(home: Path, system: str, calls: pd.DataFrame, month: int) -> dict[str, tuple[str, str | None]]:
    workspace = Workspace.create(home)
    declared = yaml.safe_load((FILES / f"{system}.yaml").read_text(encoding="utf-8"))
    kept = ("id", "kind", "title", "purpose", "owner", "status", "risk", "risk_reason", "windows", "generations")
    declared = {name: declared[name] for name in kept if name in declared} | {"kind": "generation"}
    declared["generations"] = {
        name: column for name, column in declared["generations"].items() if name not in ("texts", "sent", "recipient")
    } | {"output": None}
    (home / "systems" / f"{system}.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    workspace = Workspace(home)
    calls.to_parquet(home.parent / "calls.parquet")
    ingest(workspace, workspace.system(system), home.parent / "calls.parquet", log="generations")
    end = pd.Period(f"2026-{month}", "M").end_time.date()
    document = run_audit(workspace, workspace.system(system), start=dt.date(2026, month, 1), end=end, dry_run=True)
    return {each.template: (each.verdict, each.reason) for each in document.verdicts if each.template in ASKED}


@pytest.mark.costly
@pytest.mark.parametrize(
    ("effects", "expected"),
    [
        (PLANTED, ["watch", "watch", "broken", "watch", "unknown"]),
        (NONE, ["kept", "kept", "kept", "unknown", "kept"]),  # 450 rejected texts are too few to see a tenth more
    ],
)
def test_what_is_planted_is_found_and_nothing_else(
    tmp_path: Path, effects: PlantedEffects, expected: list[str]
) -> None:
    calls = with_calls(some_texts(), rng=np.random.default_rng(5), effects=effects).drop(columns="month")
    found = verdicts(tmp_path / "w", "chatft", calls, 9)
    assert [found[name][0] for name in ASKED] == expected


def test_a_version_that_nobody_examined_writes_but_for_what_is_planted() -> None:
    declared = yaml.safe_load((FILES / "chatft.yaml").read_text(encoding="utf-8"))["versions"]
    for effects, planted in ((PLANTED, PLANTED.unexamined_texts), (PlantedEffects(unexamined_texts=0), 0)):
        calls = with_calls(some_texts(), rng=np.random.default_rng(5), effects=effects)
        strange = calls[~calls["model"].isin([*declared])]
        assert len(strange) == planted
        assert {*strange["month"]} <= {MONTHS[2]}
    plain, other = (
        with_calls(some_texts(), rng=np.random.default_rng(5), effects=PlantedEffects(unexamined_texts=n))
        for n in (0, 9)
    )
    pd.testing.assert_frame_equal(plain.drop(columns="model"), other.drop(columns="model"))


def test_letters_lose_their_mark_but_for_what_is_planted() -> None:
    for effects, lost in ((PLANTED, PLANTED.unmarked_letters), (PlantedEffects(unmarked_letters=0), 0)):
        log = texts(rng=np.random.default_rng(3), effects=effects)
        went = log["outcome"] != "rejected"
        assert log.loc[~went, "marked"].isna().all()
        unmarked = log[went & (log["marked"] != MARK)]
        assert len(unmarked) == lost
        assert {*unmarked["month"]} <= {MONTHS[2]}
        assert {*unmarked["task"]} <= {"courriel"}


def test_texts_are_read_before_they_are_sent_but_for_what_is_planted() -> None:
    for effects, expected in ((PLANTED, (0.16, 0.2)), (PlantedEffects(hasty_texts_since=None), (0.0, 0.04))):
        log = texts(rng=np.random.default_rng(3), effects=effects)
        seconds = (log["sent_at"] - log["shown_at"]).dt.total_seconds()
        hasty = seconds * 300 < log["draft"].str.split().str.len() * 60
        by_month = hasty[log["outcome"] != "rejected"].groupby(log["month"]).mean()
        assert (by_month[list(MONTHS[:2])] < 0.04).all()
        assert expected[0] <= by_month[MONTHS[2]] <= expected[1]
        assert log.groupby(["month", "team"])["agent"].nunique().min() >= 11


def test_agents_use_it_as_declared_but_for_what_is_planted() -> None:
    none = PlantedEffects(strange_texts=0, untrained_writers=0.0, writers_without_factor=0)
    log = texts(rng=np.random.default_rng(3))
    for effects, strange, untrained in ((PLANTED, PLANTED.strange_texts, (0.07, 0.12)), (none, 0, (0.0, 0.015))):
        used = writer_uses(log, rng=np.random.default_rng(4), effects=effects)
        assert (used["purpose"] == STRANGE).groupby(used["month"]).sum().to_list() == [0, 0, strange]
        first = used.sort_values("used_at").drop_duplicates(["month", "agent"])
        late = ~(first["trained_on"] <= first["used_at"])
        assert late.groupby(first["month"]).mean().between(*untrained).all()
        export = writer_accounts(rng=np.random.default_rng(5), effects=effects)
        assert {*log["agent"]} <= {*export["account"]}
        assert (export["second_factor"] == "no").sum() == effects.writers_without_factor


def test_older_agents_use_it_less_but_for_what_is_planted() -> None:
    """As a share of those who may: on both sides of what nobody planted, and alike in regions and roles."""
    log = texts(rng=np.random.default_rng(3))
    used = {*log.loc[log["month"] == MONTHS[2], "agent"]}
    for effects, gap in ((PLANTED, (-0.25, -0.1)), (PlantedEffects(older_left_out=0.0), (-0.06, 0.06))):
        export = writer_accounts(rng=np.random.default_rng(5), effects=effects)
        last = export[export["month"] == MONTHS[2]]
        active = last["agent"].isin(used)
        older = last["age_band"] == OLDER
        assert gap[0] <= active[older].mean() - active[~older].mean() <= gap[1]
        for by in ("region", "role"):
            shares = active.groupby(last[by]).mean()
            assert shares.max() - shares.min() < 0.06
        assert last["agent"].is_unique
        assert not export.groupby("agent")["age_band"].nunique().gt(1).any()


@pytest.mark.costly
def test_of_a_model_whose_size_nobody_publishes_nobody_can_tell(tmp_path: Path) -> None:
    found = verdicts(tmp_path / "w", "matchft", questions(rng=np.random.default_rng(5)), 9)
    assert found["where_models_run"] == ("kept", "logged_none")
    assert found["measurable_at_all"] == ("unknown", "range_too_wide")
    assert found["within_budget"] == ("unknown", "no_budget")
