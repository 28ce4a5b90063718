"""What the tests of faults share: an empty MLflow store, a world, and a nursery of processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.store import quiet_mlflow

pytest.register_assert_rewrite("tests.faults.harness")

from tests.faults.harness import Nursery, World  # noqa: E402


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty MLflow store: making its tables takes seconds, so they are made once and copied."""
    path = tmp_path_factory.mktemp("store") / "mlflow.db"
    quiet_mlflow().MlflowClient(tracking_uri=f"sqlite:///{path}").search_experiments()
    return path


@pytest.fixture
def world(tmp_path: Path, store: Path) -> World:
    return World.make(tmp_path / "workspace", store)


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory, store: Path) -> Iterator[Nursery]:
    with Nursery(tmp_path_factory.mktemp("processes"), store) as nursery:
        yield nursery
