"""Files that come in together are counted at once, and leave what they leave one by one."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from boussole.audits.cubes import update
from boussole.audits.cubes.reviews import each_once
from boussole.audits.decisions import ingest
from boussole.audits.decisions.ingesting import Incoming, RefusedSourceError, ingest_many
from boussole.audits.lake.tables import cube_of
from boussole.audits.workspace import Workspace
from tests.audits.cubed import contents
from tests.audits.test_ranks import log
from tests.written import system_text, written_workspace

SYSTEM = system_text(
    "offers",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: contacted, selected: [true], not_selected: [false]}
  outcome: {column: hired, positive: [true], observed_for: all, absent: missing}
  score: {column: score, range: [-5, 5]}
  request: offer
  rank: rank
  person: who
groups:
  gender: {column: gender, reference: M}
  age: {column: age}
features: [{column: km, kind: number}, {column: trade, kind: category}]
windows: {audit: all}
privacy: {pseudonymise: [ref, who, offer]}
""",
    kind="ranking",
)
MORE = ("edges", "values", "decisions")


@pytest.fixture
def frame() -> pd.DataFrame:
    """Lists in no order of time, with an outcome that few rows tell yet."""
    found = log(40).sample(frac=1, random_state=5).reset_index(drop=True)
    place = pd.Series(range(len(found)))
    return found.assign(
        km=place * 37 % 101 / 7.0,
        trade=[f"t{each % 9}" for each in place],
        hired=pd.Series([each % 3 == 0 if each % 4 == 0 else None for each in place], dtype="boolean"),
    )


def made(home: Path) -> Workspace:
    return written_workspace(home, SYSTEM, fixed_keys=True)


def files(folder: Path, frames: Sequence[pd.DataFrame]) -> list[Incoming]:
    folder.mkdir()
    paths = [folder / f"part{i}.parquet" for i in range(len(frames))]
    for path, rows in zip(paths, frames, strict=True):
        rows.to_parquet(path)
    return [Incoming(source=path, origin=path.name) for path in paths]


def parts(frame: pd.DataFrame, how: str) -> list[pd.DataFrame]:
    match how:
        case "lists in pieces":
            return [frame[:1], frame[1:200], frame[200:250], frame[250:]]
        case "told again":  # the second file fills in outcomes of the first, between rows of its own
            return [frame[:200], frame[150:300].assign(hired=True), frame[300:], frame[:50].assign(hired=False)]
        case "told three times":  # what was written anew in this transaction is told once more
            half = len(frame) // 2
            more = [frame[:half], frame[:90].assign(hired=True), frame[half : half + 50]]
            return [*more, frame[: half + 20].assign(hired=False), frame[half + 50 :]]
        case "told with new rows":
            half = len(frame) // 2
            return [frame[:half], frame[: half + 50].assign(hired=True), frame[: half + 20].assign(hired=False)]
        case _:  # some rows are set aside, and corrected by a file that comes with them
            wrong = frame[:200].assign(day=frame["day"].mask(frame.index % 5 == 0))
            return [wrong, frame[200:], frame[:200]]


@pytest.mark.costly
@pytest.mark.parametrize(
    "how", ["lists in pieces", "told again", "told three times", "told with new rows", "corrected"]
)
def test_what_came_in_together_is_what_came_in_one_by_one(frame: pd.DataFrame, tmp_path: Path, how: str) -> None:
    incoming = files(tmp_path / "files", parts(frame, how))
    one, many = made(tmp_path / "one"), made(tmp_path / "many")
    told = [ingest(one, one.system("offers"), each.source, origin=each.origin) for each in incoming]
    together = ingest_many(many, many.system("offers"), incoming)
    assert [each.updated for each in together] == [each.updated for each in told]
    assert [each.accepted for each in together] == [each.accepted for each in told]
    if how == "told again":
        assert [each.updated > 0 for each in told] == [False, True, False, True]
    found, expected = contents(many, *MORE), contents(one, *MORE)
    for name in found:
        assert found[name] == expected[name], name
    assert sum(row[-1] is not None for row in found["ranks"]) > 100


REVIEWED = system_text(
    "offers",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: contacted, selected: [true], not_selected: [false]}
  human: {decision: adviser, agent: agent, team: agency, recorded_at: noted, seconds: read}
  outcome: {column: hired, positive: [true], observed_for: all, absent: missing}
groups:
  gender: {column: gender, reference: M}
