"""The demo: its planted truth, measured directly on the simulated log with pandas, without the audit engine."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from boussole import audits
from boussole.audits.decisions import validate
from boussole.audits.errors import BoussoleError
from boussole.audits.systems import load_system
from boussole.audits.uncertainty.before_after import Study, study
from boussole.audits.workspace import Workspace
from boussole.experiments.demo import FACTS, build
from boussole.experiments.demo.accounts import accounts
from boussole.experiments.demo.agencies import agency_months
from boussole.experiments.demo.answer_key import facts
from boussole.experiments.demo.controls import SILENCE, controls
from boussole.experiments.demo.forgetting import forget, passed_over
from boussole.experiments.demo.messages import messages
from boussole.experiments.demo.model import VERSIONS
from boussole.experiments.demo.places import AGENCIES, REGIONS
from boussole.experiments.demo.planted import CHANGE, PEOPLE, PLANTED, SEED
from boussole.experiments.demo.simulation import Simulation, run_names, simulate
from boussole.experiments.demo.uses import OTHER, PURPOSE, uses
from boussole.experiments.demo.weeks import week_of
from boussole.experiments.store import quiet_mlflow
from tests.experiments.simulated import reviewed

SMALL = 1_500


@pytest.fixture(scope="module")
def planted() -> dict[str, Any]:
    return facts(seed=SEED, people=PEOPLE)


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return simulate(PEOPLE, seed=SEED)


@pytest.fixture(scope="module")
def log(simulation: Simulation) -> pd.DataFrame:
    """The log with the month in Paris and the age band."""
    frame = simulation.log
    band = np.select([frame["age"] < 25, frame["age"] < 50], ["<25", "25-49"], default="50+")
    return frame.assign(month=frame["ts"].dt.tz_convert("Europe/Paris").dt.strftime("%Y-%m"), age=band)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return build(tmp_path_factory.mktemp("demo") / "home", people=SMALL)


def ratio(frame: pd.DataFrame, group: dict[str, str], against: dict[str, str], column: str = "contacted") -> float:
    """Share of a group with the column true, divided by that of another group."""
    rates = [
        frame.loc[np.logical_and.reduce([frame[k] == v for k, v in which.items()]), column].mean()
        for which in (group, against)
    ]
    return float(rates[0] / rates[1])


def psi(reference: pd.Series, current: pd.Series) -> float:
    """Population stability index over the deciles of the reference."""
    edges = reference.quantile(np.arange(0.1, 1.0, 0.1)).to_numpy()
    p, q = (np.bincount(np.searchsorted(edges, x), minlength=10) / len(x) for x in (reference, current))
    return float(((q - p) * np.log(q / p)).sum())


def standard_error(frame: pd.DataFrame, group: dict[str, str], against: dict[str, str]) -> float:
    """Of the log ratio: delete one of twenty blocks of people, so that repeated people count once."""
    block = frame["person_id"].str[1:].astype(int) % 20
    logs = np.array([math.log(ratio(frame[block != b], group, against)) for b in range(20)])
    return float(np.sqrt(19 / 20 * ((logs - logs.mean()) ** 2).sum()))


@pytest.mark.costly
def test_the_log_is_three_whole_months_of_which_each_person_appears_several_times(log: pd.DataFrame) -> None:
    assert list(log["month"].unique()) == ["2026-07", "2026-08", "2026-09"]
    assert (log.groupby("month").size() > 30_000).all()
    assert log["decision_id"].is_unique
    assert log.groupby("person_id")["offer_id"].nunique().mean() > 4
    assert not log.duplicated(["person_id", "offer_id"]).any()


def never_listed(log: pd.DataFrame) -> pd.Series:
    """Of each age, the share of people who are on no list."""
    return 1 - log.groupby(["age", "person_id"])["shortlisted"].any().groupby("age").mean()


@pytest.mark.costly
def test_the_same_young_people_are_forgotten_while_their_group_is_not(
    log: pd.DataFrame, planted: dict[str, Any]
) -> None:
    told, found = planted["forgotten"], never_listed(log)
    low, high = told["ratio_between"]
    assert low < found[told["group"]] / found[told["against"]] < high
    assert 0.97 < ratio(log, {"age": "<25"}, {"age": "25-49"}, "shortlisted") < 1.03


def test_with_nothing_planted_nobody_is_passed_over(simulation: Simulation) -> None:
    none = dataclasses.replace(PLANTED, forgotten_young=0.0)
    seekers = simulation.log.drop_duplicates("person_id")
    often = simulation.log.groupby("person_id")["shortlisted"].sum().to_dict()
    assert passed_over(seekers, often=often, rng=np.random.default_rng(1), effects=none) == frozenset()
    same = forget(simulation.log, over=frozenset(), often={})
    pd.testing.assert_frame_equal(same, simulation.log)


def test_who_is_passed_over_changes_no_place_by_age_and_few_by_sex(simulation: Simulation) -> None:
    before = simulation.log
    effects = dataclasses.replace(PLANTED, forgotten_young=0.5)
    often = before.groupby("person_id")["shortlisted"].sum().to_dict()
    over = passed_over(before.drop_duplicates("person_id"), often=often, rng=np.random.default_rng(1), effects=effects)
    assert {often[each] for each in over} == {1, 2}
    after = forget(before, over=over, often=often)
    assert not after["shortlisted"].equals(before["shortlisted"])
    for column in ("shortlisted", "contacted", "rank"):
        sums = [frame.groupby(frame["age"] < 25)[column].sum() for frame in (before, after)]
        assert sums[0].equals(sums[1])
    sums = [frame.groupby(["gender", frame["age"] < 25])["shortlisted"].sum() for frame in (before, after)]
    assert (sums[1] / sums[0]).between(0.97, 1.03).all()
    assert (after.groupby("offer_id")["rank"].sum() == before.groupby("offer_id")["rank"].sum()).all()


@pytest.mark.costly
def test_who_has_found_work_is_no_longer_assessed_and_an_offer_is_one_post(log: pd.DataFrame) -> None:
    hired = log[log["hired"].fillna(False).astype(bool)]
    assert not hired["offer_id"].duplicated().any()
    assert not hired["person_id"].duplicated().any()
    week = week_of(log["ts"])
    last = log["person_id"].map(week[hired.index].set_axis(hired["person_id"]))
    assert not (last < week).any()
    assert (log.groupby("offer_id").size() == 20).mean() > 0.999


@pytest.mark.costly
def test_whom_advisers_put_in_and_is_hired_leaves_as_well(simulation: Simulation, log: pd.DataFrame) -> None:
    rows = log.set_index("decision_id").loc[simulation.late.loc[simulation.late["hired"], "decision_id"]]
    assert not rows["person_id"].duplicated().any()
    assert not rows["person_id"].isin(log.loc[log["hired"].fillna(False).astype(bool), "person_id"]).any()
    seen = log.groupby("person_id")["ts"].max().reindex(rows["person_id"]).to_numpy()
    assert ((seen - rows["ts"].to_numpy()) < np.timedelta64(7, "D")).all()


@pytest.mark.costly
def test_messages_come_after_their_decision_and_introductions_after_the_reply(
    simulation: Simulation, log: pd.DataFrame
) -> None:
    sent = simulation.messages[simulation.messages["kind"] == "contact"]
    decided = log.loc[log["contacted"], ["person_id", "ts"]]
    local = decided["ts"].dt.tz_convert("Europe/Paris").dt.tz_localize(None).astype(sent["sent_at"].dtype)
    before = pd.merge_asof(
        sent.sort_values("sent_at"),
        decided.assign(ts=local).sort_values("ts"),
        left_on="sent_at",
        right_on="ts",
        by="person_id",
        direction="backward",
    )
    assert (before["sent_at"] - before["ts"]).max() < pd.Timedelta(days=4)  # the 14th of July after a weekend
    introduced = log[log["presented"]]
    assert log["presented_at"].notna().equals(log["presented"])
    assert (introduced["presented_at"] > introduced["ts"]).all()
    local = introduced["presented_at"].dt.tz_convert("Europe/Paris")
    assert local.dt.hour.between(9, 16).all()
    assert local.dt.dayofweek.max() == 4


@pytest.mark.costly
def test_people_of_fifty_and_over_are_contacted_clearly_less_every_month(
    log: pd.DataFrame, planted: dict[str, Any]
) -> None:
    low, high = planted["effects"][0]["ratio_between"]
    for _, month in log.groupby("month"):
        found = ratio(month, {"age": "50+"}, {"age": "25-49"})
        assert low < found < high
        # Beyond the four-fifths level by far more than chance.
        assert (math.log(0.8) - math.log(found)) / standard_error(month, {"age": "50+"}, {"age": "25-49"}) > 4


def test_women_are_contacted_less_from_version_two_only(log: pd.DataFrame, planted: dict[str, Any]) -> None:
    women, men = {"gender": "F"}, {"gender": "M"}
    by_month = {str(name): month for name, month in log.groupby("month")}
    for name in ("2026-07", "2026-08"):
        assert 0.97 < ratio(by_month[name], women, men) < 1.03
    september = by_month["2026-09"]
    assert set(september["model_version"]) == {"2.0"}
    low, high = planted["effects"][1]["ratio_between"]
    found, error = ratio(september, women, men), standard_error(september, women, men)
    assert low < found < high
    # Clearly under .95 and clearly above .80: watched, not broken.
    assert (math.log(0.95) - math.log(found)) / error > 3
    assert (math.log(found) - math.log(0.8)) / error > 3


def test_the_version_moves_contacts_from_women_to_men(log: pd.DataFrame, planted: dict[str, Any]) -> None:
    change = planted["version_change"]
    before, after = (log[log["month"] == month] for month in change["months"])
    assert {*before["model_version"], *after["model_version"]} == {change["before"], change["after"]}
    assert (
        str(log[log["model_version"] == change["after"]]["ts"].min().tz_convert("Europe/Paris").date()) == change["on"]
    )
    for group, (low, high) in change["selection_rate_change_between"].items():
        rates = [month.loc[month["gender"] == group, "contacted"].mean() for month in (before, after)]
        assert low < rates[1] - rates[0] < high
    assert abs(after["contacted"].mean() - before["contacted"].mean()) < 0.01


@pytest.mark.costly
def test_nothing_else_was_planted(log: pd.DataFrame) -> None:
    for _, month in log.groupby("month"):
        for group, against in (
            ({"qpv": "yes"}, {"qpv": "no"}),
            ({"age": "<25"}, {"age": "25-49"}),
            ({"gender": "M", "age": "<25"}, {"gender": "M", "age": "25-49"}),
        ):
            found, error = ratio(month, group, against), standard_error(month, group, against)
            assert abs(math.log(found)) < 2.5 * error  # compatible with 1
            assert (math.log(found) - math.log(0.8)) / error > 3  # and clearly not under .80


@pytest.mark.slow
def test_the_places_in_lists_show_what_was_planted(simulation: Simulation, log: pd.DataFrame) -> None:
    """In July people of 50 and over stand lower, in September women too, and people of no neighbourhood."""
    system = load_system(Path(build.__code__.co_filename).parent / "systems" / "matchft.yaml")
    found = {}
    for month in ("2026-07", "2026-09"):
        audit = audits.audit(system, simulation.log[log["month"] == month])
        for group in ("gender=F", "age=50+", "age=<25", "qpv=yes"):
            interval = audit.measure(f"exposure_ratio/{group}").interval
            assert interval is not None
            found[month, group] = (interval.low, interval.high)
        lists = log[log["month"] == month]
        lists = lists[lists.groupby("offer_id")["age"].transform("nunique") > 1]
        senior = lists.loc[lists["age"] == "50+", "rank"]
        assert audit.measure("exposure/age=50+").value == pytest.approx((1 / np.log2(1 + senior)).mean(), rel=1e-12)
    lower = {key for key, (_, high) in found.items() if high < 0.95}
    assert lower == {("2026-07", "age=50+"), ("2026-09", "age=50+"), ("2026-09", "gender=F")}
    assert all(low < 1.05 and high > 0.95 for key, (low, high) in found.items() if key not in lower)


def test_cells_of_the_intersection_inherit_what_was_planted_on_their_margins(
    log: pd.DataFrame, planted: dict[str, Any]
) -> None:
    cells = planted["intersections"]
    for name, month in log.groupby("month"):
        for cell in cells["low_in_all_months"]:
            assert ratio(month, cell, cells["against"]) < 0.76
        for cell in cells["low_in_september_only"]:
            found = ratio(month, cell, cells["against"])
            assert 0.8 < found < 0.93 if name == "2026-09" else 0.93 < found < 1.07
        for cell in cells["never_low"]:
            assert 0.95 < ratio(month, cell, cells["against"]) < 1.07


def test_those_contacted_are_hired_about_equally_often_whatever_the_group(log: pd.DataFrame) -> None:
    contacted = log[log["contacted"]].assign(hired=lambda frame: frame["hired"].astype(float))
    for _, month in contacted.groupby("month"):
        for attribute, most in ((["gender"], 0.01), (["age"], 0.015), (["qpv"], 0.012), (["gender", "age"], 0.03)):
            rates = month.groupby(attribute)["hired"].mean()
            assert rates.max() - rates.min() < most
    assert log.loc[~log["contacted"], "hired"].isna().all()


def test_distance_drifts_in_september_and_the_score_with_its_version_but_no_other_feature(
    log: pd.DataFrame, planted: dict[str, Any]
) -> None:
    reference, *others = (month for _, month in log.groupby("month"))
    low, high = planted["drift"]["distance_km"]["psi_between"]
    assert low < psi(reference["distance_km"], others[1]["distance_km"]) < high
    assert psi(reference["distance_km"], others[0]["distance_km"]) < 0.01
    for month in others:
        for column in ("experience_years", "skills_match"):
            assert psi(reference[column], month[column]) < 0.01
    assert psi(reference["score"], others[0]["score"]) < 0.01
    assert psi(reference["score"], others[1]["score"]) > 0.18  # far enough beyond 0.1 for a month to show it


def test_the_bias_comes_out_of_models_that_see_no_group(simulation: Simulation) -> None:
    for name, version in simulation.versions.items():
        assert list(version.pipeline.feature_names_in_) == list(VERSIONS[name])
        assert not {"gender", "age", "qpv"} & set(version.features)
    log = simulation.log
    for name, version in simulation.versions.items():
        rows = log[log["model_version"] == name]
        again = version.pipeline.predict_proba(rows[list(version.features)])[:, 1]
        np.testing.assert_allclose(again, rows["score"], atol=1e-6)


@pytest.mark.costly
def test_rank_threshold_and_stages_agree(log: pd.DataFrame) -> None:
    """But for young people who are passed over, and those who stand in for them."""
    told = log[log["shortlisted"] != ((log["score"] >= log["threshold"]) & (log["rank"] <= 10))]
    assert set(told["age"]) <= {"<25"}
    log = simulate(SMALL, seed=SEED, effects=dataclasses.replace(PLANTED, forgotten_young=0.0)).log
    ordered = log.sort_values(["offer_id", "rank"])
    pools = ordered.groupby("offer_id")["rank"].apply(list)
    assert all(ranks == list(range(1, len(ranks) + 1)) for ranks in pools)
    assert pools.str.len().eq(20).mean() > 0.8  # of so few people some families run out of those who have no work
    assert (ordered.groupby("offer_id")["score"].diff().dropna() <= 0).all()
    assert log["shortlisted"].equals((log["score"] >= log["threshold"]) & (log["rank"] <= 10))
    assert log["contacted"].equals(log["shortlisted"] & (log["rank"] <= 8))
    for later, earlier in (("replied", "contacted"), ("presented", "replied")):
        assert not (log[later] & ~log[earlier]).any()
    assert not (log["hired"].fillna(False) & ~log["presented"]).any()


@pytest.mark.costly
def test_the_same_seed_gives_the_same_log_and_another_one_another() -> None:
    first, second, other = (simulate(SMALL, seed=seed).log for seed in (7, 7, 8))
    pd.testing.assert_frame_equal(first, second)
    assert not first["score"].equals(other["score"])


@pytest.mark.costly
def test_the_workspace_holds_systems_facts_models_and_weeks(small: Workspace) -> None:
    assert sorted(small.systems) == ["chatft", "matchft"]
    assert small.systems["chatft"].columns is None
    assert json.loads((small.home / FACTS).read_text(encoding="utf-8")) == facts(seed=SEED, people=SMALL)
    store = quiet_mlflow().MlflowClient(tracking_uri=small.tracking_uri)
    experiment = store.get_experiment_by_name("matchft")
    runs = store.search_runs([experiment.experiment_id], max_results=100)
    trained = {run.data.params["model_version"] for run in runs if "estimator" in run.data.params}
    assert trained == {"1.4", "2.0"}
    logged = [run for run in runs if run.data.tags.get("boussole.system") == "matchft"]
    weeks = [run for run in logged if store.list_artifacts(run.info.run_id, "boussole/decisions")]
    late = [run for run in logged if store.list_artifacts(run.info.run_id, "boussole/outcomes")]
    assert 1 <= len(late) <= 3  # months in which advisers put somebody in
    # months of reviews, uses, accounts and controls; the counts of agencies
    assert len(logged) == len(weeks) + len(late) + 3 * 4 + 1
    assert len(weeks) == 15  # fourteen ISO weeks touch July to September 2026; the version changes within one
    for run in weeks:
        files = [item.path for item in store.list_artifacts(run.info.run_id, "boussole/decisions")]
        assert sorted(path.rpartition(".")[2] for path in files) == ["json", "parquet"]  # its schema, its rows
        assert run.data.tags["boussole.model_version"] == run.data.params["model_version"]


@pytest.mark.costly
def test_the_logged_model_can_be_loaded_and_scores_as_logged(small: Workspace, tmp_path: Path) -> None:
    mlflow = quiet_mlflow()
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(small.tracking_uri)
    try:
        (found,) = mlflow.search_logged_models(
            experiment_ids=[mlflow.get_experiment_by_name("matchft").experiment_id],
            filter_string="params.model_version = '2.0'",
            output_format="list",
        )
        model = mlflow.sklearn.load_model(found.model_uri)
    finally:
        mlflow.set_tracking_uri(before)
    log = simulate(SMALL, seed=SEED).log
    rows = log[log["model_version"] == "2.0"]
    np.testing.assert_allclose(model.predict_proba(rows[list(VERSIONS["2.0"])])[:, 1], rows["score"], atol=1e-6)


@pytest.mark.costly
def test_building_again_adds_no_run(small: Workspace) -> None:
    store = quiet_mlflow().MlflowClient(tracking_uri=small.tracking_uri)
    experiment = store.get_experiment_by_name("matchft").experiment_id
    before = {run.info.run_id for run in store.search_runs([experiment])}
    build(small.home, people=SMALL)
    assert {run.info.run_id for run in store.search_runs([experiment])} == before


@pytest.mark.costly
def test_the_logged_weeks_meet_the_contract_of_their_system(small: Workspace) -> None:
    files = sorted((small.home / "mlartifacts").rglob("boussole/decisions/*.parquet"))
    reports = [validate(small, small.system("matchft"), file) for file in files]
    assert sum(report.accepted for report in reports) == len(simulate(SMALL, seed=SEED).log)
    assert sum(report.quarantined for report in reports) == 0


@pytest.mark.costly
def test_a_demo_never_mixes_with_something_else(small: Workspace, tmp_path: Path) -> None:
    with pytest.raises(BoussoleError, match="holds a demo with other numbers"):
        build(small.home, people=SMALL + 1)
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(BoussoleError, match="not empty and holds no demo"):
        build(tmp_path)
    with pytest.raises(BoussoleError, match="3 people cannot be simulated"):
        build(tmp_path / "new", people=3)
    assert not (tmp_path / "new").exists()


def outside(sent: pd.DataFrame) -> pd.Series:
    """Whether a message left outside decent hours; the 14th of July is the only holiday on a weekday then."""
    at = sent["sent_at"]
    hour = at.dt.hour + at.dt.minute / 60 + at.dt.second / 3600
    inside = (hour.between(10, 13) | hour.between(14, 20)) & (at.dt.dayofweek < 5)
    return ~inside | (at.dt.strftime("%m-%d") == "07-14")


@pytest.mark.costly
def test_messages_leave_at_decent_hours_but_for_those_that_are_planted(
    simulation: Simulation, planted: dict[str, Any]
) -> None:
    sent = simulation.messages[simulation.messages["kind"] == "contact"]
    found = outside(sent).groupby(sent["sent_at"].dt.strftime("%Y-%m")).mean()
    told = planted["messages"]["outside_decent_hours"]
    low, high = told["share_between"]
    assert {month: share for month, share in found.items() if share} == {"2026-09": found["2026-09"]}
    assert low < found["2026-09"] < high
    assert [told[month] for month in found.index] == ["none", "none", "planted"]


def by_list(log: pd.DataFrame, done: pd.DataFrame) -> pd.DataFrame:
    """Of each list: its month, whether something was changed, whether it was read faster than 300 words a minute."""
    found = log.merge(done, on="decision_id")
    found["changed"] = found["kept"] != found["contacted"]
    lists = found.groupby(["month", "offer_id"], as_index=False).agg(
        changed=("changed", "any"), seconds=("seconds", "sum"), words=("words", "sum")
    )
    return lists.assign(hasty=lists["seconds"] < lists["words"] / 5)


def test_lists_are_changed_and_read_but_for_what_is_planted(simulation: Simulation, planted: dict[str, Any]) -> None:
    found = by_list(simulation.log, simulation.reviews).groupby("month")[["changed", "hasty"]].mean()
    told = planted["reviews"]
    low, high = told["too_short_to_read"]["share_between"]
    assert found["changed"]["2026-09"] < told["lists_changed"]["share_below"]
    assert low < found["hasty"]["2026-09"] < high
    assert (found["changed"][:2].between(0.08, 0.16) & found["hasty"][:2].between(0.01, 0.05)).all()
    assert [told["lists_changed"][month] for month in found.index] == ["none", "none", "planted"]
    agents = simulation.reviews.groupby(["month", "agency"])["agent"].nunique()
    assert agents.min() >= 11
    assert (simulation.reviews.groupby("agent")["agency"].nunique() == 1).all()


def test_with_nothing_planted_advisers_decide_and_read(simulation: Simulation) -> None:
    none = dataclasses.replace(PLANTED, changed_since=None, hasty_since=None)
    done = reviewed(simulation.log, none)
    found = by_list(simulation.log, done).groupby("month")[["changed", "hasty"]].mean()
    assert (found["changed"].between(0.08, 0.16) & found["hasty"].between(0.01, 0.05)).all()


def taken_out(log: pd.DataFrame, done: pd.DataFrame) -> pd.Series:
    """By month, the share of people of 50 and over among those whom advisers took out."""
    found = done.merge(log[["decision_id", "contacted", "age"]], on="decision_id")
    out = found[found["contacted"] & ~found["kept"]]
    return (out["age"] >= 50).groupby(out["month"]).mean()


def test_advisers_correct_lists_alike_but_for_what_is_planted(simulation: Simulation, planted: dict[str, Any]) -> None:
    share = taken_out(simulation.log, simulation.reviews)
    assert (share["2026-07"] < 0.35, share["2026-08"] > 0.6) == (True, True)
    assert [planted["corrections"][month] for month in ("2026-07", "2026-08")] == ["none", "planted"]
    none = dataclasses.replace(PLANTED, age_50_taken_out=0.0, changed_since=None)
    assert taken_out(simulation.log, reviewed(simulation.log, none)).max() < 0.35
    done = simulation.reviews.merge(simulation.log[["decision_id", "contacted"]], on="decision_id")
    put_in = done.loc[done["kept"] & ~done["contacted"], "decision_id"]
    assert set(simulation.late["decision_id"]) == set(put_in)
    assert not simulation.late["decision_id"].duplicated().any()
    swapped = (done["kept"] != done["contacted"]).groupby(done["decision_id"].map(offers_of(simulation.log))).sum()
    assert set(swapped) == {0, 2}  # somebody is taken out and somebody put in


def offers_of(log: pd.DataFrame) -> pd.Series:
    return log.set_index("decision_id")["offer_id"]


@pytest.mark.costly
def test_first_messages_say_that_a_machine_writes_but_for_those_that_are_planted(
    simulation: Simulation, planted: dict[str, Any]
) -> None:
    sent = simulation.messages[simulation.messages["kind"] == "contact"].sort_values(["sent_at"], kind="stable")
    first = sent.drop_duplicates("person_id")
    share = first["template"].ne("SMS-3").groupby(first["sent_at"].dt.strftime("%Y-%m")).mean()
    low, high = planted["messages"]["first_without_notice"]["share_between"]
    assert list(share[:2]) == [0.0, 0.0]
    assert low < share["2026-09"] < high
    none = dataclasses.replace(PLANTED, new_template_share=0.0)
    log = simulation.log.assign(run=run_names(simulation.log))
    assert set(messages(log, rng=np.random.default_rng(7), effects=none)["template"]) == {"SMS-3"}


def test_uses_and_accounts_are_what_is_declared_but_for_those_that_are_planted(
    simulation: Simulation, planted: dict[str, Any]
) -> None:
    other = simulation.uses["purpose"].eq(OTHER).groupby(simulation.uses["month"]).sum()
    assert list(other) == [0, 0, planted["undeclared_uses"]["uses"]]
    assert simulation.uses["purpose"].isna().groupby(simulation.uses["month"]).mean().max() < 0.01
    assert not simulation.uses["use_id"].duplicated().any()
    export, told = simulation.accounts, planted["accounts"]
    assert list(export["second_factor"].eq("no").groupby(export["month"]).sum()) == [
        0,
        0,
        told["without_second_factor"],
    ]
    needless = export["rights"].str.contains("export") & export["role"].eq("adviser")
    assert list(needless.groupby(export["month"]).sum()) == [0, 0, told["needless_rights"]]
    none = dataclasses.replace(PLANTED, undeclared_uses=0, without_factor=0, needless_rights=0)
    clean = accounts(rng=np.random.default_rng(7), effects=none)
    assert set(clean["second_factor"]) == {"yes"}
    assert set(clean.loc[clean["role"] == "adviser", "rights"]) == {"read"}
    assert set(uses(simulation.reviews, rng=np.random.default_rng(7), effects=none)["purpose"].dropna()) == {PURPOSE}


def test_advisers_are_trained_first_but_for_what_is_planted(simulation: Simulation, planted: dict[str, Any]) -> None:
    def shares(found: pd.DataFrame) -> list[float]:
        late = ~(found["trained_on"] <= found["used_at"].dt.tz_localize(None).dt.normalize())
        return list(late.groupby([found["month"], found["agent"]]).any().groupby("month").mean())

    low, high = planted["trained_users"]["share_between"]
    july, august, september = shares(simulation.uses)
    assert max(july, august) < 0.01
    assert low < september < high
    none = dataclasses.replace(PLANTED, untrained_since=0.0)
    assert max(shares(uses(simulation.reviews, rng=np.random.default_rng(7), effects=none))) < 0.01


def test_controls_meet_everybody_alike_but_for_what_is_planted(simulation: Simulation, planted: dict[str, Any]) -> None:
    told = simulation.controls["trigger"].eq(SILENCE).groupby(simulation.controls["month"]).sum()
    assert list(told) == [0, 0, planted["controls"]["told"]]
    assert not simulation.controls.duplicated(["person_id", "controlled_on"]).any()
    none = dataclasses.replace(PLANTED, silent_controlled=0.0, controls_from_silence=0)
    people = pd.Series([f"P{number:06d}" for number in range(2000)])
    made = [
        controls(people, simulation.messages, rng=np.random.default_rng(7), effects=effects)
        for effects in (none, PLANTED)
    ]
    clean, more = ({*zip(each["person_id"], each["controlled_on"], strict=True)} for each in made)
    assert SILENCE not in set(made[0]["trigger"])
    assert clean < more  # what is planted is added to what there is anyway
    sent = simulation.messages[simulation.messages["kind"] == "contact"]
    silent = set(sent.loc[sent["replied_at"].isna(), "person_id"])
    assert all(person in silent and day >= pd.Timestamp(CHANGE) for person, day in more - clean)


@pytest.mark.costly
def test_with_nothing_planted_messages_are_clean(simulation: Simulation) -> None:
    log = simulation.log.assign(run=run_names(simulation.log))
    none = dataclasses.replace(PLANTED, evening_share=0.0, stop_ignored_share=0.0)
    every = messages(log, rng=np.random.default_rng(7), effects=none).sort_values(["person_id", "sent_at"])
    sent = every[every["kind"] == "contact"]
    assert not outside(sent).any()
    fifth = sent["sent_at"] - sent.groupby("person_id")["sent_at"].shift(4)
    assert not (fifth < pd.Timedelta(days=30)).any()
    stops = every[every["kind"] == "STOP"].set_index("person_id")["sent_at"]
    assert len(stops) > 50
    assert not (sent["sent_at"] > sent["person_id"].map(stops)).any()
    assert (sent["replied_at"].isna() | (sent["replied_at"] >= sent["sent_at"])).all()


def effect(counts: pd.DataFrame) -> Study:
    """The effect on the counts by agency and month."""
    people, returns = (counts.pivot(index="agency", columns="month", values=name) for name in ("people", "returns"))
    months = [f"{month:%Y-%m}" for month in people.columns]
    first = counts.groupby("agency")["started"].first()
    starts = np.array([months.index(day[:7]) if isinstance(day, str) else -1 for day in first])
    return study((returns / people).to_numpy(), people.iloc[:, :9].sum(axis=1).to_numpy(dtype=float), starts)


def test_agencies_that_started_have_more_returns_to_work(simulation: Simulation, planted: dict[str, Any]) -> None:
    counts = simulation.agencies
    started = counts.groupby("agency")["started"].first().value_counts()
    assert (started.sum(), len(started), counts["agency"].nunique()) == (123, 5, 300)
    assert started.sort_index().to_list() == [39, 48, 12, 12, 12]  # the trial, then one region after the other
    low, high = planted["better_than_before"]["effect_between"]
    found = effect(counts).overall
    assert low < found.value < high
    assert found.value > 3 * found.se
    none = dataclasses.replace(PLANTED, returns_added=0.0)
    same = effect(agency_months(rng=np.random.default_rng(7), effects=none)).overall
    assert abs(same.value) < 2.5 * same.se


@pytest.mark.costly
def test_every_log_names_the_same_agencies_which_have_started(simulation: Simulation, log: pd.DataFrame) -> None:
    listed = simulation.agencies.groupby("agency")["started"].first()
    day = log["ts"].dt.tz_convert("Europe/Paris").dt.strftime("%Y-%m-%d")
    assert (log["agency"].map(listed) <= day).all()
    assert log["agency"].nunique() == 123
    done = simulation.reviews.merge(log[["decision_id", "agency"]], on="decision_id", suffixes=("", "_decided"))
    assert done["agency"].equals(done["agency_decided"])
    assert (simulation.reviews["agent"].str.split("-").str[0] == simulation.reviews["agency"]).all()
    where = AGENCIES.set_index("agency")["region"]
    assert (simulation.uses["region"] == simulation.uses["agency"].map(where)).all()
    assert set(simulation.texts["team"]) <= set(listed.index)
    months = log.groupby("month")["agency"].nunique()
    assert months.is_monotonic_increasing
    assert months.iloc[0] < months.iloc[-1]


@pytest.mark.costly
def test_people_are_assessed_by_agencies_of_the_region_where_they_live(
    simulation: Simulation, log: pd.DataFrame
) -> None:
    where = log["agency"].map(AGENCIES.set_index("agency")["region"]).groupby(log["person_id"])
    assert (where.nunique() == 1).all()
    departments = {each.name: set(each.departments) for each in REGIONS}
    sent = simulation.messages
    region = sent["person_id"].map(where.first())
    assert all(of in departments[name] for of, name in zip(sent["department"], region, strict=True))


def test_offers_have_a_season(log: pd.DataFrame) -> None:
    lists = log.drop_duplicates("offer_id").groupby("month").size()
    days = pd.Series({"2026-07": 23, "2026-08": 21, "2026-09": 22})
    daily = lists / days
    assert daily["2026-08"] < daily["2026-07"] < daily["2026-09"]
    hotels = log["rome_family"].eq("G").groupby(log["month"]).mean()
    assert hotels["2026-09"] < 0.85 * hotels["2026-08"]
