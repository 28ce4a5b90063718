"""Lists are counted the same however their rows came in, one file after the other or several at once."""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Sequence
from pathlib import Path

import duckdb
import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from boussole.audits import evidence
from boussole.audits.counts.scores import PURGED, read_ranks
from boussole.audits.cubes import ranks, update
from boussole.audits.cubes.reviews import each_once
from boussole.audits.decisions import ingest
from boussole.audits.decisions.ingesting import Incoming, RefusedSourceError, ingest_many
from boussole.audits.errors import BoussoleError
from boussole.audits.lake import reading
from boussole.audits.lake.tables import cube_of, table
from boussole.audits.measures import Measure
from boussole.audits.metrics.ranking import METRICS
from boussole.audits.retention.purge import purge
from boussole.audits.runs import measure_evidence, measure_window
from boussole.audits.standing import standing
from boussole.audits.systems import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from tests.audits.cubed import contents, load, rebuilt
from tests.written import sample, system_text, written_workspace

SYSTEM = system_text(
    "offers",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: contacted, selected: [true], not_selected: [false]}
  request: offer
  rank: rank
  person: who
groups:
  gender: {column: gender, reference: M}
  age: {column: age}
intersections: [[gender, age]]
windows: {audit: all}
privacy: {pseudonymise: [ref, who, offer]}
""",
    kind="ranking",
)
NAMES = {metric.name for metric in METRICS}
WHOLE = Window(dt.date(2026, 1, 1), dt.date(2026, 2, 28))


def log(lists: int = 150, *, seed: int = 1) -> pd.DataFrame:
    """Two months; women stand lower; some gender is unknown, some people have no rank, some no request."""
    random = np.random.default_rng(seed)
    sizes = random.integers(1, 25, lists)
    rows, offer = int(sizes.sum()), np.repeat(np.arange(lists), sizes)
    gender = random.choice(np.array(["F", "M", None], dtype=object), rows, p=[0.4, 0.5, 0.1])
    frame = pd.DataFrame(
        {
            "ref": [f"r{i}" for i in range(rows)],
            "day": pd.Timestamp("2026-01-10") + pd.to_timedelta((offer * 7) % 40, unit="D"),
            "offer": [None if i % 97 == 0 else f"o{name}" for i, name in enumerate(offer)],
            "who": [f"p{i}" for i in random.integers(0, rows // 3, rows)],
            "gender": gender,
            "age": random.choice(["young", "old"], rows),
            "score": random.normal(size=rows) - 0.5 * (gender == "F"),
        }
    )
    place = frame.groupby(offer)["score"].rank(ascending=False, method="min").astype("Int64")
    return frame.assign(rank=place.mask(random.random(rows) < 0.1), contacted=(place <= 3).astype(bool))


def cube(workspace: Workspace, _: object = None) -> list[tuple[object, ...]]:
    return contents(workspace)["ranks"]


def ranking(measures: list[Measure]) -> list[Measure]:
    return [measure for measure in measures if measure.metric in NAMES]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, System]:
    return load(tmp_path_factory.mktemp("ranks") / "w", SYSTEM, log())


@pytest.mark.slow
def test_lists_that_come_in_pieces_and_in_any_order_are_counted_once(
    loaded: tuple[Workspace, System], tmp_path: Path
) -> None:
    frame = log().sample(frac=1, random_state=3)
    workspace, _ = load(tmp_path / "w", SYSTEM, frame[:1], frame[1:700], frame[700:])
    assert cube(workspace) == cube(*loaded)
    assert rebuilt(workspace)["ranks"] == cube(*loaded)


@pytest.mark.slow
def test_a_group_that_leaves_a_list_leaves_no_trace(tmp_path: Path) -> None:
    """The first batch holds lists of one group; the second gives them another one, and nothing else."""
    frame = log(20)
    women, rest = frame[frame["gender"] == "F"], frame[frame["gender"] != "F"]
    workspace, _ = load(tmp_path / "w", SYSTEM, women, rest)
    assert cube(workspace) == cube(*load(tmp_path / "other", SYSTEM, rest, women))


@pytest.mark.costly
def test_rows_and_evidence_give_what_the_cube_gives(loaded: tuple[Workspace, System]) -> None:
    workspace, system = loaded
    first, second = (
        measure_window(workspace, system, start=WHOLE.start, end=WHOLE.end, exact=exact) for exact in (False, True)
    )
    assert first.evidence == second.evidence
    assert ranking(first.measures) == ranking(second.measures)
    assert {measure.metric for measure in ranking(first.measures)} == NAMES
    stands = standing(system, WHOLE, as_of=first.as_of)
    again, _ = measure_evidence(evidence.load(workspace.unsealed, first.evidence), system, stands=stands)
    assert again == first.measures


@pytest.mark.slow
def test_a_part_of_a_month_and_other_references_are_counted_from_rows(loaded: tuple[Workspace, System]) -> None:
    workspace, system = loaded
    days = Window(dt.date(2026, 1, 12), dt.date(2026, 2, 3))
    other = system.model_copy(
        update={"groups": {**system.groups, "gender": system.groups["gender"].model_copy(update={"reference": "F"})}}
    )
    with reading(workspace) as connection:
        part = read_ranks(connection, system, days)
        turned = read_ranks(connection, other, WHOLE)
        for asked, window, found in ((system, days, part), (other, WHOLE, turned)):
            assert found.equals(read_ranks(connection, asked, window, exact=True))
        assert not turned.equals(read_ranks(connection, system, WHOLE))
    inside = log()
    inside = inside[inside["day"].dt.date.between(days.start, days.end) & inside["rank"].notna()]
    everybody = part.filter(pa.compute.equal(part["by"], ""))
    assert pa.compute.sum(everybody["lists"]).as_py() == inside["offer"].nunique()


@pytest.mark.slow
def test_lists_of_purged_months_stay_counted(tmp_path: Path) -> None:
    workspace, system = load(tmp_path / "w", SYSTEM, log())
    before = cube(workspace)
    purge(workspace, before=dt.date(2026, 2, 1))
    assert cube(workspace) == before
    assert rebuilt(workspace)["ranks"] == before
    with reading(workspace) as connection:
        assert read_ranks(connection, system, Window(dt.date(2026, 1, 12), dt.date(2026, 1, 20))).equals(PURGED)
    run = measure_window(workspace, system, start=dt.date(2026, 1, 12), end=dt.date(2026, 1, 20))
    assert {measure.reason for measure in ranking(run.measures)} <= {
        "rows_purged",
        "small_group",
        "reference_suppressed",
    }
    with pytest.raises(BoussoleError, match="purged"):
        measure_window(workspace, system, start=WHOLE.start, end=WHOLE.end, exact=True)


@pytest.mark.slow
def test_an_ended_basis_takes_its_group_out_of_the_cube(tmp_path: Path) -> None:
    text = SYSTEM.replace("{column: age}", "{column: age, basis: law, expires: 2199-12-31}")
    workspace, _ = load(tmp_path / "w", text, log(20))
    file = workspace.home / "systems" / "offers.yaml"
    file.write_text(text.replace("2199", "2020"), encoding="utf-8")
    workspace = Workspace(workspace.home)
    purge(workspace)
    merged = cube(workspace)
    assert {row[1] for row in merged} == {"", "gender"}
    assert rebuilt(workspace)["ranks"] == merged


def test_a_list_is_in_one_bucket_and_lists_fill_many(loaded: tuple[Workspace, System]) -> None:
    workspace, system = loaded
    with reading(workspace) as connection:
        found = connection.execute(
            f"""SELECT count(DISTINCT bucket), sum(lists) FROM {table(system, "ranks")} WHERE "by" = ''"""
        ).fetchone()
    ranked = log().dropna(subset=["rank", "offer"])
    assert found is not None
    assert (found[0] > 30, found[1]) == (True, ranked["offer"].nunique())


@pytest.mark.slow
def test_the_cube_does_not_grow_with_the_log(tmp_path: Path, loaded: tuple[Workspace, System]) -> None:
    """Months × (everybody, attributes as a whole, their groups by lists and by people) × 40 buckets at most."""
    rows = cube(*load(tmp_path / "w", SYSTEM, log(1500)))
    assert len(cube(*loaded)) < len(rows) <= 2 * (1 + 3 + 2 * (2 + 2 + 4)) * 40


@pytest.mark.costly
def test_a_rank_that_is_no_place_is_set_aside(tmp_path: Path) -> None:
    workspace, system = load(tmp_path / "w", SYSTEM)
    path = tmp_path / "log.csv"
    good, bad = ("1", "", "nan"), ("0", "1.5", "-3", "first", "1e12", "inf")
    rows = [f"{i},2026-01-01,o,{rank},p{i},true,F,old" for i, rank in enumerate((*good, *bad))]
    path.write_text("\n".join(["ref,day,offer,rank,who,contacted,gender,age", *rows, ""]), encoding="utf-8")
    report = ingest(workspace, system, path)
    assert report.accepted == len(good)
    assert [(each.reason, each.rows) for each in report.rejections] == [("the rank is a whole number from 1", len(bad))]


@pytest.mark.costly
def test_systems_without_lists_have_none(tmp_path: Path) -> None:
    workspace, system = load(tmp_path / "w", SYSTEM.replace("  rank: rank\n", ""), log(20))
    assert cube(workspace) == []
    assert not ranking(measure_window(workspace, system).measures)


def test_an_attribute_has_the_sql_that_ibis_writes_for_its_names() -> None:
    """SQL is made once for all attributes of so many groups; the names of one are put in, whatever they hold."""
    groups = {"gender": 'l\'⟨whom⟩ "⟨0⟩"', "age": None}
    system = sample(
        {"id": "ref", "decided_at": "day", "decision": {"column": "taken", "selected": [1]}}
        | {"request": "offer", "rank": "rank"},
        groups,
    )
    columns = {"day": "date", "request": "string", "rank": "int32", "bucket": "uint8"}
    table = ibis.table(columns | {"g_gender": "string", "g_age": "string"}, name="competing")
    made = ranks.statements(table, system)
    for i, by in enumerate(system.attributes):
        counted = ibis.table(ranks.counted(ranks.listed(table, system), by).schema(), name="counted")
        shares = ibis.to_sql(ranks.shares(counted, by, system.reference_of(by)), dialect="duckdb")
        assert made[f"shares{i}"].split() == str(shares).split()
        assert (groups[by[0]] is None) == ("⟨" not in made[f"shares{i}"])
    assert "'gender=l''⟨whom⟩ \"⟨0⟩\"'" in made["ranks0"]


EVERY_COLUMN = SYSTEM.replace(
    "  request: offer\n",
    """  outcome: {column: hired, positive: [true], observed_for: all, absent: missing}
  score: {column: score, range: [-5, 5]}
  request: offer
""",
).replace("intersections: [[gender, age]]", "features: [{column: km, kind: number}, {column: trade, kind: category}]")
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
    return written_workspace(home, EVERY_COLUMN, fixed_keys=True)


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
