"""Ordinary features explored in a workspace: from a file to the command, what is kept, and the page of fairness."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from boussole.audits.decisions import ingest
from boussole.audits.errors import BoussoleError
from boussole.audits.features.binned import Bin
from boussole.audits.features.explore import Exploration, explore, keep, kept
from boussole.audits.workspace import Workspace
from boussole.dashboard.cli.main import app
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.fairness.features import explored
from tests.written import system_text

SYSTEM = system_text(
    "offers",
    """
columns:
  id: ref
  decided_at: at
  decision: {column: contacted, selected: [true], not_selected: [false]}
  person: who
groups: {gender: {column: gender, reference: M}, rqth: {column: disabled, reference: "no"}}
controls: {trade: {column: rome, title: {fr: Métier, en: Trade}}}
features: [{column: km, title: {fr: Distance, en: Distance}}, {column: gender, kind: category}, gap]
""",
)
ROWS = 6000


def rows() -> pd.DataFrame:
    """Women work in trade `K` more often, where people are contacted less, the far ones least; disability is known of
    one in four; `gap` never varies, and `<b>` is a trade."""
    rng = np.random.default_rng(1)
    women = rng.random(ROWS) < 0.5
    trade = np.where(women & (rng.random(ROWS) < 0.6), "K", rng.choice(["<b>", "G", "K", "N"], ROWS))
    km = rng.exponential(12, ROWS).round(1)
    disabled = rng.random(ROWS) < 0.2
    chance = 0.5 - 0.2 * (trade == "K") - 0.2 * ((trade == "K") & (km > 20)) - 0.15 * disabled
    frame = pd.DataFrame({"ref": [f"d{i}" for i in range(ROWS)], "at": pd.Timestamp("2026-03-02 10:00")})
    frame["who"] = [f"p{i}" for i in range(ROWS)]
    frame["contacted"] = rng.random(ROWS) < chance
    frame["gender"] = np.where(women, "F", "M")
    frame["disabled"] = pd.Series(np.where(disabled, "yes", "no")).where(rng.random(ROWS) < 0.25, None)
    frame["rome"], frame["gap"] = trade, 1.0
    frame["km"] = pd.Series(km).where(rng.random(ROWS) > 0.03, None)
    return frame


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    home = tmp_path_factory.mktemp("features") / "w"
    Workspace.create(home)
    (home / "systems" / "offers.yaml").write_text(SYSTEM, encoding="utf-8")
    for name in ("pseudonym", "bucket"):
        (home / "keys" / f"{name}.key").write_bytes(b"k" * 32)
    rows().to_parquet(home.parent / "rows.parquet")
    found = Workspace(home)
    ingest(found, found.system("offers"), home.parent / "rows.parquet")
    return found


@pytest.fixture(scope="module")
def found(workspace: Workspace) -> Exploration:
    return explore(workspace, workspace.system("offers"))


def test_what_is_planted_is_found_in_the_rows(found: Exploration) -> None:
    assert found.features == ("km", "rome")  # neither one that never varies, nor a group by another name
    best = found.proxies[0]
    assert (best.feature, best.by, best.group, best.against, best.tells, best.carries) == (
        "rome", "gender", "F", "M", True, True,
    )  # fmt: skip
    assert not [each for each in found.proxies if each.tells and each.feature == "km"]
    first = found.slices.found[0].where
    assert first["rome"] == Bin(value="K")
    disability = found.sampled[0]
    assert [each.by for each in found.sampled] == ["rqth"]  # gender is known of everybody
    assert (disability.group, disability.against, disability.n) == ("yes", "no", ROWS)
    assert disability.known == rows()["disabled"].notna().sum()
    assert disability.interval is not None
    assert disability.interval.high < 1


def test_numbers_fall_into_tenths_and_none_without_a_value_is_lost(found: Exploration) -> None:
    kilometres = [place for each in found.slices.found for name, place in each.where.items() if name == "km"]
    assert all(place.value is None for place in kilometres)
    assert found.decisions == ROWS


def test_it_is_kept_for_the_page_which_says_what_it_is_and_escapes_what_it_names(
    workspace: Workspace, found: Exploration
) -> None:
    system, say = workspace.system("offers"), speaker("fr")
    assert explored(workspace, system, say) is None
    made = Template("pages/fairness/fairness.html", say)
    assert "boussole features --system offers" in made("without_groups", None, "offers")
    path = keep(workspace, found)
    assert kept(workspace, system) == found
    ended = system.groups | {"gender": system.groups["gender"].model_copy(update={"expires": dt.date(2026, 1, 1)})}
    later = kept(workspace, system.model_copy(update={"groups": ended}))
    assert later is not None
    assert {each.by for each in found.proxies} - {each.by for each in later.proxies} == {"gender"}
    told = explored(workspace, system, say)
    assert told is not None
    assert told.told[0].startswith("C’est «\u202fMétier\u202f» qui révèle le mieux un groupe")
    markup = str(made("without_groups", told, "offers"))
    assert "aucun verdict ne repose dessus" in markup
    assert "<b>" not in markup
    path.write_text("{}", encoding="utf-8")
    lost = explored(workspace, system, say)
    assert lost is not None
    assert "boussole features --system offers" in lost.lost
    path.unlink()


def test_the_command_tells_it_and_keeps_it(workspace: Workspace) -> None:
    done = CliRunner().invoke(app, ["--workspace", str(workspace.home), "features", "--system", "offers"])
    assert done.exit_code == 0, done.output
    assert "rome tells gender=F against M" in done.output
    assert "None of this is a verdict" in done.output
    assert kept(workspace, workspace.system("offers")) is not None


def test_without_features_it_says_what_to_declare(workspace: Workspace) -> None:
    bare = workspace.system("offers").model_copy(update={"features": [], "controls": {}})
    with pytest.raises(BoussoleError, match="no feature and no control with two values"):
        explore(workspace, bare)
