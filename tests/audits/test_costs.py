"""Tokens and euros of calls: by hand, at prices that change, beside a count with pandas, and where it is not known."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from boussole.audits.counts.logs import read_logs
from boussole.audits.decisions import ingest
from boussole.audits.errors import SystemFileError
from boussole.audits.lake import reading
from boussole.audits.measures import Measure
from boussole.audits.metrics.costs import COST, TOKENS_READ, TOKENS_WRITTEN, cost_measures
from boussole.audits.retention.purge import purge
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from tests.written import system_text

COLUMNS = {
    "id": "id", "at": "at", "input": "null", "output": "null", "model_version": "model", "tokens_in": "tokens_read",
    "tokens_out": "tokens", "provider": "by", "place": "where", "team": "team",
}  # fmt: skip
MARCH = Window(dt.date(2026, 3, 1), dt.date(2026, 3, 31))
SPRING = Window(dt.date(2026, 3, 1), dt.date(2026, 5, 31))
HEAD = ["at", "model", "tokens_read", "tokens", "by", "where"]
Row = Sequence[Any]
TWO_PRICES = (
    "{small: [{since: 2026-01-01, input: 0.5, output: 2}, {since: 2026-03-15, input: 0.25, output: 1, call: 0.001}]}"
)


def declared(prices: str = TWO_PRICES, **columns: str | None) -> str:
    named = {name: column for name, column in {**COLUMNS, **columns}.items() if column is not None}
    written = ", ".join(f"{name}: {column}" for name, column in named.items())
    return f"generations: {{{written}, calls: {{places: [Paris], prices: {prices}}}}}\n"


def workspace_of(home: Path, text: str) -> Workspace:
    Workspace.create(home)
    (home / "systems" / "writer.yaml").write_text(system_text("writer", text, kind="generation"), encoding="utf-8")
    return Workspace(home)


def made(home: Path, rows: Sequence[Row], text: str = "") -> Workspace:
    workspace = workspace_of(home, text or declared())
    frame = pd.DataFrame(rows, columns=HEAD)
    for name in ("tokens_read", "tokens"):
        frame[name] = frame[name].astype("Int64")
    frame["at"] = pd.to_datetime(frame["at"])
    frame["id"], frame["team"] = ([f"{each}{i % (30 if each == 'T' else 10**9)}" for i in frame.index] for each in "cT")
    path = home.parent / f"{home.name}.parquet"
    frame.to_parquet(path)
    assert ingest(workspace, workspace.system("writer"), path, log="generations").quarantined == 0
    return workspace


def measured(workspace: Workspace, window: Window = MARCH, **more: Any) -> dict[str, Measure]:
    system = workspace.system("writer")
    with reading(workspace) as connection:
        rows = read_logs(connection, system, window, **more)["generations"]
    return {each.metric: each for each in cost_measures(rows, system)}


def calls(n: int, on: str, model: str, *tokens: int | None, where: str = "Paris") -> list[Row]:
    """So many calls on a day that read and wrote so many tokens each."""
    return [(f"{on}T09:00", model, *tokens, "A", where)] * n


BY_HAND = [
    *calls(12, "2026-03-02", "small", 1000, 100),  # 12 × (1,000 × 0.5 + 100 × 2) ÷ a million = 0.0084
    *calls(20, "2026-03-15", "small", 2000, 300),  # 20 × ((2,000 × 0.25 + 300 × 1) ÷ a million + 0.001) = 0.036
    *calls(11, "2026-03-20", "big", 10, 20),  # no price
]


@pytest.mark.costly
@pytest.mark.parametrize("exact", [False, True])
def test_each_call_costs_what_its_model_did_on_its_day(tmp_path: Path, exact: bool) -> None:
    found = measured(made(tmp_path / "w", BY_HAND), exact=exact)
    small, big = ["A", "Paris", "small"], ["A", "Paris", "big"]
    assert found[TOKENS_READ].value == 12 * 1000 + 20 * 2000 + 11 * 10
    assert found[TOKENS_READ].params["by_call"] == [[*small, 32, 0, 52_000], [*big, 11, 0, 110]]
    assert found[TOKENS_WRITTEN].params["by_call"] == [[*small, 32, 0, 7200], [*big, 11, 0, 220]]
    cost = found[COST]
    assert (cost.value, cost.n) == (0.0444, 43)
    assert (cost.params["all"], cost.params["unknown"]) == (43, 11)
    assert cost.params["by_call"] == [[*small, 32, 0, 0.0444], [*big, 11, 11, None]]
    assert cost.params["by_month"] == [["2026-03", 43, 11, 0.0444]]
    assert (cost.params["others"], cost.params["kinds"]) == (None, 2)


@pytest.mark.costly
def test_sums_are_those_of_pandas(tmp_path: Path) -> None:
    """Three months, five kinds of calls, prices of which some change within a month, and a tenth of tokens not told."""
    draw = random.Random(4)  # noqa: S311 (invented calls)
    prices: dict[str, list[tuple[str, float, float, float]]] = {
        "small": [("2026-01-01", 0.1, 0.3, 0), ("2026-04-11", 0.15, 0.45, 0), ("2026-04-21", 0.07, 0.2, 0.0003)],
        "big": [("2026-03-20", 2, 6, 0)],
        "free": [("2026-01-01", 0, 0, 0)],
        "flat": [("2026-01-01", 0, 1.5, 0.01)],
    }
    rows = []
    for _ in range(3000):
        tokens = [None if draw.random() < 0.1 else draw.randrange(3000) for _ in range(2)]
        day = dt.date(2026, 3, 1) + dt.timedelta(days=draw.randrange(92))
        where = draw.choice(["Paris", "Lyon", None])
        rows.append((f"{day}T10:00", draw.choice([*prices, "other"]), *tokens, "A", where))
    text = "; ".join(
        f"{name}: [{'; '.join(f'{{since: {s}; input: {i}; output: {o}; call: {c}}}' for s, i, o, c in some)}]"
        for name, some in prices.items()
    ).replace(";", ",")
    found = measured(made(tmp_path / "w", rows, declared(f"{{{text}}}")), SPRING)

    frame = pd.DataFrame(rows, columns=HEAD)
    frame["day"] = frame["at"].str[:10]
    said = pd.DataFrame([(m, *each) for m, some in prices.items() for each in some], columns=["model", "since", *"ioc"])
    paired = frame.reset_index().merge(said, on="model", how="left")
    paired = paired[paired["since"].isna() | (paired["since"] <= paired["day"])]
    last = paired.sort_values("since").groupby("index").tail(1).set_index("index").reindex(frame.index)
    frame[["i", "o", "c"]] = last[["i", "o", "c"]].to_numpy()
    frame["cost"] = (frame["tokens_read"].fillna(0) * frame["i"] + frame["tokens"].fillna(0) * frame["o"]) / 1e6
    frame["cost"] += frame["c"]
    lacks = (frame["tokens_read"].isna() & (frame["i"] > 0)) | (frame["tokens"].isna() & (frame["o"] > 0))
    frame["unknown"] = frame["i"].isna() | lacks

    assert found[COST].value == pytest.approx(frame["cost"].sum(), rel=1e-12)
    assert found[COST].params["unknown"] == frame["unknown"].sum()
    assert found[TOKENS_READ].value == frame["tokens_read"].sum()
    assert found[TOKENS_READ].params["unknown"] == frame["tokens_read"].isna().sum()
    assert found[TOKENS_WRITTEN].value == frame["tokens"].sum()
    for where, model, *told in ((row[1], row[2], *row[3:]) for row in found[COST].params["by_call"]):
        own = frame[(frame["model"] == model) & (frame["where"].isna() if where is None else frame["where"] == where)]
        assert told[:2] == [len(own), own["unknown"].sum()]
        assert told[2] is None if model == "other" else told[2] == pytest.approx(own["cost"].sum(), rel=1e-12)
    months = frame.groupby(frame["day"].str[:7])
    assert [row[0] for row in found[COST].params["by_month"]] == list(months.groups)
    for month, n, unknown, cost in found[COST].params["by_month"]:
        own = months.get_group(month)
        assert (n, unknown) == (len(own), own["unknown"].sum())
        assert cost == pytest.approx(own["cost"].sum(), rel=1e-12)


@pytest.mark.costly
@pytest.mark.parametrize(
    ("price", "unknown", "value"),
    [
        ("input: 1, output: 1", 24, (11 * 30 + 12 * 10 + 12 * 20) / 1e6),
        ("input: 1, output: 0", 12, (11 + 12) * 10 / 1e6),
        ("input: 0, output: 1", 12, (11 + 12) * 20 / 1e6),
        ("input: 0, output: 0, call: 0.5", 0, 17.5),
    ],
)
def test_a_call_that_does_not_tell_all_that_it_costs_is_counted_as_such(
    tmp_path: Path, price: str, unknown: int, value: float
) -> None:
    rows = [
        *calls(11, "2026-03-02", "small", 10, 20),
        *calls(12, "2026-03-03", "small", 10, None),
        *calls(12, "2026-03-04", "small", None, 20),
    ]
    found = measured(made(tmp_path / "w", rows, declared(f"{{small: [{{since: 2026-01-01, {price}}}]}}")))
    assert (found[COST].params["unknown"], found[COST].value) == (unknown, pytest.approx(value))
    assert (found[TOKENS_READ].params["unknown"], found[TOKENS_READ].value) == (12, 230)


@pytest.mark.costly
def test_where_no_call_tells_what_it_costs_there_is_no_cost_and_no_zero(tmp_path: Path) -> None:
    found = measured(made(tmp_path / "w", calls(20, "2026-03-02", "other", None, 5)))
    assert (found[COST].status, found[COST].reason, found[COST].n) == ("undefined", "no_price", 20)
    assert (found[TOKENS_READ].status, found[TOKENS_READ].reason) == ("undefined", "no_tokens")
    assert found[TOKENS_WRITTEN].value == 100
    early = made(
        tmp_path / "early", calls(20, "2026-03-02", "small", 5, 5), declared(TWO_PRICES.replace("-01-01", "-04-01"))
    )
    assert measured(early)[COST].reason == "no_price"


@pytest.mark.costly
def test_few_calls_are_told_with_others(tmp_path: Path) -> None:
    rows = [*calls(10, "2026-03-02", "small", 5, 5)]
    assert {each.reason for each in measured(made(tmp_path / "few", rows)).values()} == {"small_group"}
    rows += [*calls(30, "2026-03-03", "big", 7, 7), *calls(15, "2026-03-03", "big", 9, 9, where="Lyon")]
    rows += calls(2, "2026-03-04", "small", 1, 1, where="Oslo")
    found = measured(made(tmp_path / "w", rows))[TOKENS_READ].params
    assert found["by_call"] == [["A", "Paris", "big", 30, 0, 210], ["A", "Lyon", "big", 15, 0, 135]]
    assert found["others"] == [12, 0, 52]
    alone = measured(made(tmp_path / "alone", rows[10:]))[TOKENS_READ].params  # the two of Oslo are not told by a sum
    assert (alone["by_call"], alone["others"]) == ([["A", "Paris", "big", 30, 0, 210]], [17, 0, 137])


@pytest.mark.costly
def test_a_longer_window_less_its_months_tells_nothing_of_few_calls(tmp_path: Path) -> None:
    """W is told with the five of Z in March: were it alone in March and April, April would leave these five."""
    rows = [
        *calls(50, "2026-03-02", "X", 5, 5), *calls(40, "2026-03-02", "W", 7, 7), *calls(5, "2026-03-02", "Z", 1234, 1),
        *calls(3, "2026-04-02", "X", 5, 5), *calls(60, "2026-04-02", "W", 7, 7), *calls(12, "2026-04-02", "Z", 9, 9),
        *calls(20, "2026-03-02", "V", 1, 1, where="Lyon"), *calls(99, "2026-04-02", "V", 1, 1, where="Lyon"),
    ]  # fmt: skip
    workspace = made(tmp_path / "w", [*rows, *calls(70, "2026-03-02", "U", 2, 2), *calls(70, "2026-04-02", "U", 2, 2)])
    march, april, both = (
        measured(workspace, Window(dt.date(2026, first, 1), dt.date(2026, last, days)))[TOKENS_READ].params
        for first, last, days in ((3, 3, 31), (4, 4, 30), (3, 4, 30))
    )
    assert [row[2] for row in march["by_call"]] == ["U", "X", "W"]
    assert [row[2] for row in april["by_call"]] == ["V", "U", "W"]
    assert march["others"] == [25, 0, 6190]
    assert both["by_call"] == [["A", "Paris", "U", 140, 0, 280], ["A", "Paris", "W", 100, 0, 700]]
    assert both["others"] == [189, 0, 250 + 6190 + 99 + 123]


@pytest.mark.costly
def test_only_what_is_declared_is_told(tmp_path: Path) -> None:
    rows = calls(20, "2026-03-02", "small", 5, 7)
    without = made(tmp_path / "w", rows, declared("{}", tokens_in=None))
    assert set(measured(without)) == {TOKENS_WRITTEN}
    part = Window(dt.date(2026, 3, 1), dt.date(2026, 3, 20))
    assert {each.reason for each in measured(made(tmp_path / "p", rows), part).values()} == {"part_of_month"}
    assert {name: each.reason for name, each in measured(without, part).items()} == {TOKENS_WRITTEN: "part_of_month"}


@pytest.mark.costly
def test_prices_declared_after_the_import_are_those_of_the_rows(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", BY_HAND, declared("{}"))
    file = workspace.home / "systems" / "writer.yaml"
    file.write_text(system_text("writer", declared(), kind="generation"), encoding="utf-8")
    assert measured(Workspace(workspace.home)) == measured(made(tmp_path / "known", BY_HAND))


@pytest.mark.costly
def test_a_price_that_changed_within_a_purged_month_leaves_its_tokens_known(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", BY_HAND, declared("{small: [{since: 2026-01-01, input: 0.5, output: 2}]}"))
    purge(workspace, before=dt.date(2026, 4, 1))
    file = workspace.home / "systems" / "writer.yaml"
    file.write_text(system_text("writer", declared(), kind="generation"), encoding="utf-8")
    found = measured(Workspace(workspace.home))
    assert (found[COST].reason, found[TOKENS_READ].value) == ("not_counted", 52_110)


@pytest.mark.parametrize(
    ("prices", "told", "columns"),
    [
        ("{small: []}", "`prices.small` gives no price", {}),
        ("{small: [{since: 2026-01-01, input: 1}]}", "generations.calls.prices.small.0.output", {}),
        ("{small: [{since: 2026-01-01, input: -1, output: 1}]}", "generations.calls.prices.small.0.input", {}),
        ("{small: [{since: 2026-01-01, input: .nan, output: 1}]}", "generations.calls.prices.small.0.input", {}),
        ("{small: [{since: soon, input: 1, output: 1}]}", "generations.calls.prices.small.0.since", {}),
        (
            "{small: [{since: 2026-01-01, input: 1, output: 1}, {since: 2026-01-01, input: 2, output: 1}]}",
            "`prices.small: 2026-01-01` has two prices from the same day",
            {},
        ),
        (f"{{{'m' * 61}: [{{since: 2026-01-01, input: 1, output: 1}}]}}", "too long to be the name of a model", {}),
        ("{small: [{since: 2026-01-01, input: 1, output: 1}]}", "`tokens_in`", {"tokens_in": None}),
        ("{small: [{since: 2026-01-01, input: 1, output: 1}]}", "`tokens_out`", {"tokens_out": None}),
        ("{small: [{since: 2026-01-01, input: 0, output: 1}]}", "`model_version`", {"model_version": None}),
    ],
)
def test_a_price_that_cannot_be_is_refused_where_it_is_written(
    tmp_path: Path, prices: str, told: str, columns: dict[str, str | None]
) -> None:
    with pytest.raises(SystemFileError) as refused:
        workspace_of(tmp_path / "w", declared(prices, **columns)).system("writer")
    error = refused.value
    assert told in f"{error.where} {error.what} {error.next_step}"
