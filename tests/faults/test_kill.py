"""A sync that is killed at any point, most often inside a commit, and started again: every row is there once."""

from __future__ import annotations

import numpy as np
import pytest

from tests.attacks import Tries
from tests.faults.children import ENTERED
from tests.faults.harness import Child, Nursery, World, check

MOST_COMMITS = 3


@pytest.mark.attack("the lake", "a sync is killed, most often inside a commit")
@pytest.mark.slow
def test_killed_at_any_point_and_started_again(world: World, nursery: Nursery, tries: Tries) -> None:
    rounds = 20
    chance = np.random.default_rng(rounds)
    killed = in_commit = 0
    for number in range(rounds):
        tries.add()
        world.log(1, rows=10, late=True)
        child = nursery.start("sync", home=world.home, announce=True)
        at_random = number % 5 == 4
        if at_random:
            child.watch(seconds=chance.uniform(0, 1))
        else:
            _until_commit(child, 1 + int(chance.integers(MOST_COMMITS)))
            child.watch(seconds=chance.uniform(0, 0.03))  # ends early when the commit does
        child.kill()
        killed += not child.out.read_text()
        in_commit += child.in_commit
        nursery.start("sync", home=world.home).finish()
        check(world)
    assert killed >= 0.9 * rounds
    assert in_commit > 0.5 * rounds


def _until_commit(child: Child, nth: int) -> None:
    """Waits until the process has entered its nth commit, or has ended."""
    before = -1
    while child.told.count(ENTERED) < nth and len(child.told) > before:
        before = len(child.told)
        child.watch(seconds=60)
