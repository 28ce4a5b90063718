"""A candidate version against the one in production: which comparisons, which verdicts, what is hidden."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from boussole.audits.decisions import ingest
from boussole.audits.ephemeral import LogFile, ephemeral
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import canonical_json
from boussole.audits.sides import Side, SideDays, side_in_lake, side_of_files
from boussole.audits.systems import System
from boussole.audits.uncertainty.change import ComparisonChange, Units
from boussole.audits.uncertainty.holm import holm
from boussole.audits.workspace import Workspace
from boussole.charter.comparing.candidate import judge, margins
from boussole.charter.document.differences.comparing import ComparisonDocument
from boussole.charter.schemas import comparison_schema
from boussole.charter.text.loading import load_charter
from boussole.dashboard.cli.compare import tell_changes
from tests.written import sample

CHARTER = load_charter()


def system(**changes) -> System:
    columns = {
        "id": "decision_id",
        "decided_at": "ts",
        "decision": {"column": "chosen", "selected": [1], "not_selected": [0]},
        "model_version": "version",
    } | changes.pop("columns", {})
    groups = changes.pop("groups", {"sex": {"reference": "M"}})
    references = {name: each.get("reference") for name, each in groups.items()}
    return sample(columns, references, **({"privacy": {"pseudonymise": ["decision_id"]}} | changes))


def cases(
    *, women: dict[tuple[int, int], int], men: dict[tuple[int, int], int], shift: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two versions on the same cases, from counts of (production, candidate); `shift` gives the candidate others."""
    rows = [(sex, *pair) for sex, counts in (("F", women), ("M", men)) for pair, n in counts.items() for _ in range(n)]
    frame = pd.DataFrame(rows, columns=["sex", "before", "after"])
    frame = frame.assign(decision_id=[f"c{i}" for i in range(len(frame))], ts="2026-07-01")
    made = []
    for name, version in (("before", "v1"), ("after", "v2")):
        one = frame[["decision_id", "ts", "sex"]].assign(chosen=frame[name], version=version)
        if shift and version == "v2":
            one["decision_id"] = [f"d{i}" for i in range(len(one))]
        made.append(one)
    return made[0], made[1]


def sides(subject: System, frames, folder: Path) -> tuple[Side, Side]:
    """The two versions as files, under the keys of one workspace."""
    made = []
    with ephemeral(subject) as parent:
        for name, frame in zip(("production", "candidate"), frames, strict=True):
            path = folder / f"{name}.csv"
            frame.to_csv(path, index=False)
            files = [LogFile(path=path)]
            made.append(
                side_of_files(
                    subject, lambda _, f=files: f, parent=parent, kind="file", name=path.name, days=SideDays()
                )
            )
    return made[0], made[1]


def judged(subject: System, frames, folder: Path, **options) -> ComparisonDocument:
    document = judge(CHARTER, subject, *sides(subject, frames, folder), **options)
    jsonschema.validate(document.written(), comparison_schema())
    assert ComparisonDocument.model_validate_json(canonical_json(document.written()), strict=True) == document
    return document


LOST = {"women": {(1, 1): 20, (1, 0): 9, (0, 0): 71}, "men": {(1, 1): 30, (0, 0): 70}}


@pytest.mark.costly
def test_paired_cases_are_found_by_their_pseudonyms_and_judged_by_mcnemar(tmp_path):
    document = judged(system(), cases(**LOST), tmp_path)
    (found,) = document.rows
    assert (found.paired, found.changed_, found.units, found.n) == (200, 9, 200, (200, 200))
    assert found.production == pytest.approx(0.29 / 0.30)
    assert found.candidate == pytest.approx(0.20 / 0.30)
    assert found.change == pytest.approx(20 / 29)
    exact = binomtest(0, 9, 0.5).pvalue / 2
    assert found.p_worse >= exact
    assert (found.verdict, document.verdict) == ("worse", "worse")
    (apart,) = judged(system(), cases(**LOST, shift=1), tmp_path).rows  # the same cases under other ids show less
    assert (apart.paired, apart.units, apart.verdict, apart.reason) == (0, 400, "unknown", "too_few_cases")
    assert apart.smallest < 0.6


