"""Three lines in a notebook give the figures of the command line, one line compares the groups of a frame: held to
published figures, to the oracle, and to Fairlearn's MetricFrame."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy.stats import chi2, chi2_contingency

from boussole import audits
from boussole.audits.errors import BoussoleError, SourceError, SystemFileError
from boussole.audits.metrics import errors
from boussole.charter.document.measures import measures_of
from tests import oracle
from tests.written import system_text, written_workspace

SYSTEM = system_text(
    "calls",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: called, selected: [true], not_selected: [false]}
groups: {sex: {column: sex, reference: M}}
controls: {job: {column: job}}
windows: {audit: all}
""",
)
HERE = Path(__file__).parent.parent / "systems"
Audited = Callable[[str, str], Any]


@pytest.fixture
def calls() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "ref": [f"r{i}" for i in range(400)],
            "day": dt.date(2026, 3, 1),
            "called": [i % 3 == 0 for i in range(400)],
            "sex": ["F" if i % 2 else "M" for i in range(400)],
            "job": ["cook" if i % 5 else "clerk" for i in range(400)],
        }
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "calls.yaml"
    path.write_text(SYSTEM, encoding="utf-8")
    return path


@pytest.mark.costly
def test_a_frame_measures_as_the_command_line_does(published: Path, audited: Audited) -> None:
    document = audited("admissions", "ucb_admissions/datasets_UCBAdmissions.csv")
    found = audits.audit(
        HERE / "admissions.yaml", pd.read_csv(published / "ucb_admissions" / "datasets_UCBAdmissions.csv")
    )
    assert [measure.written() for measure in measures_of(found.run.measures)] == document["measures"]
    assert found.run.decisions == document["decisions"] == 4526


@pytest.mark.slow
def test_every_kind_of_data_gives_the_same(calls: pd.DataFrame, file: Path, tmp_path: Path) -> None:
    parquet = tmp_path / "calls.parquet"
    calls.to_parquet(parquet)
    workspace = written_workspace(tmp_path / "w", SYSTEM)
    from boussole.audits.decisions import ingest

    ingest(workspace, workspace.system("calls"), parquet)
    calls.to_json(lines := tmp_path / "calls.jsonl", orient="records", lines=True, date_format="iso")
    kinds = [calls, pl.from_pandas(calls), pa.Table.from_pandas(calls), duckdb.sql("FROM calls"), str(parquet), lines]
    first, *others = [audits.audit(file, data) for data in kinds]
    others += [audits.audit("calls", data) for data in (workspace, workspace.home, str(workspace.home))]
    assert all(found.run.measures == first.run.measures for found in others)
    assert {"selection_rate_ratio/sex=F", "adjusted_selection_rate_ratio/sex=F"} <= set(first.frame().index)


@pytest.mark.costly
def test_the_frame_of_measures_says_what_has_no_value(calls: pd.DataFrame, file: Path) -> None:
    calls.loc[calls["sex"] == "F", "job"] = "driver"
    found = audits.audit(file, calls)
    row = found.frame().loc["adjusted_selection_rate_ratio/sex=F"]
    assert (row["status"], row["reason"]) == ("undefined", "no_common_stratum")
    assert pd.isna(row["value"])
    assert found.measure("selection_rate/sex=F").n == 200
    with pytest.raises(BoussoleError, match=r"Did you mean .selection_rate/sex="):
        found.measure("selection_rate/sexe=F")


@pytest.mark.costly
def test_bad_rows_are_reported_and_bad_data_refused(calls: pd.DataFrame, file: Path) -> None:
    calls["called"] = calls["called"].astype(object)
    calls.loc[0, "called"] = "perhaps"
    calls["called"] = calls["called"].astype(str).str.lower()
    found = audits.audit(file, calls)
    assert found.reports[0].quarantined == 1
    assert "1 rows were set aside" in found._repr_html_()
    with pytest.raises(SourceError, match="is not a table"):
        audits.audit(file, object())


DAYS = [
    dt.date(2026, 3, 1),
    "2026-03-01",
    dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC),
    pd.Timestamp("2026-03-01"),
    np.datetime64("2026-03-01"),
]