windows: {audit: all}
privacy: {pseudonymise: [ref]}
""",
    kind="ranking",
)


@pytest.mark.costly
def test_reviews_that_came_in_together_are_those_that_came_in_one_by_one(frame: pd.DataFrame, tmp_path: Path) -> None:
    """Some proposals are reviewed in several files, the last one counts; every team has eleven agents."""
    place = pd.Series(range(len(frame)))
    reviews = pd.DataFrame(
        {
            "ref": frame["ref"],
            "adviser": place % 3 > 0,
            "agent": [f"a{each % 22}" for each in place],
            "agency": [f"t{each % 2}" for each in place],
            "noted": frame["day"] + pd.Timedelta(days=1),
            "read": place % 60 + 1.0,
        }
    )
    again = reviews.assign(adviser=~reviews["adviser"], noted=reviews["noted"] + pd.Timedelta(hours=3))
    pieces = [reviews[:200], again[100:300], reviews[200:], again[:50]]
    decisions = frame.drop(columns="hired").to_parquet
    workspaces = []
    for name in ("one", "many"):
        workspace = made(tmp_path / name)
        (workspace.home / "systems" / "offers.yaml").write_text(REVIEWED, encoding="utf-8")
        decisions(tmp_path / "decisions.parquet")
        ingest(workspace, workspace.system("offers"), tmp_path / "decisions.parquet")
        workspaces.append(workspace)
    incoming = files(tmp_path / "files", pieces)
    one, many = workspaces
    for each in incoming:
        ingest(one, one.system("offers"), each.source, origin=each.origin, log="human_actions")
    ingest_many(many, many.system("offers"), incoming, log="human_actions")
    more = (*MORE, "human_actions", cube_of("human_actions"))
    found, expected = contents(many, *more), contents(one, *more)
    for name in found:
        assert found[name] == expected[name], name
    assert found[cube_of("human_actions")]


def test_many_files_are_counted_once(frame: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace, merged = made(tmp_path / "w"), list[object]()
    was = update._merge
    monkeypatch.setattr(update, "_merge", lambda *args, **told: merged.append(told) or was(*args, **told))
    ingest_many(workspace, workspace.system("offers"), files(tmp_path / "files", parts(frame, "lists in pieces")))
    assert [each["batches"] for each in merged] == [[1, 2, 3, 4]]


def test_a_file_that_is_refused_or_a_crash_leaves_nothing_of_the_others(
    frame: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = made(tmp_path / "w")
    system, good = workspace.system("offers"), frame[50:100]
    ingest_many(workspace, system, files(tmp_path / "first", [frame[:50]]))
    before = contents(workspace, *MORE)
    with pytest.raises(RefusedSourceError):
        ingest_many(workspace, system, files(tmp_path / "bad", [good, frame[100:].assign(day=None)]))
    with monkeypatch.context() as patch:
        patch.setattr(importlib.import_module("boussole.audits.decisions.ingesting"), "add_batches", _crash)
        with pytest.raises(RuntimeError, match="power cut"):
            ingest_many(workspace, system, files(tmp_path / "good", [good]))
    assert contents(workspace, *MORE) == before
    (again,) = ingest_many(workspace, system, files(tmp_path / "again", [good]))
    assert (again.already, again.accepted) == (False, 50)


def test_a_row_is_set_aside_after_files_that_were_refused_in_the_same_process(
    frame: pd.DataFrame, tmp_path: Path
) -> None:
    workspace = made(tmp_path / "w")
    system, wrong = workspace.system("offers"), frame[50:].assign(day=None)
    with pytest.raises(RefusedSourceError):
        ingest_many(workspace, system, files(tmp_path / "bad", [frame[:50], wrong]))
    mixed = files(tmp_path / "mixed", [pd.concat([frame[:50], wrong[:1]])])
    assert [(each.accepted, each.quarantined) for each in ingest_many(workspace, system, mixed)] == [(50, 1)]


def _crash(*_: object) -> None:
    raise RuntimeError("power cut")


@pytest.mark.parametrize(
    ("places", "once"),
    [
        ("SELECT 7 + range FROM range(1000)", True),
        ("SELECT 7 + range // 2 FROM range(1000)", False),
        ("SELECT (9 + range // 400) * 4294967296 + range % 400 FROM range(1000)", True),
        ("SELECT (9 + range // 400) * 4294967296 + range % 399 FROM range(1000)", False),
        ("SELECT 3 UNION ALL SELECT NULL UNION ALL SELECT NULL", True),
        ("SELECT NULL::BIGINT WHERE false", True),
        ("SELECT range * 4294967296 + range * 4000000 FROM range(300)", False),  # of too many bits: not surely
    ],
)
def test_places_are_known_to_be_different_within_each_batch(places: str, once: bool) -> None:
    connection = duckdb.connect()
    connection.execute(f"CREATE TEMP TABLE said AS SELECT * FROM ({places}) AS t(place)")
    assert each_once(connection, "said") is once