@pytest.mark.costly
def test_the_least_that_draws_can_tell_is_written_as_that(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("boussole.audits.uncertainty.swaps.MOST", 1)
    subject = system(groups={"sex": {"column": "sex", "reference": "M"}, "city": {"column": "city", "reference": "A"}})
    frames = cases(women={(1, 1): 20, (1, 0): 30, (0, 0): 71}, men={(1, 1): 30, (0, 0): 70})
    city = ["A", "B"] * 111
    document = judged(subject, [frame.assign(city=city[: len(frame)]) for frame in frames], tmp_path)
    women = next(each for each in document.rows if each.group == {"sex": "F"})
    assert binomtest(0, 30, 0.5, alternative="less").pvalue < women.p_worse == 1 / 10_000
    assert (women.p_worse_adjusted, women.p_worse_at_most) == (2 / 10_000, True)
    assert all(each.p_worse_at_most is None for each in document.rows if each is not women)
    tell_changes(document)
    assert "selection_rate_ratio/sex=F: 1.377 -> 0.551 (x 0.40); p ≤ 0.0002 after Holm" in capsys.readouterr().out


@pytest.mark.costly
def test_a_candidate_that_decides_alike_is_not_worse_where_enough_cases_say_so(tmp_path):
    many = {"women": {(1, 1): 150, (0, 0): 150}, "men": {(1, 1): 150, (0, 0): 150}}
    few = {"women": {(1, 1): 10, (0, 0): 10}, "men": {(1, 1): 10, (0, 0): 10}}
    (sure,), (unsure,) = (judged(system(), cases(**given), tmp_path).rows for given in (many, few))
    assert (sure.verdict, sure.change, sure.p_worse) == ("not_worse", 1.0, 1.0)
    assert 0.9 < sure.bound < 1
    assert (unsure.verdict, unsure.bound < 0.9) == ("unknown", True)
    assert unsure.smallest < 0.6
    close = sides(system(), cases(women={(1, 1): 140, (1, 0): 4, (0, 0): 156}, men=many["men"]), tmp_path)
    for ratio, verdict in ((0.99, "unknown"), (0.9, "not_worse")):  # the margin decides
        assert judge(CHARTER, system(), *close, margins=margins(ratio=ratio)).verdict == verdict


@pytest.mark.costly
def test_where_selection_is_a_harm_more_of_it_is_worse(tmp_path):
    harm = system(columns={"favourable": False})
    flagged = {"women": {(1, 1): 20, (0, 1): 12, (0, 0): 68}, "men": {(1, 1): 30, (0, 0): 70}}
    (found,) = judged(harm, cases(**flagged), tmp_path).rows
    assert (found.bad_side, found.verdict) == ("above", "worse")
    assert found.change > 1
    assert found.margin == pytest.approx(1 / 0.9)
    assert judged(system(), cases(**flagged), tmp_path).verdict != "worse"


@pytest.mark.costly
def test_holm_spans_all_comparisons_of_all_questions(tmp_path):
    generator = np.random.default_rng(3)
    before, after = cases(women={(1, 1): 60, (1, 0): 9, (0, 0): 60}, men={(1, 1): 60, (0, 0): 60})
    good = generator.integers(0, 2, len(before))
    subject = system(
        columns={"outcome": {"column": "good", "positive": [1], "observed_for": "all", "absent": "missing"}},
        groups={"sex": {"column": "sex", "reference": "M"}, "city": {"column": "city"}},
    )
    city = generator.choice(["A", "B"], len(before))
    document = judged(subject, [frame.assign(good=good, city=city) for frame in (before, after)], tmp_path)
    raw = [comparison.p_worse for comparison in document.rows]
    assert document.family == len(raw) > 3
    assert [c.p_worse_adjusted for c in document.rows] == pytest.approx(holm(raw))
    assert {c.metric for c in document.rows} == {
        "selection_rate_ratio",
        "true_positive_rate_difference",
    }


@pytest.mark.costly
def test_a_group_hidden_in_one_version_is_compared_in_neither(tmp_path):
    before, after = cases(women={(1, 1): 30, (0, 0): 30}, men={(1, 1): 60, (0, 0): 60})
    fewer = after[(after["sex"] == "M") | (after.groupby("sex").cumcount() < 7)]
    document = judged(system(), (before, fewer), tmp_path)
    (found,) = document.rows
    assert (found.verdict, found.reason) == ("unknown", "small_group")
    figures = ("production", "candidate", "change", "bound", "n", "units", "changed_", "p_worse", "smallest")
    assert [getattr(found, name) for name in figures] == [None] * len(figures)


@pytest.mark.costly
def test_a_group_that_is_small_in_one_version_alone_stays_in_the_figures_of_the_other(tmp_path):
    """It is set apart where its decisions are few; a third of a version's are not."""
    rows = [("M", i % 2, i % 4 // 2) for i in range(300)] + [("F", i % 2, i % 2) for i in range(150)]
    frame = pd.DataFrame(rows, columns=["sex", "age", "chosen"])
    frame = frame.assign(decision_id=[f"c{i}" for i in range(len(frame))], ts="2026-07-01", version="v1")
    subject = system(groups={"sex": {"column": "sex"}, "age": {"column": "age", "reference": "0"}})
    document = judged(subject, (frame[:307], frame), tmp_path)
    (old,) = [each for each in document.rows if each.group.get("age") == "1"]
    assert (old.n, old.candidate) == ((307, 450), pytest.approx(2.0))  # 150 of 225 against 75 of 225
    assert {each.reason for each in document.rows if "F" in each.group.values()} == {"small_group"}


@pytest.mark.costly
def test_people_are_the_cases_where_they_repeat(tmp_path):
    before, after = cases(women={(1, 1): 20, (1, 0): 10, (0, 0): 70}, men={(1, 1): 30, (0, 0): 70})
    person = [f"p{i // 5}" for i in range(len(before))]  # the ten lost decisions are those of two women
    subject = system(columns={"person": "who"})
    (found,) = judged(subject, [frame.assign(who=person) for frame in (before, after)], tmp_path).rows
    assert (found.units, found.changed_) == (40, 2)
    assert found.p_worse == pytest.approx(0.25)
    (rows,) = judged(system(), (before, after), tmp_path).rows
    assert rows.p_worse < 0.01


@pytest.mark.costly
def test_rows_that_stand_for_many_decisions_are_unpaired_cases(tmp_path):
    subject = system(columns={"weight": "n"})
    rows = [("F", 1, 30), ("F", 0, 70), ("M", 1, 45), ("M", 0, 55)]
    frame = pd.DataFrame(rows, columns=["sex", "chosen", "n"]).assign(ts="2026-07-01", version="v1")
    frame["decision_id"] = [f"r{i}" for i in range(len(frame))]
    (found,) = judged(subject, (frame, frame), tmp_path).rows
    assert (found.units, found.paired, found.n) == (400, 0, (200, 200))
    assert found.change == pytest.approx(1.0)
    assert found.verdict == "unknown"


@pytest.fixture
def lake(tmp_path) -> Workspace:
    """Both versions on the same cases, in the lake."""
    workspace = Workspace.create(tmp_path / "workspace")
    for frame in cases(**LOST):
        renamed = frame.assign(decision_id=frame["version"] + frame["decision_id"], case=frame["decision_id"])
        path = tmp_path / f"{frame['version'][0]}.csv"
        renamed.to_csv(path, index=False)
        ingest(workspace, system(columns={"request": "case"}), path)
    return workspace


@pytest.mark.costly
def test_a_version_of_the_lake_is_paired_with_a_file_by_the_workspaces_keys(lake, tmp_path):
    subject = system(columns={"request": "case"}, privacy={"pseudonymise": ["decision_id", "case"]})
    path = tmp_path / "again.csv"
    pd.read_csv(tmp_path / "v2.csv").to_csv(path, index=False)
    other = Workspace.create(tmp_path / "other")
    ingest(other, subject, tmp_path / "v1.csv")
    stored = side_in_lake(other, subject, "v1", days=SideDays())
    files = [LogFile(path=path)]
    fresh = side_of_files(subject, lambda _: files, parent=other, kind="file", name="again.csv", days=SideDays())
    (found,) = judge(CHARTER, subject, stored, fresh).rows
    assert (found.paired, found.verdict) == (200, "worse")


@pytest.mark.parametrize("given", [{"ratio": 1.0}, {"ratio": 0.0}, {"gap": 0.0}, {"gap": 1.5}])
def test_margins_that_make_no_sense_are_refused(given):
    with pytest.raises(BoussoleError, match="makes no sense"):
        margins(**given)


def test_the_table_of_what_test_sets_show_is_right():
    """Two groups of equal size, half of each selected; no decision changed, or one in ten, as many each way."""
    page = (Path(__file__).parents[3] / "docs" / "ci.md").read_text(encoding="utf-8")
    for total in (100, 200, 500, 1000, 2000):
        half = total // 2
        shown = []
        for moved in (0, half // 20):
            kept = half // 2 - moved
            pairs = {(1, 1): kept, (1, 0): moved, (0, 1): moved, (0, 0): kept}
            change = ComparisonChange(units=paired(pairs, pairs), scale="ratio", bad_side="below")
            shown += [change.smallest(alpha=0.05 / family) for family in (1, 6)]
        assert f"| {total} | {' | '.join(f'{size:.2f}' for size in shown)} |" in page


def paired(*parts: dict[tuple[int, int], int]) -> Units:
    """Paired units of the group and of its reference, from counts of (production, candidate)."""
    cells, times = [], []
    for part, counts in enumerate(parts):
        for decisions, n in counts.items():
            cell = np.zeros((2, 2, 2), dtype=np.int64)
            for version, decision in enumerate(decisions):
                cell[version, part] = decision, 1
            cells.append(cell)
            times.append(n)
    return Units.alike(np.array(cells), np.array(times), np.ones(len(cells), dtype=np.bool_))