@pytest.mark.costly
def test_days_are_given_as_dates_as_moments_or_as_text(calls: pd.DataFrame, file: Path) -> None:
    calls.loc[:99, "day"] = dt.date(2026, 2, 28)
    found = [audits.audit(file, calls, start=day, as_of=day) for day in DAYS]
    assert [each.run.decisions for each in found] == [300] * len(DAYS)
    assert {each.run.window.start for each in found} == {dt.date(2026, 3, 1)}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"start": "01/03/2026"}, r"`start` is '01/03/2026', which is no day\. Write it as 2026-09-30, or give a date\."),
    ({"end": "2026-02-30"}, r"`end` is '2026-02-30', which is no day"),
    ({"as_of": 20260301}, r"`as_of` is 20260301, which is no day"),
    ({"exact": "perhaps"}, r"`exact` cannot be 'perhaps': it should be a valid boolean"),
    ({"strat": "2026-03-01"}, r"there is no argument `strat`\. Did you mean 'start'\?"),
]


@pytest.mark.parametrize(("given", "told"), WRONG, ids=lambda each: str(each)[:30])
def test_an_argument_that_cannot_be_is_refused_in_one_paragraph(given: dict[str, Any], told: str) -> None:
    with pytest.raises(BoussoleError, match=told):
        audits.audit("calls.yaml", None, **given)


