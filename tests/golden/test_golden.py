"""The product says today what its golden values say: compared to 1e-12, made anew through its outside."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from tests.golden.compare import MOST, VALUES, decode, differences, encode, summary
from tests.golden.digest import DOCUMENTS, digests
from tests.golden.subjects import NEED_REAL_DATA, SUBJECTS
from tests.golden.volatile import normalise

ROOT = Path(__file__).parent.parent.parent
MEGABYTES = 5
TOGETHER = (("demo",), ("unplanted", "admissions", "dirty", "permissions"))
"""Subjects that one process makes: each process loads the libraries anew."""


@pytest.mark.costly
@pytest.mark.parametrize("subjects", TOGETHER, ids=" ".join)
def test_subjects_are_as_their_golden_values_say(subjects: tuple[str, ...]) -> None:
    assert_as_golden(*subjects)


@pytest.mark.costly
@pytest.mark.usefixtures("real_data")
def test_audits_of_real_data_are_as_their_golden_values_say() -> None:
    assert_as_golden(*NEED_REAL_DATA)


def assert_as_golden(*subjects: str) -> None:
    """Compares in another process, with a clock and keys of its own."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.golden", *subjects]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=1200)
    assert done.returncode == 0, f"{done.stdout}{done.stderr[-2000:]}\nSee tests/golden/README.md."


def test_every_subject_is_compared() -> None:
    assert {*itertools.chain(*TOGETHER), *NEED_REAL_DATA} == SUBJECTS.keys()


@pytest.mark.parametrize("path", sorted(VALUES.glob(f"*{DOCUMENTS}")), ids=lambda path: path.name)
def test_what_people_read_of_the_documents_is_what_they_say(path: Path) -> None:
    found = digests(path.name, decode(path.name, path.read_bytes()))
    assert len(found) == 2
    for name, value in found.items():
        assert encode(name, value) == (VALUES / name).read_bytes(), name


def test_every_subject_is_kept_and_all_of_them_are_small() -> None:
    kept = {path.name.partition(".")[0]: path for path in VALUES.iterdir()}
    assert kept.keys() == {*SUBJECTS, "dirty-files"} - {"dirty"}
    assert sum(path.stat().st_size for path in VALUES.iterdir()) < MEGABYTES * 1e6


def test_numbers_are_compared_to_twelve_digits_and_all_else_exactly() -> None:
    old = {"measures": [{"id": "a", "value": 0.5, "n": 3}, {"id": "b", "value": 2e9, "n": None}]}
    close = {"measures": [{"id": "a", "value": 0.5 + 4e-13, "n": 3}, {"id": "b", "value": 2e9 + 1e-4, "n": None}]}
    assert list(differences(old, close)) == []
    other = {"measures": [{"id": "b", "value": 2e9, "n": 0}, {"id": "a", "value": 0.5 + 4e-12, "n": 4}]}
    assert list(differences(old, other)) == [
        ".measures.[a].n: 3 → 4",
        ".measures.[a].value: 0.5 → 0.500000000004",
        ".measures.[b].n: null → 0",
        ".measures: the same in another order",
    ]
    assert list(differences({"n": 1}, {"n": True})) == [".n: 1 → true"]


def test_long_texts_are_shown_where_they_differ() -> None:
    (line,) = differences({"en": f"{'a' * 300}b"}, {"en": f"{'a' * 300}c"})
    assert line == f".en: …{'a' * 40}b → …{'a' * 40}c"


def test_lines_that_came_and_went_are_said() -> None:
    old, new = {"/a": ["one", "two", "three"], "/b": ["x"]}, {"/a": ["one", "three", "four"]}
    assert list(differences(old, new)) == ["./a: - two", "./a: + four", './b: ["x"] → (absent)']


def test_a_long_list_of_differences_is_cut() -> None:
    told = summary({"f": [f".{n}: 0 → 1" for n in range(100)], "g": []}).splitlines()
    assert (len(told), told[0], told[-1]) == (MOST, "f.0: 0 → 1", "… and 71 more")
    assert summary({"f": []}) == ""


@pytest.mark.parametrize("name", ["x.json.gz", "x.json"])
def test_what_is_kept_is_read_as_it_was(name: str) -> None:
    value = {"é": [1, 0.1, None, {"b": True}]}
    assert decode(name, encode(name, value)) == value
    assert encode(name, value) == encode(name, dict(reversed(value.items())))


def test_lines_are_kept_under_their_headings() -> None:
    value = {"/answer?a=1": ["one", "two"], "/b": [], "/c": ["three"]}
    assert encode("x.txt", value) == b"=== /answer?a=1\none\ntwo\n=== /b\n=== /c\nthree\n"
    assert decode("x.txt.gz", encode("x.txt.gz", value)) == value


def test_what_is_volatile_is_taken_out_and_nothing_else() -> None:
    document = {
        "schema": "boussole.audit/1",
        "rule": 10,
        "snapshot": 14,
        "params": {"method": 4, "value": 0.25},
        "interval": {"method": "wilson"},
        "evidence": {"rows": f"sha256:{'0f' * 32}"},
        "made": "2026-11-30T09:00:01Z",
        "starts": "2026-12-13T14:00:00",
        "member": "m_2aaa1c0c",
        "shown": "Instantané 14, le 30 novembre 2026 à 10 h 02; a session at 14:00",
        "file": "/tmp/x/golden-ab12_z9y/made/a.csv: 2 accepted",  # noqa: S108 (a text)
    }
    assert normalise(document) == {
        "schema": "boussole.audit",
        "params": {"value": 0.25},
        "interval": {"method": "wilson"},
        "evidence": {"rows": "<hash>"},
        "made": "2026-11-30T<hour>",
        "starts": "2026-12-13T14:00:00",
        "member": "<m>",
        "shown": "Instantané <number>, le 30 novembre 2026 à <hour>; a session at 14:00",
        "file": "<folder>/made/a.csv: 2 accepted",
    }
