"""The benchmarks: what counts as a planted effect that is found, that a run goes on where it stopped; and peers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from benchmarks.beside import SAME, versions
from benchmarks.data import FULL, write_decisions
from benchmarks.planted.__main__ import wanted_runs
from benchmarks.planted.effects import CONDITIONS, EFFECTS, Effect, unexplained
from benchmarks.planted.page import Found, found, tables
from benchmarks.planted.picture import draw
from benchmarks.planted.results import FILE, Result, keep, kept, packed
from benchmarks.planted.runs import run
from benchmarks.planted.sizes import SIZES
from benchmarks.process import module
from benchmarks.timing import tell
from boussole.charter.text.loading import load_charter
from boussole.experiments.demo.planted import MONTHS, NOTHING, PLANTED

JULY, AUGUST, SEPTEMBER = MONTHS
(OLD,) = (each for each in EFFECTS if each.name.startswith("people of 50 and over contacted"))
(YOUNG,) = (each for each in EFFECTS if each.name.startswith("young people"))


def result(accused: Mapping[str, Mapping[str, tuple[str, ...]]], **more: object) -> Result:
    told: dict[str, object] = {
        "system": "matchft",
        "condition": "planted",
        "size": SIZES["demo"]["matchft"],
        "seed": 1,
        "told": {month: {"decent_hours": "kept"} for month in MONTHS},
        "seconds": 1.0,
        "accused": {month: {} for month in MONTHS} | dict(accused),
    }
    return Result(**(told | more))  # type: ignore[arg-type]


def test_an_effect_is_found_by_its_own_question_for_its_own_group_in_its_own_month() -> None:
    forgotten = "never_shortlisted_rate_ratio/age="
    for accused, is_found in (
        ({SEPTEMBER: {"never_shortlisted_age": (f"{forgotten}<25",)}}, True),
        ({SEPTEMBER: {"never_shortlisted_age": (f"{forgotten}50+", f"{forgotten}<25")}}, True),
        ({SEPTEMBER: {"never_shortlisted_age": (f"{forgotten}50+",)}}, False),  # a neighbour
        ({AUGUST: {"never_shortlisted_age": (f"{forgotten}<25",)}}, False),
        ({SEPTEMBER: {"exposure_ratio_age": ("exposure_ratio/age=<25",)}}, False),
        ({}, False),
    ):
        assert YOUNG.found_in(result(accused)) == is_found, accused


def test_a_question_that_nothing_planted_explains_is_told() -> None:
    accused = {
        JULY: {OLD.asks: ("adjusted_selection_rate_ratio/age=50+",), "decent_hours": ("outside_hours_share",)},
        SEPTEMBER: {"exposure_ratio_gender_age": ("exposure_ratio/gender=F,age=50+",), "decent_hours": ("…",)},
    }
    assert list(unexplained(result(accused))) == [(JULY, "decent_hours")]
    assert len(list(unexplained(result(accused, condition="nothing")))) == 4


def test_every_effect_is_asked_by_a_question_of_the_charter() -> None:
    charter = load_charter()
    asked = {way.id: way.number for article in charter.articles for each in article.indicators for way in each.ways}
    for each in EFFECTS:
        name = max((known for known in asked if each.asks.startswith(known)), key=len)
        number = asked[name] or ""
        assert each.question.rstrip("b") == number.rstrip("b"), (each.name, number)
    assert {each.condition for each in EFFECTS} < {*CONDITIONS}
    assert (CONDITIONS["planted"], CONDITIONS["nothing"]) == (PLANTED, NOTHING)


def test_the_page_says_what_the_packed_runs_found() -> None:
    page = (Path(__file__).parents[1] / "docs" / "figures.md").read_text(encoding="utf-8")
    rows = list(found(packed()))
    for size in SIZES:
        runs = [(each.found, each.runs) for each in rows if each.size == size]
        every, most = (sum(some >= least for some, _ in runs) for least in (20, 18))
        assert {total for _, total in runs} == {20}
        told = rf"^\| {size} \| .* \| {every} of {len(runs)} \| {most} of {len(runs)} \|$"
        assert re.search(told, page, re.MULTILINE)


def test_it_goes_on_where_it_stopped(tmp_path: Path) -> None:
    one, other = result({SEPTEMBER: {"decent_hours": ("a", "b")}}), result({}, seed=2)
    for each in (one, other):
        keep(tmp_path, each)
    assert kept(tmp_path) == [one, other]
    with (tmp_path / FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"system": "matchft"})[:9])  # stopped while it wrote
    assert kept(tmp_path) == [one, other]
    keep(tmp_path, result({}, seed=3))
    assert [each.seed for each in kept(tmp_path)] == [1, 2, 3]
    wanted = list(wanted_runs(2, ["small", "demo"], ["matchft:planted", "chatft:nothing"]))
    assert wanted[:4] == [  # seed by seed
        ("matchft", "planted", SIZES["small"]["matchft"], wanted[0][3]),
        ("chatft", "nothing", SIZES["small"]["chatft"], wanted[0][3]),
        ("matchft", "planted", SIZES["demo"]["matchft"], wanted[0][3]),
        ("chatft", "nothing", SIZES["demo"]["chatft"], wanted[0][3]),
    ]
    assert len({each[3] for each in wanted}) == 2


def test_the_page_says_how_many_runs_each_figure_rests_on() -> None:
    results = [
        result({SEPTEMBER: {"decent_hours": ("outside_hours_share",)}}, seed=1),
        result({}, seed=2),
        result({JULY: {"decent_hours": ("outside_hours_share",)}}, seed=3, condition="nothing"),
        result({JULY: {"corrections_help": ("put_in_outcome_difference",)}}, seed=4, condition="nothing"),
        result({JULY: {"undeclared_use": ("undeclared_use_share",)}}, seed=5, condition="nothing"),
    ]
    rows = {(each.effect.name, each.size): each for each in found(results)}
    evening = rows["messages in the evening", "demo"]
    assert (evening.found, evening.runs) == (1, 2)
    assert evening.ends == pytest.approx((0.0126, 0.9874), abs=1e-4)  # Clopper and Pearson's, of 1 in 2
    text = tables(results)
    assert "| messages in the evening | MatchFT | 4.2 | not tried | 1 of 2 (1 to 99 %) | not tried |" in text
    asked = "`decent_hours` 1 | `undeclared_use` 1 | `corrections_help` 1"
    assert f"| MatchFT | demo | 3 | 1 of 3 (1 to 91 %) | {asked} |" in text
    assert "A year of four such runs would have one 80.2 times in 100" in text  # 1 − (2 ÷ 3)⁴
    assert isinstance(rows["messages in the evening", "small"], Found)


def test_the_page_says_what_questions_told_that_did_not_find_it() -> None:
    """To call kept what is not is told apart from not knowing; another month counts for nothing."""
    neighbour = {SEPTEMBER: {YOUNG.asks: ("never_shortlisted_rate_ratio/age=50+",)}}
    runs = [
        result({}, told={SEPTEMBER: {YOUNG.asks: "kept"}}),
        result({}, told={SEPTEMBER: {YOUNG.asks: "unknown"}, JULY: {YOUNG.asks: "kept"}}, seed=2),
        result(neighbour, told={SEPTEMBER: {YOUNG.asks: "watch"}}, seed=3),
    ]
    told = tables(runs)
    assert f"- kept: 1 run ({YOUNG.name} (demo) 1)." in told
    assert f"- watched or not kept, because of another group or column: 1 run ({YOUNG.name} (demo) 1)." in told
    others = sum(each.condition == "planted" and each.system == "matchft" for each in EFFECTS) - 1
    assert f"- nobody can tell: {3 * others + 1} runs." in told


@pytest.mark.costly
def test_the_picture_names_what_was_planted() -> None:
    (evening,) = (each for each in EFFECTS if each.asks == "decent_hours")
    drawn = draw([(evening, "demo", 0.5, 0.01, 0.99)])
    assert evening.name in drawn
    assert drawn.startswith("<svg")


@pytest.mark.costly
def test_a_run_finds_what_is_planted_in_texts() -> None:
    done = run(("chatft", "planted", SIZES["small"]["chatft"], 3))
    asked = {each.name for each in EFFECTS if isinstance(each, Effect) and each.system == "chatft"}
    assert {each.name for each in EFFECTS if each.system == "chatft" and each.found_in(done)} >= asked - {
        "texts sent as they come",  # not planted here
        "agents not trained",  # too few agents
    }
    assert list(unexplained(done)) == []


def test_what_is_told_has_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    """Of what is installed; the distribution has another name than the package."""
    assert set(versions()) == {"Python", "Boussole", "DuckDB", "Fairlearn", "pandas"}
    tell("boussole-charter", lambda: {"B": {"rate": 0.5}})
    assert '"version"' in capsys.readouterr().out


@pytest.mark.costly
def test_a_frame_is_compared_as_by_fairlearn(tmp_path: Path) -> None:
    """The two that need nothing but what the project installs, each in a process of its own, as in the benchmark."""
    file = write_decisions(tmp_path, rows=3_000, columns=FULL)
    ours, theirs = (module(name, file).told["values"] for name in ("frame_compared", "fairlearn_peer"))
    gaps = [abs(rates[rate] - theirs[group][rate]) for group, rates in ours.items() for rate in rates]
    assert len(gaps) > 20
    assert max(gaps) < SAME
