"""A committee in a workspace of its own for each test, copied from one made once: sealing waits for the disk."""

from __future__ import annotations

import shutil

import pytest

from boussole.audits.workspace import Workspace
from tests.charter.committee.hall import Hall


@pytest.fixture(scope="session")
def founded(tmp_path_factory):
    """A committee of five, and one in an open session at which all are there."""
    folder = tmp_path_factory.mktemp("founded")
    hall = Hall.seat(folder / "seated")
    shutil.copytree(hall.workspace.home, folder / "open")
    other = Hall(Workspace(folder / "open"))
    other.of = other.session(1, 2, 3, 4, 5)
    return hall, other


def copied(hall, target):
    shutil.copytree(hall.workspace.home, target)
    made = Hall(Workspace(target))
    made.of = hall.of
    return made


@pytest.fixture
def seated(founded, tmp_path):
    """A committee of five, the first of whom is the chair."""
    return copied(founded[0], tmp_path / "50% odd?")


@pytest.fixture
def hall(founded, tmp_path):
    """The same in an open session (`of`) at which all five are there."""
    return copied(founded[1], tmp_path / "50% odd?")