def test_a_system_that_is_not_there_is_named(calls: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(BoussoleError, match="`system` cannot be None: it should be an instance of System; "):
        audits.audit(None, calls)  # type: ignore[arg-type]
    with pytest.raises(SystemFileError, match=r"nowhere\.yaml: there is no such system file\. Check the path\."):
        audits.audit("nowhere.yaml", calls)
    workspace = written_workspace(tmp_path / "w", SYSTEM)
    with pytest.raises(BoussoleError, match=r"there is no system 'cals' in this workspace\. Did you mean 'calls'"):
        audits.audit("cals", workspace)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    random = np.random.default_rng(17)
    rows = 3000
    return pd.DataFrame(
        {
            "Décision": random.integers(0, 2, rows).astype(bool),
            "hired": [None if i % 7 == 0 else float(y) for i, y in enumerate(random.integers(0, 2, rows))],
            "Sexe": random.choice(["F", "M"], rows),
            "age": random.integers(18, 66, rows),
            "who": random.integers(0, 500, rows),
            "object": [[1]] * rows,
        }
    )


def test_compas_is_told_in_ratios_as_aequitas_tells_it(real_data: Path) -> None:
    """Disparities to Caucasian defendants, from the rates that Aequitas publishes (its notebook on COMPAS)."""
    rows = pd.read_csv(real_data / "aequitas" / "compas_for_aequitas.csv")
    names = ("false_positive_rate", "false_negative_rate", "false_discovery_rate", "false_omission_rate")
    found = audits.compare(
        rows,
        decision="score",
        outcome="label_value",
        by="race",
        favourable=False,
        reference={"race": "Caucasian"},
        metrics=[f"{name}_{scale}" for name in names for scale in ("ratio", "difference")],
    )
    black, white = (0.448468, 0.279853, 0.370285, 0.349540), (0.234543, 0.477226, 0.408665, 0.288125)
    for name, one, two, side in zip(names, black, white, ("above", "below", "above", "below"), strict=True):
        ratio, difference = (
            found.measure(f"{name}_{scale}/race=African-American") for scale in ("ratio", "difference")
        )
        assert ratio.value == pytest.approx(one / two, rel=1e-5)
        assert difference.value == pytest.approx(one - two, abs=1e-6)
        assert ratio.interval is not None
        assert ratio.interval.low < ratio.value < ratio.interval.high
        assert {ratio.params["bad_side"], difference.params["bad_side"]} == {side}
    table = found.frame()
    row = table.loc["false_negative_rate_difference/race=African-American"]
    missed, positives = found.measure(row.name).params["counts"].values()
    counts = [[cases, size - cases] for cases, size in zip(missed, positives, strict=True)]
    pearson = chi2_contingency(counts, correction=False).statistic
    assert row["p_value"] == pytest.approx(chi2.sf(pearson * (row["n"] - 1) / row["n"], 1), rel=1e-10)
    assert found.measure("false_positive_rate_ratio/race=African-American").value == pytest.approx(1.91, abs=5e-3)


def test_differences_and_ratios_of_hidden_groups_are_hidden() -> None:
    """Two of five groups have too few decisions, and too many of the whole to be set apart; a third protects them."""
    groups = {"a": 90, "b": 60, "c": 48, "d": 10, "e": 9}
    rows = pd.DataFrame(
        [{"g": group, "d": row % 3 == 0, "y": row % 2 == 0} for group, size in groups.items() for row in range(size)]
    )
    rates = ["selection_rate", *(each.metric for each in errors.RATES)]
    metrics = [f"{rate}{suffix}" for rate in rates for suffix in ("", "_difference", "_ratio")]
    found = audits.compare(rows, decision="d", outcome="y", by="g", metrics=metrics)
    for rate in rates:
        status = {m.group: m.status for m in found.measures if m.metric == rate and m.group is not None}
        assert sorted(status.values()) == ["ok", "ok", *["suppressed"] * 3], rate
        for scale in ("difference", "ratio"):
            compared = {m.group: m for m in found.measures if m.metric == f"{rate}_{scale}"}
            assert {group: m.status for group, m in compared.items()} == status, rate
            for measure in compared.values():
                shown = measure.status == "ok"
                assert (measure.n is not None) == shown
                assert {"counts", "values", "test"} & set(measure.params) == (
                    {"counts", "values", "test"} if shown else set()
                )
                assert measure.params["groups_left_out"] == 3 - (not shown)


def test_weights_stand_for_decisions(published: Path) -> None:
    rows = pd.read_csv(published / "ucb_admissions" / "datasets_UCBAdmissions.csv")
    found = audits.compare(
        rows, decision="Admit", selected="Admitted", by="Gender", weight="Freq", reference={"Gender": "Male"}
    )
    assert found.decisions == 4526
    assert found.measure("selection_rate/Gender=Female").value == pytest.approx(0.304, abs=5e-4)
    assert found.measure("selection_rate_ratio/Gender=Female").value == pytest.approx(0.6816, abs=5e-4)
    assert found.measure("selection_rate_ratio/Gender=Female").params["against"] == "Gender=Male"


@pytest.mark.parametrize("metric", ["selection_rate", "true_positive_rate", "false_positive_rate", "accuracy"])
def test_every_group_is_as_the_oracle_says(frame: pd.DataFrame, metric: str) -> None:
    found = audits.compare(
        frame, decision="Décision", outcome="hired", by=[["Sexe", "age"]], bands={"age": [25, 50]}, metrics=metric
    )
    bands = pd.cut(frame["age"], [0, 24, 49, 99], labels=["<25", "25-49", "50+"])
    for (sex, band), rows in frame.groupby(["Sexe", bands], observed=True):
        people = [
            {"d": int(row.Décision), "y": None if pd.isna(row.hired) else int(row.hired), "n": 1}
            for row in rows.itertuples()
        ]
        measure = found.measure(f"{metric}/Sexe={sex},age={band}")
        assert measure.value == pytest.approx(float(oracle.measure(metric, people)), abs=1e-12)


def test_it_gives_what_metricframe_gives(frame: pd.DataFrame) -> None:
    from fairlearn.metrics import MetricFrame, selection_rate, true_positive_rate

    known = frame.dropna(subset="hired")
    peer = MetricFrame(
        metrics={"selection_rate": selection_rate, "true_positive_rate": true_positive_rate},
        y_true=known["hired"],
        y_pred=known["Décision"].astype(float),
        sensitive_features=known[["Sexe"]],
    )
    found = audits.compare(known, decision="Décision", outcome="hired", by="Sexe", metrics=list(peer.by_group)).frame()
    ours = found[found["by"] == "Sexe"].pivot_table(index="group", columns="metric", values="value")
    assert np.allclose(ours[list(peer.by_group)].to_numpy(dtype=float), peer.by_group.to_numpy(dtype=float), atol=1e-12)


def test_people_who_come_back_widen_the_interval() -> None:
    often = pd.DataFrame({"d": [1] * 200 + [0] * 200 + [1, 0] * 200, "g": ["a"] * 400 + ["b"] * 400})
    often["who"] = often.index // 20

    def width(**more: Any) -> float:
        interval = audits.compare(often, decision="d", by="g", **more).measure("selection_rate/g=a").interval
        assert interval is not None
        return interval.high - interval.low

    assert width(person="who") > 2 * width()


def test_the_frame_names_attribute_group_and_metric(frame: pd.DataFrame) -> None:
    found = audits.compare(frame, decision="Décision", by=["Sexe", ["Sexe", "age"]], bands={"age": [25, 50]}).frame()
    assert {"by", "group", "metric", "value", "low", "high", "n"} <= set(found.columns)
    crossed = found[(found["by"] == "Sexe*age") & (found["metric"] == "selection_rate")]
    assert set(crossed["group"]) == {f"{sex}, {band}" for sex in "FM" for band in ("<25", "25-49", "50+")}
    assert found[found["by"].isna()]["group"].isna().all()


def test_small_groups_are_hidden_unless_asked_otherwise(frame: pd.DataFrame) -> None:
    few = pd.concat([frame, frame.head(5).assign(Sexe="X")])
    told = audits.compare(few, decision="Décision", by=["Sexe", "age"], bands={"age": [25, 50]})
    assert told.measure("selection_rate/Sexe=rare-1").status == "suppressed"
    assert told.measure("selection_rate_ratio/Sexe=F").value is not None  # one stray group hides no other
    assert (told.decisions, told.apart) == (3000, ("Sexe=rare-1",))
    whole = audits.compare(frame, decision="Décision", by=["Sexe", "age"], bands={"age": [25, 50]})
    rates = [each for each in whole.measures if each.metric == "selection_rate"]
    assert all(told.measure(each.id).value == each.value for each in rates)  # they are in no figure at all
    shown = audits.compare(few, decision="Décision", by="Sexe", suppress_below=1)
    assert shown.measure("selection_rate/Sexe=X").n == 5


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"decision": "Decision"}, r"no column 'Decision'.*'Décision'"),
        ({"by": "Sex"}, r"no column 'Sex'.*'Sexe'"),
        ({"by": []}, "nothing to compare by"),
        ({"by": [["Sexe", "Sexe"]]}, "no crossing of two or three different columns"),
        ({"decision": "Sexe"}, r"'Sexe' does not say which values mean yes.*'F', 'M'.*selected="),
        ({"selected": ["yes"]}, r"no row has 'yes' in 'Décision'"),
        ({"metrics": ["selection_rates"]}, r"no metric 'selection_rates'.*'selection_rate'"),
        ({"metrics": ["true_positive_rate"]}, "need an `outcome`"),
        ({"by": "who", "suppress_below": 1}, r"'who' has some .* different values: too many groups.*bands="),
        ({"reference": {"Sex": "M"}}, r"`reference` names 'Sex'.*'Sexe'"),
        ({"reference": {"Sexe": "Men"}}, r"no row has 'Men' in 'Sexe'.*"),
        ({"bands": {"Sexe": [1]}}, r"'Sexe' holds text where bands need a number in 3,000 rows"),
        ({"decision": "hired"}, r"'hired' holds no decision in 429 rows"),
        ({"weight": "hired"}, "no whole number of 0 or more"),
        ({"suppress_below": 0}, "`suppress_below` cannot be 0: it should be greater than or equal to 1"),
        ({"suppress_below": 1.5}, "`suppress_below` cannot be 1.5: it should be a valid integer"),
        ({"decision": None}, "`decision` cannot be None: it should be a valid string"),
        ({"by": 3}, "`by` cannot be 3: "),
        ({"metrics": 3}, "`metrics` cannot be 3: "),
        ({"selected": [None]}, "`selected` cannot be None: "),
        ({"reference": "M"}, "`reference` cannot be 'M': it should be a valid dictionary"),
        ({"bands": {"Sexe": [50, 25]}}, "cannot be .50.0, 25.0.: bands must be ascending"),
        ({"person": 3}, "`person` cannot be 3: it should be a valid string"),
        ({"outcomes": "hired"}, r"there is no argument `outcomes`.*'outcome'"),
        ({"observed_for": "some"}, "'all' or 'selected'"),
    ],
)
def test_a_wrong_argument_is_told_with_the_next_step(frame: pd.DataFrame, wrong: dict[str, Any], told: str) -> None:
    arguments: dict[str, Any] = {"decision": "Décision", "by": "Sexe"} | wrong
    with pytest.raises(BoussoleError, match=f"(?s){told}"):
        audits.compare(frame.drop(columns="object"), **arguments)


