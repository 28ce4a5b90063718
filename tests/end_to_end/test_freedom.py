"""Messages to people from their log to the verdict: judged, sealed, computed again, and checked without us."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from boussole.audits.cubes.update import rebuild
from boussole.audits.decisions import ingest
from boussole.audits.lake import writing
from boussole.audits.retention.purge import purge
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.auditing.rerun import chosen, rerun
from boussole.charter.document import AuditDocument
from boussole.charter.judging.by_article import current
from boussole.charter.record_types.kinds import Case, Inspection, Review
from boussole.charter.records.facts import facts_of
from boussole.charter.records.statements import seal as state
from boussole.charter.text.loading import load_charter
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.answer.view import not_known
from boussole.dashboard.views.answers.asked import levels_words
from boussole.dashboard.views.answers.short import figures, short_answer
from tests.end_to_end.chain import confirm, verify_packs
from tests.written import system_text

SYSTEM = system_text(
    "offers",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: contacted, selected: [true], not_selected: [false]}
  person: who
CONTACTS
groups: {gender: {column: gender, reference: M}}
""",
    kind="ranking",
)
CONTACTS = "contacts: {person: who, at: sent, kind: kind}"
PEOPLE = 2000


def made(
    home: Path, *, late: int = 0, again: int = 0, contacts: str = CONTACTS, until: dt.date = dt.date(2026, 4, 1)
) -> Workspace:
    """Each person is written to once on a Wednesday at 11, so many at 21 instead, so many five times in a week."""
    workspace = Workspace.create(home)
    (home / "systems" / "offers.yaml").write_text(SYSTEM.replace("CONTACTS", contacts), encoding="utf-8")
    workspace = Workspace(home)
    people = [f"p{i}" for i in range(PEOPLE)]
    decided = pd.DataFrame({"ref": people, "day": dt.date(2026, 3, 4), "contacted": True, "who": people})
    decided["gender"] = ["F", "M"] * (PEOPLE // 2)
    bring(workspace, decided, "decisions")
    if contacts:
        at = [pd.Timestamp(2026, 3, 4, 21 if i < late else 11, 5) for i in range(PEOPLE)]
        messages = [pd.DataFrame({"who": people, "sent": at, "kind": "contact"})]
        messages += [
            pd.DataFrame({"who": people[-again:], "sent": pd.Timestamp(2026, 3, day, 15), "kind": "contact"})
            for day in (5, 6, 9, 10)
            if again
        ]
        last = pd.Timestamp(until.year, until.month, until.day, 11)
        messages.append(pd.DataFrame({"who": [f"p{PEOPLE // 2}"], "sent": last, "kind": "contact"}))
        bring(workspace, pd.concat(messages), "contacts")
    return workspace


def bring(workspace: Workspace, frame: pd.DataFrame, log) -> None:
    path = workspace.home.parent / f"{log}-{len(list(workspace.home.parent.glob('*.parquet')))}.parquet"
    frame.to_parquet(path)
    ingest(workspace, workspace.system("offers"), path, log=log)


def audit(workspace: Workspace, **more) -> AuditDocument:
    return run_audit(workspace, workspace.system("offers"), start=dt.date(2026, 3, 1), end=dt.date(2026, 3, 31), **more)


def answers(document: AuditDocument) -> dict[str, tuple[str, str | None]]:
    return {each.template or "": (each.verdict, each.reason) for each in document.verdicts}


@pytest.mark.costly
@pytest.mark.parametrize(
    ("late", "again", "hours", "often"),
    [(200, 0, "broken", "kept")],
)
def test_verdicts_follow_the_messages(tmp_path: Path, late: int, again: int, hours: str, often: str) -> None:
    document = audit(made(tmp_path / "w", late=late, again=again), dry_run=True)
    found = answers(document)
    assert (found["decent_hours"][0], found["not_too_often"][0]) == (hours, often)
    assert document == audit(Workspace(tmp_path / "w"), dry_run=True, exact=True).changed(snapshot=document.snapshot)
    told = {each.template: each.sentence["fr"] for each in document.verdicts}
    for measure in document.measures:
        if measure.params.scale == "share":  # pages tell it in the words of its sentence
            system = Workspace(tmp_path / "w").system("offers")
            assert figures(measure, speaker("fr"), system=system, title="Offers") == ""
    if late == 60:  # of 2,240 messages
        assert "Sur 100 messages, 2,7 sont partis hors des heures décentes" in told["decent_hours"]
        assert (
            "Sur 100 personnes à qui l’on a écrit, 3 ont reçu plus de 4 messages en 30 jours" in told["not_too_often"]
        )
    if not late:
        assert told["decent_hours"].startswith("Oui. Sur 100 messages, 0 sont partis hors des heures décentes")


@pytest.mark.costly
def test_a_system_without_messages_is_not_examined_and_its_evidence_is_what_it_was(tmp_path: Path) -> None:
    document = audit(made(tmp_path / "w", contacts=""), dry_run=True)
    assert answers(document)["decent_hours"] == ("not_examined", "no_contacts")
    assert not [each for each in document.measures if each.metric.endswith("_share") and "hours" in each.metric]


@pytest.mark.slow
def test_it_is_sealed_computed_again_and_checked_without_us(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", late=60, again=5)
    sealed = audit(workspace)
    assert answers(sealed)["decent_hours"][0] == "watch"
    confirm(workspace, tmp_path)
    with writing(workspace) as connection:
        connection.execute(
            "UPDATE lake.offers.contacts_counted SET cases = cases + 1 WHERE part = 'hours' AND cases > 0"
        )
    (found,) = rerun(workspace, chosen(workspace))
    assert "contacts" in found.recount.stale


@pytest.mark.costly
def test_days_that_are_no_whole_months_are_checked_without_us(tmp_path: Path) -> None:
    """Nothing is told of them, and no test decides what is not tolerated at all."""
    workspace = with_stops(tmp_path / "w", stops=40, ignored=0)
    system = workspace.system("offers")
    sealed = run_audit(workspace, system, start=dt.date(2026, 3, 2), end=dt.date(2026, 4, 1))
    assert answers(sealed)["stop_is_respected"] == ("unknown", "part_of_month")
    verify_packs(workspace, tmp_path)


@pytest.mark.slow
def test_counts_stay_when_their_rows_are_purged_and_late_messages_of_that_month_do_not_count(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", late=60)
    sealed = audit(workspace)
    purge(workspace, before=dt.date(2026, 4, 1))
    assert answers(audit(workspace, dry_run=True))["decent_hours"] == answers(sealed)["decent_hours"]
    with writing(workspace) as connection:
        rebuild(connection, workspace.system("offers"))
    assert answers(audit(workspace, dry_run=True))["decent_hours"] == answers(sealed)["decent_hours"]
    (found,) = rerun(workspace, chosen(workspace))
    assert found.ok, found


def with_stops(home: Path, *, stops: int, ignored: int, until: dt.date = dt.date(2026, 4, 1)) -> Workspace:
    """So many people say STOP on the evening of their message; so many of them get another one a week later."""
    workspace = made(home, until=until)
    stop = {"sent": pd.Timestamp(2026, 3, 4, 18), "kind": "STOP"}
    said = pd.DataFrame({"who": [f"p{i}" for i in range(stops)], **stop})
    again = pd.DataFrame({"who": [f"p{i}" for i in range(ignored)], "sent": pd.Timestamp(2026, 3, 11, 15)})
    other = pd.DataFrame({"who": [f"p{PEOPLE - 1}"], "sent": pd.Timestamp(2026, 3, 6, 15), "kind": "contact"})
    bring(workspace, pd.concat([each for each in (said, again.assign(kind="contact"), other) if len(each)]), "contacts")
    return workspace


def report(workspace: Workspace, outcome: str | None = None, *, happened_on: dt.date = dt.date(2026, 3, 11)) -> None:
    """A case of the log, and what a human found of it; one that nobody has looked at yet is reported today."""
    on = dt.date(2026, 4, 2) if outcome else dt.datetime.now(dt.UTC).date()
    said = {"role": "Committee", "on": on}
    case = Case(indicator="stop_is_respected", system="offers", happened_on=happened_on, **said)
    entry = state(workspace, case).entry
    if outcome:
        state(workspace, Review(of=entry, outcome=outcome, system="offers", **said))


@pytest.mark.costly
@pytest.mark.parametrize(
    ("stops", "ignored", "reviews", "expected", "told"),
    [
        (10, 1, (), ("watch", "logged_hidden"), "aucun nombre n’est donné"),
        (60, 0, (), ("kept", "logged_none"), "Aucune des 60 personnes qui avaient dit STOP"),
        (60, 2, (), ("watch", "logged_case"), "le journal en montre 2 qui ont reçu un message plus de 24 heures après"),
        (60, 2, ("refuted", "refuted"), ("unknown", "logged_refuted"), "il s’agit peut-être d’autre chose"),
        (60, 2, ("confirmed",), ("broken", "case_confirmed"), "confirmé par une personne"),
    ],
)
def test_one_message_after_a_stop_is_watched_until_a_human_confirms_it(  # noqa: PLR0917 (the cases of one table)
    tmp_path: Path, stops: int, ignored: int, reviews: tuple[str | None, ...], expected: tuple[str, str], told: str
) -> None:
    workspace = with_stops(tmp_path / "w", stops=stops, ignored=ignored)
    for day, outcome in enumerate(reviews, 11):
        report(workspace, outcome, happened_on=dt.date(2026, 3, day))
    document = audit(workspace, dry_run=True)
    assert answers(document)["stop_is_respected"] == expected
    (found,) = (each for each in document.verdicts if each.template == "stop_is_respected")
    assert told in found.sentence["fr"]
    assert (
        levels_words(document, found, speaker("en")) == "One confirmed case breaks it; kept where the log shows none."
    )
    open_ = max(0, ignored - len(reviews)) if stops == 60 else 0
    said = not_known(document, found, None, speaker("en"), system=workspace.system("offers"))
    assert bool([each for each in said if each.startswith("Nobody has confirmed")]) == bool(open_)
    if stops == 60:
        assert found.logged is not None
        assert (found.logged.n, found.logged.cases) == (60, ignored)
        assert found.logged.bound == (None if ignored else 0.05)
    if expected[1] == "logged_none":
        assert "jusqu’à 5,0 personnes sur 100" in found.sentence["fr"]


@pytest.mark.costly
def test_a_sample_that_reaches_beyond_the_window_dismisses_nothing_in_it(tmp_path: Path) -> None:
    """Nobody knows of which days the case is that it found: the one of the log has not been looked at."""
    workspace = with_stops(tmp_path / "w", stops=60, ignored=1)
    said = {"role": "Committee", "on": dt.date(2026, 4, 2), "system": "offers"}
    sample = {"examined": 30, "found": 1, "recall": 1.0, "end": dt.date(2026, 3, 31), **said}
    for start, expected in (
        (dt.date(2026, 2, 1), ("watch", "logged_case")),
        (dt.date(2026, 3, 1), ("unknown", "logged_refuted")),
    ):
        entry = state(workspace, Inspection(indicator="stop_is_respected", start=start, **sample)).entry
        state(workspace, Review(of=entry, outcome="refuted", **said))
        document = audit(workspace, dry_run=True)
        assert answers(document)["stop_is_respected"] == expected


@pytest.mark.costly
def test_a_log_of_which_too_much_was_set_aside_keeps_nothing(tmp_path: Path) -> None:
    """Who was written to at a time that cannot be read may have said STOP: what is left of the log says nothing."""
    workspace = with_stops(tmp_path / "w", stops=60, ignored=0)
    unread = pd.DataFrame({"who": [f"p{i}" for i in range(500)], "sent": "some day", "kind": "contact"})
    read = pd.DataFrame({"who": ["p9"], "sent": "2026-03-04T11:10:00", "kind": "contact"})
    bring(workspace, pd.concat([unread, read]), "contacts")
    sealed = audit(workspace)
    found = answers(sealed)
    for question in ("stop_is_respected", "decent_hours", "not_too_often"):
        assert found[question] == ("unknown", "too_much_left_out")
    assert sealed.left_out is not None
    assert sealed.left_out.contacts is not None
    assert (sealed.left_out.contacts.counted, sealed.left_out.contacts.set_aside) == (PEOPLE + 63, 500)
    (told,) = (each.sentence["fr"] for each in sealed.verdicts if each.template == "stop_is_respected")
    assert "500 ont été mis de côté" in told
    confirm(workspace, tmp_path, packs=["all"])


KEPT = ("stop_is_respected", "decent_hours", "not_too_often")
"""The questions that a log of messages without a case keeps."""


@pytest.mark.costly
def test_a_log_that_stops_in_the_window_keeps_nothing(tmp_path: Path) -> None:
    """The last import failed on the 11th: of the twenty-one days after, nobody knows who was written to."""
    workspace = with_stops(tmp_path / "w", stops=60, ignored=0, until=dt.date(2026, 3, 10))
    stop = pd.DataFrame({"who": ["p900"], "sent": pd.Timestamp(2026, 3, 30, 18), "kind": "STOP"})
    bring(workspace, stop, "contacts")
    sealed = audit(workspace)
    found, told = answers(sealed), {each.template: each.sentence for each in sealed.verdicts}
    assert {found[question] for question in KEPT} == {("unknown", "log_stops")}
    assert sealed.written()["left_out"]["ends"] == [{"log": "contacts", "last": "2026-03-10", "days": 21}]
    assert told["decent_hours"]["fr"].startswith(
        "On ne sait pas. Le journal des messages s’arrête le 10 mars 2026, 21 jours avant la fin de la période\u202f: "
        "personne ne sait ce qui a suivi. Sur 100 messages, 0 "
    )
    assert told["decent_hours"]["fr"].endswith("\u202f; ce chiffre ne compte que ce que le journal contient.")
    assert told["stop_is_respected"]["en"] == (
        "We cannot tell. The log of messages stops on 10 March 2026, 21 days before the end of this period: nobody "
        "knows what came after. None of the 60 people who had said STOP was written to more than 24 hours "
        "later."
    )
    stopped = next(each for each in sealed.verdicts if each.template == "decent_hours")
    system, charter, say = workspace.system("offers"), load_charter(), speaker("en")
    assert short_answer(charter, sealed, stopped, say, system=system, title="Offers") == (
        "We cannot tell: the log that this rests on lacks days of the period."
    )
    assert not_known(sealed, stopped, None, say, system=system) == [
        "It would take the rest of the log: bring it in, then audit these days again.",
        "The log of messages stops on 10 March 2026.",
    ]
    (again,) = rerun(workspace, chosen(workspace))
    assert again.ok, again
    assert audit(workspace, dry_run=True, exact=True).verdicts == sealed.verdicts
    verify_packs(workspace, tmp_path)
    later = pd.DataFrame({"who": ["p1"], "sent": pd.Timestamp(2026, 4, 2, 11), "kind": "contact"})
    bring(workspace, later, "contacts")  # the log goes on in the month after: it reaches beyond
    whole = audit(workspace, dry_run=True)
    assert {answers(whole)[question][0] for question in KEPT} == {"kept"}
    assert "ends" not in whole.written()["left_out"]


@pytest.mark.costly
@pytest.mark.parametrize(
    ("until", "verdict", "written"),
    [(27, "unknown", True), (28, "kept", True), (30, "kept", True), (31, "kept", False)],
)
def test_a_weekend_and_the_holiday_beside_it_stop_no_log(
    tmp_path: Path, until: int, verdict: str, *, written: bool
) -> None:
    document = audit(made(tmp_path / "w", until=dt.date(2026, 3, until)), dry_run=True)
    assert answers(document)["decent_hours"][0] == verdict
    assert ("ends" in document.written()["left_out"]) == written


@pytest.mark.costly
def test_what_a_log_that_stops_has_shown_was_seen(tmp_path: Path) -> None:
    """A case is watched, a breach is broken, and a case that a human confirmed too."""
    workspace = with_stops(tmp_path / "w", stops=60, ignored=1, until=dt.date(2026, 3, 9))
    assert answers(audit(workspace, dry_run=True))["stop_is_respected"] == ("watch", "logged_case")
    report(workspace, "confirmed")
    assert answers(audit(workspace, dry_run=True))["stop_is_respected"] == ("broken", "case_confirmed")
    late = audit(made(tmp_path / "late", late=200, again=60, until=dt.date(2026, 3, 9)), dry_run=True)
    assert (answers(late)["decent_hours"][0], answers(late)["not_too_often"][0]) == ("broken", "watch")


@pytest.mark.costly
def test_a_case_after_the_window_dismisses_nothing_in_it(tmp_path: Path) -> None:
    workspace = with_stops(tmp_path / "w", stops=60, ignored=1)
    document = audit(workspace)
    report(workspace, "refuted", happened_on=dt.date(2026, 4, 1))
    system, charter = workspace.system("offers"), load_charter()
    today = facts_of(workspace, as_of=dt.date(2026, 4, 3))
    standing = current(document, charter=charter, system=system, facts=today)
    assert answers(standing)["stop_is_respected"] == ("watch", "logged_case")
    report(workspace, "confirmed")
    today = facts_of(workspace, as_of=dt.date(2026, 4, 3))
    assert answers(current(document, charter=charter, system=system, facts=today))["stop_is_respected"][0] == "broken"


@pytest.mark.costly
@pytest.mark.parametrize("outcome", ["confirmed"])
def test_what_follows_a_stop_is_checked_without_us(tmp_path: Path, outcome: str | None) -> None:
    workspace = with_stops(tmp_path / "w", stops=60, ignored=1)
    if outcome:
        report(workspace, outcome)
    audit(workspace)
    confirm(workspace, tmp_path)


@pytest.mark.costly
def test_a_purge_leaves_what_a_stop_is_judged_by(tmp_path: Path) -> None:
    workspace = with_stops(tmp_path / "w", stops=60, ignored=2)
    sealed = audit(workspace)
    purge(workspace, before=dt.date(2026, 4, 1))
    assert answers(audit(workspace, dry_run=True))["stop_is_respected"] == answers(sealed)["stop_is_respected"]
