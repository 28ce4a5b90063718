"""What MLflow's registry says of models: brought in with a sync, cut to size, shown as text, read without a server."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest

from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.system.view import model_cards
from boussole.experiments.cards import LINE, TEXT, VERSIONS, read_cards
from boussole.experiments.sync import sync
from boussole.experiments.sync.cards import sync_cards

SCRIPT = "# Title\n<script>alert(1)</script> [a](javascript:alert(1))\x1b[31m"


@pytest.fixture
def registry(workspace: Workspace, mlflow: Any) -> Any:
    return mlflow.MlflowClient(tracking_uri=workspace.tracking_uri)


def version(registry: Any, name: str, *, experiment: str, description: str = "", **tags: str) -> str:
    """A version of a model, by somebody, with metrics and a data set."""
    from mlflow.entities import Dataset, DatasetInput

    found = registry.get_experiment_by_name(experiment)
    number = found.experiment_id if found else registry.create_experiment(experiment)
    run = registry.create_run(number, tags={"mlflow.user": "ada"}).info.run_id
    registry.log_metric(run, "f1", 0.8125)
    registry.log_metric(run, "loss", float("nan"))
    data = Dataset(
        name="cv-2025", digest="ab12", source_type="local", source="/secret/place", schema=None, profile=None
    )
    registry.log_inputs(run, [DatasetInput(data, tags=[])])
    made = registry.create_model_version(
        name, source=f"runs:/{run}/model", run_id=run, tags=tags, description=description
    )
    return str(made.version)


def words(page: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", str(page))).replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_a_card_says_what_the_registry_does_and_runs_nothing(workspace: Workspace, registry: Any) -> None:
    registry.create_registered_model("sort", tags={"License": "Apache-2.0", "team": "data"}, description=SCRIPT)
    for _ in range(VERSIONS):
        version(registry, "sort", experiment="trials")
    last = version(
        registry, "sort", experiment="trials", description="x" * 2 * TEXT, stage="<b>live</b>", **{"mlflow.x": "y"}
    )
    registry.set_registered_model_alias("sort", "champion", last)
    registry.create_registered_model("of-nobody")
    sync_cards(workspace)
    cards = read_cards(workspace)
    assert cards is not None
    assert [(card.name, card.systems, card.licence, card.tags) for card in cards.models] == [
        ("sort", ["trial"], "Apache-2.0", {"team": "data"})
    ]
    (card,) = cards.of("trial")
    assert "\x1b" not in card.description
    assert (len(card.versions), card.more) == (VERSIONS, 1)
    newest = card.versions[0]
    assert (newest.version, newest.aliases, newest.registered_by) == (last, ["champion"], "ada")
    assert (newest.metrics, newest.data, newest.tags) == ({"f1": 0.8125}, ["cv-2025 (ab12)"], {"stage": "<b>live</b>"})
    assert newest.registered_at is not None
    assert dt.datetime.now(dt.UTC) - newest.registered_at < dt.timedelta(minutes=10)
    assert len(newest.description) == TEXT
    assert b"secret" not in (workspace.lake / "models.json").read_bytes()
    page = model_cards(workspace, "trial", speaker("en"))
    assert "<script" not in page
    assert "<b>" not in page
    assert 'href="javascript' not in page
    for text in ("# Title", "Apache-2.0", "cv-2025 (ab12)", "f1: 0.8125", "by ada", "champion", "One version before"):
        assert text in words(page), text
    assert "Entraînée sur" in words(model_cards(workspace, "trial", speaker("fr")))
    assert not model_cards(workspace, "unheard-of", speaker("en"))


@pytest.mark.costly
def test_what_cannot_be_read_stays_as_it_was_with_the_reason(workspace: Workspace, registry: Any) -> None:
    registry.create_registered_model("by-its-tag", tags={"boussole.system": "trial"})
    sync_cards(workspace)
    before = read_cards(workspace)
    assert before is not None
    assert [card.name for card in before.models] == ["by-its-tag"]
    (workspace.home / "mlflow.db").write_bytes(b"no database" * 100)
    sync_cards(workspace)
    after = read_cards(workspace)
    assert after is not None
    assert (after.seen_at, after.models) == (before.seen_at, before.models)
    assert after.failure
    assert "It could not be read since" in words(model_cards(workspace, "trial", speaker("en")))


@pytest.mark.costly
def test_a_version_whose_run_is_gone_and_many_tags_are_no_trouble(workspace: Workspace, registry: Any) -> None:
    registry.create_registered_model("old", tags={"boussole.system": "trial"} | {f"t{n}": "v" * 999 for n in range(90)})
    registry.create_model_version("old", source="s3://models/old", run_id="0" * 32)
    sync_cards(workspace)
    cards = read_cards(workspace)
    assert cards is not None
    (card,) = cards.models
    assert len(card.tags) == 30
    assert {len(value) for value in card.tags.values()} == {LINE}
    assert (card.versions[0].metrics, card.versions[0].data) == ({}, [])


def test_without_a_store_nothing_is_written_and_a_broken_document_is_none(workspace: Workspace) -> None:
    (workspace.home / "mlflow.db").unlink(missing_ok=True)
    sync_cards(workspace)
    assert read_cards(workspace) is None
    assert not (workspace.home / "mlflow.db").exists()
    workspace.lake.mkdir(exist_ok=True)
    (workspace.lake / "models.json").write_text('{"seen_at": 3')
    assert read_cards(workspace) is None
    assert not model_cards(workspace, "trial", speaker("en"))


@pytest.mark.costly
def test_a_sync_brings_cards_in(workspace: Workspace, registry: Any, tmp_path: Path) -> None:
    registry.create_registered_model("sort")
    version(registry, "sort", experiment="trials")
    sync(workspace)
    cards = read_cards(workspace)
    assert cards is not None
    assert [card.name for card in cards.of("trial")] == ["sort"]