def test_no_table_and_no_rows(frame: pd.DataFrame) -> None:
    with pytest.raises(BoussoleError, match="is not a table"):
        audits.compare(object(), decision="d", by="g")
    with pytest.raises(BoussoleError, match="the frame has no rows"):
        audits.compare(frame.head(0), decision="Décision", by="Sexe")


def test_a_notebook_shows_dots_and_escapes_what_it_is_given(frame: pd.DataFrame) -> None:
    strange = frame.assign(Sexe=frame["Sexe"].replace("F", "<script>alert(1)</script>"))
    found = audits.compare(strange, decision="Décision", by="Sexe")
    assert repr(found) == "<5 measures of 3,000 decisions, by Sexe: frame(), plot(), measure(id)>"
    shown = found._repr_html_()
    assert "<script>" not in shown
    assert shown.count("<circle") == 4
    assert "&lt;script&gt;" in shown


def test_a_plot_has_a_dot_for_every_group(frame: pd.DataFrame) -> None:
    found = audits.compare(frame, decision="Décision", by=["Sexe", "age"], bands={"age": [25, 50]})
    drawn = found.plot("selection_rate").to_dict()
    (rows,) = drawn["datasets"].values()
    assert [row["group"] for row in rows] == ["F", "M", "<25", "25-49", "50+"]
    assert all(math.isfinite(row["value"]) for row in rows)
    assert found.plot().to_dict()["datasets"] == drawn["datasets"]
    with pytest.raises(BoussoleError, match=r"no group has a measure 'selection'.*selection_rate"):
        found.plot("selection")


