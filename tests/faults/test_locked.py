"""A catalogue that another process holds: a sync and a reader wait, and then succeed."""

from __future__ import annotations

import pytest

from tests.faults.children import ENTERED, LEFT
from tests.faults.harness import Nursery, World, check

LONGER_THAN_SQLITE_WAITS = 6


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["EXCLUSIVE", "IMMEDIATE"])
def test_held_for_some_seconds(world: World, nursery: Nursery, kind: str) -> None:
    world.log(1)
    nursery.start("sync", home=world.home).finish()
    world.log(2, late=True)
    catalogue = str(world.workspace.catalogue)
    seconds = LONGER_THAN_SQLITE_WAITS
    holder = nursery.start("hold", announce=True, catalogue=catalogue, kind=kind, seconds=seconds)
    assert holder.watch(seconds=60) == ENTERED
    waiting = nursery.start("sync", home=world.home, announce=True)
    reader = nursery.start("read", home=world.home)
    assert holder.watch(seconds=60) == ENTERED + LEFT
    assert waiting.running
    assert waiting.commits == 0
    assert reader.running == (kind == "EXCLUSIVE")  # another writer does not keep readers out
    (report,) = waiting.finish()
    assert report["failures"] == []
    (rows,) = reader.finish()
    assert rows >= 20
    holder.finish()
    check(world)
