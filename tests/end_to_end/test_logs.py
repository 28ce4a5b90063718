"""Uses, calls, first messages, accounts and agents from their log to the verdict; sealed, and checked without us."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from boussole.audits.counts.corrections import read_logs
from boussole.audits.lake import reading
from boussole.audits.metrics.cases import UNTRAINED_SHARE, use_measures
from boussole.audits.retention.rotation import rotate
from boussole.audits.systems.logs.usage import SMALL, UNTRAINED
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.answers.short import provider_share
from boussole.dashboard.views.answers.small_print import review_words
from tests.audits.privacy.helpers import found_in_clear, found_when_opened, rows_of
from tests.charter.builders import plain
from tests.conftest import Run
from tests.end_to_end.chain import MARCH, answer, audit, bring, confirm, measure, of, offers, report, same_without_cubes

USAGE = "usage: {id: use, at: at, purpose: purpose, team: team, purposes: [match]}"


def spread(n: int, until: int) -> list[pd.Timestamp]:
    """So many moments, of which the first is on a day of March, the last on the 4th, the others between."""
    return [pd.Timestamp(2026, 3, day, 11) for day in np.linspace(until, 4, n).astype(int)]


def used(home: Path, *, uses: int = 0, other: int = 0, unlabelled: int = 0, log: str = USAGE, until: int = 31):
    """So many uses for what is declared, so many for something else, so many that do not say for what."""
    workspace = offers(home, log)
    said = ["match"] * uses + ["control"] * other + [None] * unlabelled
    logged = pd.DataFrame({"purpose": said, "at": spread(len(said), until)})
    logged["use"] = [f"u{i}" for i in range(len(said))]
    logged["team"] = [f"T{i % 30}" for i in range(len(said))]
    if log and len(logged):
        bring(workspace, logged, "usage")
    return workspace


COLUMNS = "id: call, at: at, input: null, output: null, model_version: model, provider: by, place: where, team: team"
ALLOWED = "places: [Paris, Lyon], providers: [mistral ai]"
HERE_CALL: tuple[Any, ...] = ("Mistral AI", "Paris", "small")
OUTSIDE, ROME = ("Other", "Dublin", "big"), ("Other", "Rome", "big")


def called(home: Path, *calls: tuple[tuple[Any, ...], int], allowed: str = ALLOWED, until: int = 31) -> Workspace:
    """So many calls of each kind (provider, place, model), up to a day of March."""
    workspace = offers(home, f"generations: {{{COLUMNS}{f', calls: {{{allowed}}}' if allowed else ''}}}")
    rows = [kind for kind, n in calls for _ in range(n)]
    logged = pd.DataFrame(rows, columns=["by", "where", "model"], dtype="string")
    logged["at"] = pd.Timestamp(2026, 3, until, 11)
    logged["call"] = [f"c{i}" for i in range(len(rows))]
    logged["team"] = [f"T{i % 30}" for i in range(len(rows))]
    if rows:
        assert bring(workspace, logged, "generations").quarantined == 0
    return workspace


CONTACTS = (
    "contacts: {person: who, at: sent, kind: kind, template: template,"
    " notices: {A1: {approved_on: 2026-01-05}, B1: {missing: too long}}}"
)


def written_to(home: Path, *templates: tuple[str | None, int], log: str = CONTACTS, until: int = 31) -> Workspace:
    """One first message to each person, from these templates, up to a day of March."""
    given = [template for template, n in templates for _ in range(n)]
    workspace = offers(home, log, people=max(len(given), 60))
    sent = pd.DataFrame({"who": [f"p{i}" for i in range(len(given))], "template": given, "kind": "contact"})
    bring(workspace, sent.assign(sent=spread(len(sent), until)), "contacts")
    return workspace


ACCOUNTS = (
    "accounts: {account: login, at: day, second_factor: mfa, role: role, rights: rights, needs: {adviser: [read]}}"
)


def exported(home: Path, *, bare: int = 0, others: int = 200, needless: int = 0, untold: int = 0) -> Workspace:
    """So many accounts without a second factor, with one (of these so many with a right too many), and untold."""
    workspace = offers(home, ACCOUNTS)
    export = pd.DataFrame({"mfa": ["no"] * bare + ["yes"] * others + [None] * untold, "day": dt.date(2026, 3, 31)})
    export["login"] = [f"k{i}" for i in range(len(export))]
    export["rights"] = ["read"] * (bare + others - needless) + ["read;export"] * needless + ["read"] * untold
    bring(workspace, export.assign(role="adviser"), "accounts")
    return workspace


Made = Callable[..., Workspace]
QUESTIONS: dict[Made, str] = {
    used: "undeclared_use",
    called: "where_models_run",
    written_to: "told_it_is_ai",
    exported: "needless_access",
}
BARE, UNSAID = (None, "Paris", "x"), (None, None, "x")
CASES: list[tuple[Made, tuple[Any, ...], dict[str, Any], tuple[str, str], str]] = [
    (used, (), {"uses": 1000}, ("kept", "logged_none"), "Aucun des 1 000 usages qui disent à quoi ils servent"),
    (used, (), {"uses": 1000}, ("kept", "logged_none"), "jusqu'à 0,3 usages à venir sur 100"),  # 3 in 1,000
    (used, (), {"uses": 1000, "unlabelled": 10}, ("kept", "logged_none"), "10 autres usages ne disent pas"),
    (used, (), {"uses": 1000, "unlabelled": 11}, ("watch", "logged_unlabelled"), "au-delà de 1 sur 100"),
    (used, (), {"uses": 1000, "other": 2, "unlabelled": 40}, ("watch", "logged_case"), "2 qui sortent de ce qui est"),
    (used, (), {"uses": 1000, "other": 2, "outcome": "confirmed"}, ("broken", "case_confirmed"), "confirmé"),
    (used, (), {"unlabelled": 40}, ("watch", "logged_unlabelled"), "40 usages ne disent pas à quoi ils servent"),
    (used, (), {"uses": 9}, ("unknown", "small_group"), "masqué"),
    (used, (), {"uses": 9, "other": 1}, ("watch", "logged_hidden"), "aucun nombre n'est donné"),
    (used, (), {}, ("not_examined", "no_measure"), "Pas examiné"),
    (used, (), {"log": ""}, ("not_examined", "no_purposes"), "Il faudrait"),
    (used, (), {"uses": 9, "log": "usage: {id: use, at: at, purpose: purpose}"}, ("not_examined", "no_purposes"), ""),
    (used, (), {"uses": 1000, "until": 10}, ("unknown", "log_stops"), "s'arrête le 10 mars 2026, 21 jours avant"),
    (used, (), {"uses": 1000, "other": 2, "until": 10}, ("watch", "logged_case"), ""),
    (used, (), {"uses": 1000, "until": 27}, ("unknown", "log_stops"), ""),
    (used, (), {"uses": 1000, "until": 28}, ("kept", "logged_none"), ""),  # a weekend
    (called, ((HERE_CALL, 1000),), {}, ("kept", "logged_none"), "Aucun des 1 000 appels qui disent où ils ont tourné"),
    (called, ((HERE_CALL, 1000), (BARE, 11)), {}, ("watch", "logged_unlabelled"), "au-delà de 1 sur 100"),
    (called, ((HERE_CALL, 993), (OUTSIDE, 7)), {}, ("watch", "logged_case"), "liste : Other, Dublin, big (7)."),
    (called, ((HERE_CALL, 99), ((None, "Oslo", None), 1)), {}, ("watch", "logged_case"), "non dit, Oslo, non dit (1)"),
    (called, ((UNSAID, 40),), {}, ("watch", "logged_unlabelled"), "40 appels ne disent pas où ils ont tourné"),
    (called, ((HERE_CALL, 9), (OUTSIDE, 1)), {}, ("watch", "logged_hidden"), "aucun nombre n'est donné"),
    (called, ((HERE_CALL, 50),), {"allowed": "models: {}"}, ("not_examined", "no_allowed_places"), "Il faudrait"),
    (called, ((HERE_CALL, 500),), {"until": 10}, ("unknown", "log_stops"), "s'arrête"),
    (written_to, (("A1", 300),), {}, ("kept", "logged_none"), "Sur 300 personnes dont le premier message du journal"),
    (written_to, (("A1", 299), (None, 1)), {}, ("watch", "logged_unlabelled"), "Un premier message ne nomme pas"),
    (written_to, (("A1", 298), ("C9", 2)), {}, ("watch", "logged_case"), "2 n'ont pas été prévenues par une mention"),
    (written_to, (("A1", 298), ("B1", 2)), {}, ("broken", "logged_lacking"), "manque la mention dans le modèle de 2"),
    (written_to, (("A1", 298), ("B1", 2)), {"outcome": None}, ("broken", "logged_lacking"), "il manque la mention"),
    (written_to, (("A1", 9), ("C9", 1)), {}, ("watch", "logged_hidden"), "aucun nombre n'est donné"),
    (written_to, (("A1", 300),), {"until": 10}, ("unknown", "log_stops"), "s'arrête"),
    (written_to, (("A1", 299), ("B1", 1)), {"until": 10}, ("broken", "logged_lacking"), ""),
    (written_to, (("A1", 1),), {"log": "contacts: {person: who, at: sent, kind: kind}"},
     ("not_examined", "no_notices"), "Il faudrait"),
    (exported, (), {}, ("kept", "logged_none"), "200 comptes dont l'export le dit, tous demandent un second facteur"),
    (exported, (), {"bare": 20}, ("broken", "logged_lacking"), "20 ne demandent aucun second facteur"),
    (exported, (), {"bare": 1}, ("broken", "logged_hidden"), "aucun nombre n'est donné"),
    (exported, (), {"needless": 3}, ("watch", "logged_beyond"), "Au plus 11 comptes ont des droits dont leur rôle"),
    (exported, (), {"untold": 1}, ("watch", "logged_unlabelled"), "L'export n'en dit pas assez sur au plus 11 comptes"),
    (exported, (), {"others": 5}, ("unknown", "small_numerator"), "masqué"),
    (exported, (), {"bare": 20, "needless": 15}, ("broken", "logged_lacking"), "Au plus 15 comptes ont des droits"),
]  # fmt: skip


def logged(home: Path, made: Made, rows: tuple[Any, ...], given: dict[str, Any]) -> Workspace:
    """A workspace with that log, and with a case of it that somebody reported."""
    workspace = made(home, *rows, **{name: value for name, value in given.items() if name != "outcome"})
    if "outcome" in given:
        report(workspace, QUESTIONS[made], given["outcome"])
    return workspace


@pytest.mark.costly
@pytest.mark.parametrize(("made", "rows", "given", "expected", "told"), CASES)
def test_the_verdict_follows_the_log(  # noqa: PLR0917 (the cases of one table)
    tmp_path: Path, made: Made, rows: tuple[Any, ...], given: dict[str, Any], expected: tuple[str, str], told: str
) -> None:
    workspace = logged(tmp_path / "w", made, rows, given)
    document = audit(workspace, dry_run=True)
    assert answer(document, QUESTIONS[made]) == expected
    assert told in plain(of(document, QUESTIONS[made]).sentence["fr"])
    assert same_without_cubes(workspace, document)


@pytest.mark.costly
@pytest.mark.parametrize(
    ("made", "rows", "given"),
    [
        (used, (), {"uses": 400, "other": 2, "unlabelled": 3}),
        (used, (), {"uses": 5, "other": 1}),
        (used, (), {"uses": 400, "until": 10}),
        (called, ((HERE_CALL, 990), (OUTSIDE, 7), (ROME, 2), ((None,) * 3, 1)), {"outcome": "confirmed"}),
        (written_to, (("A1", 90), ("C9", 1), (None, 1)), {}),
        (written_to, (("A1", 90), ("B1", 2)), {}),
        (exported, (), {"bare": 20, "needless": 15}),
        (exported, (), {"bare": 1}),
        (exported, (), {"untold": 1}),
    ],
)
def test_it_is_sealed_computed_again_and_checked_without_us(
    tmp_path: Path, made: Made, rows: tuple[Any, ...], given: dict[str, Any]
) -> None:
    workspace = logged(tmp_path / "w", made, rows, given)
    audit(workspace)
    confirm(workspace, tmp_path)


@pytest.mark.costly
@pytest.mark.parametrize(("until", "code"), [(10, 1), (31, 0)])
def test_a_build_does_not_pass_on_a_log_that_stops(tmp_path: Path, command: Run, until: int, code: int) -> None:
    workspace = used(tmp_path / "w", uses=1000, until=until)
    days = ("--from", "2026-03-01", "--to", "2026-03-31")
    done = command("--workspace", workspace.home, "audit", "--system", "offers", *days, "--fail-on", "broken")
    assert done.returncode == code, done.stderr
    assert ("--fail-on: a log lacks days of the period" in done.stderr) == bool(code)


@pytest.mark.costly
def test_which_calls_there_are_and_where_they_went_is_told(tmp_path: Path) -> None:
    """Kinds with fewer than eleven calls are told together, with the next fewest."""
    calls = (HERE_CALL, 100), (ROME, 12), (("Other", "Rome", "old"), 6), ((None,) * 3, 1)
    document = audit(called(tmp_path / "w", *calls), dry_run=True)
    outside = of(document, "where_models_run").logged.outside
    assert [(each.place, each.n) for each in outside] == [("Rome", 12), ("Rome", 6)]
    found = measure(document, "calls_outside_allowed_share")
    assert (found.value, found.n, found.params.get("unlabelled")) == (18 / 118, 118, 1)
    assert [list(each) for each in found.params.get("by_call")] == [["Mistral AI", "Paris", "small", 100]]


def test_the_share_of_one_provider_is_told_with_its_forecast_and_never_judged(tmp_path: Path) -> None:
    points = {"2024-10-01": 0.35, "2025-04-01": 0.44, "2025-10-01": 0.55, "2026-03-01": 0.61, "2026-09-01": 0.9}
    history = ", ".join(f"{{day: {day}, share: {share}}}" for day, share in points.items())
    aim = f"components: {{provider: Mistral AI, share: 1, by: 2027-06-30, history: [{history}]}}"
    workspace = called(tmp_path / "w", (HERE_CALL, 100), allowed=f"{ALLOWED}, {aim}")
    document = audit(workspace)
    found = measure(document, "provider_share_forecast")
    assert (found.n, found.params.get("now")) == (4, 0.61)  # what comes after the window is not known yet
    told = provider_share(document, of(document, "where_models_run"), speaker("en"))
    assert "on 1 March 2026, 61 in 100 of its components came from Mistral AI" in told
    assert f"that will be {100 * found.value:.0f} in 100 on 30 June 2027" in told
    assert provider_share(document, document.verdicts[0], speaker("en")) == ""
    confirm(workspace, tmp_path, packs=["all"])


TRAINING = "usage: {id: use, at: at, agent: login, team: team, trained_on: trained}"


def by_agents(workspace: Workspace, rows: list[tuple]) -> None:
    """Each use: agent, team, when, trained on."""
    frame = pd.DataFrame(rows, columns=["login", "team", "at", "trained"])
    assert bring(workspace, frame.assign(use=[f"u{i}" for i in range(len(frame))]), "usage").quarantined == 0


# Of one team of eleven agents in March: uses of each (day, trained on), and whether the agent counts as not trained.
AGENTS: list[tuple[list[tuple[str, str | None]], bool]] = [
    ([("03-04", "2026-03-03")], False),
    ([("03-04", "2026-03-04")], False),  # by that day
    ([("03-04", "2026-03-05")], True),
    ([("03-04", None)], True),
    ([("03-04", None), ("03-09", "2026-03-08")], True),  # trained later, which later rows tell
    ([("03-04", "2025-01-01"), ("03-09", None)], False),
    ([("03-20", "2026-03-10"), ("03-12", "2026-03-10")], False),
    ([("03-20", "2026-03-10"), ("03-08", "2026-03-10")], True),
    ([("03-04", "2024-06-01")] * 9, False),  # counts once
    ([("02-04", None), ("03-04", "2026-03-01")], False),  # not in February, and then
    ([("03-31", "2026-04-01")], True),
]


@pytest.mark.costly
def test_agents_are_counted_by_hand_and_stand_nowhere_in_clear(tmp_path: Path) -> None:
    workspace = offers(tmp_path / "w", TRAINING)
    large = [(f"agent {i}", "A", f"2026-{on} 11:00", t) for i, (days, _) in enumerate(AGENTS) for on, t in days]
    moved = [("agent 0", "B", "2026-03-20 11:00", None)]  # of the team of the first use
    small = [(f"CANARY-{i}", "B", "2026-03-04 11:00", None) for i in range(10)]  # nine others would be enough
    nobody = [(None, "A", "2026-03-04 11:00", None)] * 3
    by_agents(workspace, [*large, *moved, *small, *nobody])
    system = workspace.system("offers")
    for turned in (False, True):
        with reading(workspace) as connection:
            read = {exact: read_logs(connection, system, MARCH, exact=exact)["usage"] for exact in (False, True)}
        assert read[False].equals(read[True])
        rows = read[False].to_pylist()
        cases = [each["n"] for each in rows if each["part"] == UNTRAINED and each["decision"]]
        every = [each["n"] for each in rows if each["part"] == UNTRAINED]
        left = {each["decision"]: each["n"] for each in rows if each["part"] == SMALL}
        assert (sum(cases), sum(every), left) == (sum(case for _, case in AGENTS), 11, {0: 11, 1: 10})
        if not turned:
            rotate(workspace)
    assert found_when_opened(workspace, [b"CANARY-7"]) == found_in_clear(workspace, [b"CANARY-7"]) == set()
    assert len(rows_of(workspace, "SELECT DISTINCT agent FROM lake.offers.usage WHERE agent IS NOT NULL")) == 21
    with reading(workspace) as connection:
        (found,) = use_measures(read_logs(connection, system, MARCH)["usage"], system)
        february = Window(dt.date(2026, 2, 1), dt.date(2026, 2, 28))
        (few,) = use_measures(read_logs(connection, system, february)["usage"], system)
        (part,) = use_measures(read_logs(connection, system, Window(MARCH.start, dt.date(2026, 3, 9)))["usage"], system)
    assert (found.metric, found.value, found.n) == (UNTRAINED_SHARE, 5 / 11, 11)
    assert (few.status, few.reason) == ("suppressed", "small_teams")
    assert few.params == {"bad_side": "above", "scale": "share"}
    assert (part.status, part.reason) == ("undefined", "part_of_month")


@pytest.mark.costly
def test_the_verdict_follows_who_was_trained(tmp_path: Path) -> None:
    """Of each of thirty teams of twenty agents, three were not."""
    workspace = offers(tmp_path / "w", TRAINING)
    trained = [None if i < 3 else "2026-01-09" for i in range(20)]
    rows = [(f"{t} {i}", f"T{t}", "2026-03-31 11:00", on) for t in range(30) for i, on in enumerate(trained)]
    by_agents(workspace, [*rows, ("alone", "T", "2026-03-30 11:00", None)])
    document = audit(workspace)
    (found,) = [each for each in document.verdicts if each.indicator == "users_trained"]
    assert (found.verdict, found.reason) == ("watch", "beyond_watch")
    share = measure(document, UNTRAINED_SHARE)
    assert (share.value, share.n, share.params.get("left_out")) == (3 / 20, 600, 1)
    # Teams are alike: as if agents were independent of one another.
    ends = proportion_confint(90, 600, method="wilson")
    assert (share.interval.low, share.interval.high) == pytest.approx(ends, abs=3e-3)
    assert "Sur 100 agents qui l’ont employé dans un mois, 15 n’étaient pas formés" in found.sentence["fr"]
    assert "600 agents counted" in review_words(document, found, speaker("en"))
    confirm(workspace, tmp_path)


def test_without_agents_in_the_log_records_alone_answer(tmp_path: Path) -> None:
    document = audit(used(tmp_path / "w", uses=9), dry_run=True)
    assert not [each for each in document.verdicts if each.indicator == "users_trained"]
    assert [each for each in document.verdicts if each.number == "2.5"]