def test_rows_about_nobody_known_are_no_cluster() -> None:
    rows = pd.DataFrame({"hired": [0, 0, 0, 1] * 500, "sex": ["F", "M"] * 1000, "who": [f"p{n}" for n in range(2000)]})
    alone = audits.compare(rows, decision="hired", by="sex", person="who").measure("selection_rate")
    nobody = audits.compare(rows.assign(who=None), decision="hired", by="sex", person="who").measure("selection_rate")
    widths = [found.interval.high - found.interval.low for found in (alone, nobody) if found.interval]
    assert widths == [pytest.approx(widths[0], rel=0.5)] * 2


@pytest.mark.parametrize(
    ("by", "more", "told"),
    [
        ([["Sexe", "age"], ["age", "Sexe"]], {}, "crossed twice"),
        ("Sexe", {"person": "who", "weight": "age"}, "cannot go together"),
    ],
)
def test_what_would_count_twice_or_be_ignored_is_refused(
    frame: pd.DataFrame, by: Any, more: dict[str, str], told: str
) -> None:
    with pytest.raises(BoussoleError, match=told):
        audits.compare(frame, decision="Décision", by=by, bands={"age": [40]} if more == {} else None, **more)


def test_names_that_differ_in_case_alone_are_told_where_both_are_meant() -> None:
    rows = pl.DataFrame({"H": [1, 1] * 50, "h": [0, 1] * 50, "sex": ["F", "M"] * 50})
    assert audits.compare(rows, decision="h", by="sex").measure("selection_rate").value == 0.5
    with pytest.raises(BoussoleError, match="two columns are named 'h'"):
        audits.compare(rows, decision="h", by=["sex", "H"])


def test_a_column_with_the_name_of_a_crossing_is_told() -> None:
    rows = pl.DataFrame({"hired": [1, 0] * 40, "a": ["x", "y"] * 40, "b": ["z"] * 80, "a*b": ["v"] * 80})
    assert audits.compare(rows, decision="hired", by=["a*b"]).measure("selection_rate/a*b=v").value == 0.5
    with pytest.raises(BoussoleError, match=r"a column and a crossing 'a\*b'"):
        audits.compare(rows, decision="hired", by=["a*b", ["a", "b"]])


def test_arrays_are_taken_for_lists(frame: pd.DataFrame) -> None:
    asked: dict[str, Any] = {"decision": "Décision", "by": "age"}
    found = audits.compare(frame, **asked, bands={"age": np.array([25, 50])}, suppress_below=np.int64(11))
    assert found.measures == audits.compare(frame, **asked, bands={"age": [25, 50]}).measures
    for wrong in (found.measure, found.plot):
        with pytest.raises(BoussoleError, match="cannot be 3: it should be a valid string"):
            wrong(3)
