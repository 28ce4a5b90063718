"""Real files from proposal to verdict by the commands of the quick start alone, each as its publication has it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from boussole.audits.systems.gaps import MARK, gap_names
from boussole.audits.workspace import Workspace
from boussole.charter.records import stored_audits
from tests.sparing import slow_case

Run = Callable[..., "subprocess.CompletedProcess[str]"]
REGISTER: dict[str, str | None] = {
    "title": "{fr: Essai, en: Test}",
    "purpose": '{fr: "Ce qui a été publié.", en: "What was published."}',
    "owner": "Research",
    "status": "retired",
    "risk": None,
    "timezone": None,
}
"""What a person writes in the marked lines that each proposal has; None: what stands there is right."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """A file, what a person writes in its marked lines, and what its publication says of it."""

    file: str
    answers: Mapping[str, str | None]
    decisions: int
    rates: Mapping[str, Mapping[str, float]]
    """Measures by their id and group, in percent with as many digits as were published."""
    verdicts: Mapping[str, tuple[str, ...]]
    """Questions: their verdict, and words of the answer, or others that it may have instead."""
    digits: int = 2
    asked: tuple[str, ...] = ()
    days: tuple[str, ...] = ()


def compared(done: str, group: str, reference: str, count: int) -> str:
    return f"{count} people are {done} in the group “{group}” where 100 are in the group “{reference}”"


BY_CHANCE = "broken or watch"
"""Offers are the clusters, put in buckets by a key that each workspace draws: the interval ends at 79 or 80 of 100."""
RACES = {  # ProPublica and Aequitas on the same people
    "selection_rate_ratio_origin": ("broken", compared("flagged", "African-American", "Caucasian", 169)),
    "false_positive_rate_difference_origin": ("broken", "44.85 are wrongly flagged in the group “African-American”"),
}
FILES = {
    "compas": Published(
        file="compas/compas-scores-two-years.csv",
        answers={
            "timezone": "America/New_York",
            "columns.decision.column": None,
            "columns.outcome.column": "two_year_recid",
            "columns.outcome.matures_after_days": "730",
        },
        days=("--from", "2013-01-01", "--to", "2014-12-31"),
        decisions=7214,
        rates={
            "false_positive_rate/origin": {"African-American": 44.85, "Caucasian": 23.45},
            "false_negative_rate/origin": {"African-American": 27.99, "Caucasian": 47.72},
        },
        verdicts=RACES,
    ),
    "aequitas": Published(
        file="aequitas/compas_for_aequitas.csv",
        answers={
            "columns.period": "2014-12-31",
            "columns.favourable": "false",
            "columns.outcome.matures_after_days": None,
        },
        decisions=7214,
        digits=4,
        rates={"false_positive_rate/origin": {"African-American": 44.8468, "Caucasian": 23.4543, "Hispanic": 21.4815}},
        verdicts=RACES,
    ),
    "callbacks": Published(
        file="bertrand_mullainathan/openintro_resume.csv",
        answers={"columns.period": "2002-05-31"},
        decisions=4870,
        rates={"selection_rate/origin": {"white": 9.65, "black": 6.45}},
        verdicts={"selection_rate_ratio_origin": (BY_CHANCE, compared("selected", "black", "white", 67))},
    ),
    "admissions": Published(
        file="ucb_admissions/datasets_UCBAdmissions.csv",
        answers={"columns.period": "1973-09-30"},
        asked=("--control", "Dept"),
        decisions=4526,
        digits=1,
        rates={"selection_rate/gender": {"Male": 44.5, "Female": 30.4}},
        verdicts={
            "selection_rate_ratio_gender": ("broken", compared("selected", "Female", "Male", 68)),
            "adjusted_selection_rate_ratio_gender": ("kept", "106 people"),
        },
    ),
    "gender2": Published(
        file="french_callback/gender2.csv",
        answers={"columns.period": "2015-02-28"},
        decisions=564,
        rates={"selection_rate/gender": {"Man": 20.57, "Woman": 12.77}},
        # Asked of two attributes and both crossed: p is about 0.017, as buckets fall, and a third of 5 % is 0.0167.
        verdicts={"selection_rate_ratio_gender": ("watch or unknown", compared("selected", "Woman", "Man", 62))},
    ),
    "origin2": Published(
        file="french_callback/origin2.csv",
        answers={
            "columns.period": "2006-09-30",
            "groups.origin": '{column: origin, title: {fr: Origine, en: Origin}, reference: "FFF"}',
        },
        decisions=936,
        rates={"selection_rate/origin": {"FFF": 16.67, "FMF": 10.68, "FMM": 5.98, "MMM": 4.70}},
        # Each origin wrote twice to an offer, and was mostly answered alike: 468 rows tell as much as some 300, and a
        # twelfth of 5 % asks 0.4 % of them. As buckets fall, either of the two groups is the surest to be below.
        verdicts={
            "selection_rate_ratio_origin": (
                BY_CHANCE,
                compared("selected", "MMM", "FFF", 28),
                compared("selected", "FMM", "FFF", 36),
            )
        },
    ),
}


@dataclass
class Desk:
    """Somebody at a terminal in a workspace of their own."""

    run: Run
    home: Path
    data: Path

    def __call__(self, *arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = self.run(*arguments, cwd=self.home)
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        return done


@pytest.fixture
def desk(command: Run, tmp_path: Path, real_data: Path) -> Desk:
    assert command("init", "my-workspace", cwd=tmp_path).returncode == 0
    settings = tmp_path / "my-workspace" / "boussole.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + 'language = "en"\n', encoding="utf-8")
    return Desk(command, tmp_path / "my-workspace", real_data)


def fill_in(text: str, answers: Mapping[str, str | None]) -> str:
    """Each marked line gets its answer and loses its mark: as many marks as answers, or it fails."""
    names = iter(gap_names(text))
    written, left = [], dict(answers)
    for line in text.splitlines():
        plain, mark, _ = line.partition(f"  # {MARK}: ")
        if mark:
            name = next(names)[0]
            answer = left.pop(name)
            key = plain.partition(":")[0]
            plain = plain if answer is None else f"{key}: {answer}"
        written.append(plain)
    assert left == {}
    return "\n".join(written) + "\n"


@pytest.mark.costly
@pytest.mark.parametrize("name", [name if name == "aequitas" else slow_case(name) for name in FILES])
def test_a_file_gets_the_verdict_of_its_publication(desk: Desk, name: str) -> None:
    asked = FILES[name]
    data, file = desk.data / asked.file, desk.home / f"{name}.yaml"
    desk("systems", "new", "--from", data, "--id", name, "--out", file.name, *asked.asked)
    guessed = desk("audit", "--dry-run", data, "--system-file", file.name)
    assert f"still {MARK}" in guessed.stderr
    assert "At equal numbers" in guessed.stdout  # in the language of the workspace that one stands in
    desk("systems", "add", file.name)
    for refused in (("import", data, "--system", name), ("audit", "--system", name)):
        assert f"are still `{MARK}`" in desk(*refused, code=2).stderr
    assert stored_audits(Workspace(desk.home)) == []

    file.write_text(fill_in(file.read_text(encoding="utf-8"), REGISTER | asked.answers), encoding="utf-8")
    desk("systems", "add", file.name, "--replace")
    brought = desk("import", data, "--system", name)
    assert "0 set aside" in brought.stderr
    document = json.loads(desk("audit", "--system", name, *asked.days, "--json", "-").stdout)
    hold(document, asked)
    assert len(stored_audits(Workspace(desk.home))) == 1
    desk("verify", "--ledger", code=3)


def hold(document: dict[str, Any], asked: Published) -> None:
    """A document says what was published."""
    assert (document["decisions"], document["left_out"]["set_aside"]) == (asked.decisions, 0)
    measures = {each["id"]: each for each in document["measures"]}
    for name, rates in asked.rates.items():
        found = {group: round(100 * measures[f"{name}={group}"]["value"], asked.digits) for group in rates}
        assert found == rates
    verdicts = {each["indicator"]: each for each in document["verdicts"]}
    for indicator, (verdict, *words) in asked.verdicts.items():
        told = verdicts[indicator]
        assert any(each in told["sentence"]["en"] for each in words), told["sentence"]["en"]
        assert told["verdict"] in verdict.split(" or ")
