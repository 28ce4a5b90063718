"""What the tests of faults share: an empty MLflow store, a world, and a nursery of processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.faults.harness")

from tests.faults.harness import Nursery, World  # noqa: E402


@pytest.fixture
def world(tmp_path: Path, empty_store: Path) -> World:
    return World.make(tmp_path / "workspace", empty_store)


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Iterator[Nursery]:
    with Nursery(tmp_path_factory.mktemp("processes"), empty_store) as nursery:
        yield nursery
