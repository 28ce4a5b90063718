"""Messages, replies, silence and controls from their logs to the verdict: judged, sealed, and checked without us."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy.stats import norm
from statsmodels.stats.contingency_tables import StratifiedTable

from boussole.audits.counts.read import REPLIED
from boussole.audits.counts.replies import read_replies
from boussole.audits.cubes.update import rebuild
from boussole.audits.decisions import ingest
from boussole.audits.lake import reading, writing
from boussole.audits.metrics.shares import CONTROL_RATIO, REACHED_RATIO, SILENT_RATIO, two_sides
from boussole.audits.retention.purge import purge
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.rerun import chosen, rerun
from boussole.charter.judging.by_article import current
from boussole.charter.record_types.kinds import Inspection, Review
from boussole.charter.records.facts import facts_of
from boussole.charter.records.statements import seal as state
from boussole.charter.text.loading import load_charter
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.answer.view import not_known
from boussole.dashboard.views.answers.asked import levels_words
from tests.end_to_end.chain import (
    MARCH,
    OFFERS,
    again,
    answer,
    audit,
    bring,
    confirm,
    declared,
    measure,
    of,
    offers,
    report,
    same_without_cubes,
    verify_packs,
)

# --- when and how often people are written to, and after a STOP ---------------------------------------------------

CONTACTS = "contacts: {person: who, at: sent, kind: kind}"
PEOPLE = 2000
STOP, HOURS, OFTEN = "stop_is_respected", "decent_hours", "not_too_often"
BEYOND = dt.date(2026, 4, 1)


def sent_to(who: list[str], moment: pd.Timestamp | list[pd.Timestamp], kind: str = "contact") -> pd.DataFrame:
    return pd.DataFrame({"who": who, "sent": moment, "kind": kind})


def messages(home: Path, *, late: int = 0, often: int = 0, until: dt.date = BEYOND) -> Workspace:
    """Each person is written to once on a Wednesday at 11, so many at 21 instead, so many five times in a week."""
    workspace = offers(home, CONTACTS, people=PEOPLE)
    people = [f"p{i}" for i in range(PEOPLE)]
    sent = [sent_to(people, [pd.Timestamp(2026, 3, 4, 21 if i < late else 11, 5) for i in range(PEOPLE)])]
    sent += [sent_to(people[-often:], pd.Timestamp(2026, 3, day, 15)) for day in (5, 6, 9, 10) if often]
    sent.append(sent_to([f"p{PEOPLE // 2}"], pd.Timestamp(until) + pd.Timedelta(hours=11)))
    bring(workspace, pd.concat(sent), "contacts")
    return workspace


def stops(home: Path, *, said: int = 60, ignored: int = 0, until: dt.date = BEYOND) -> Workspace:
    """So many people say STOP on the evening of their message; so many of them get another one a week later."""
    workspace = messages(home, until=until)
    rows = [sent_to([f"p{i}" for i in range(said)], pd.Timestamp(2026, 3, 4, 18), "STOP")]
    rows += [sent_to([f"p{i}" for i in range(ignored)], pd.Timestamp(2026, 3, 11, 15))] if ignored else []
    bring(workspace, pd.concat([*rows, sent_to([f"p{PEOPLE - 1}"], pd.Timestamp(2026, 3, 6, 15))]), "contacts")
    return workspace


@pytest.mark.costly
def test_verdicts_follow_the_messages(tmp_path: Path) -> None:
    workspace = messages(tmp_path / "late", late=200)
    late = audit(workspace, dry_run=True)
    assert same_without_cubes(workspace, late)
    assert (answer(late, HOURS)[0], answer(late, OFTEN)[0]) == ("broken", "kept")
    none = audit(offers(tmp_path / "none"), dry_run=True)
    assert answer(none, HOURS) == ("not_examined", "no_contacts")


@pytest.mark.slow
def test_it_is_sealed_computed_again_and_checked_without_us(tmp_path: Path) -> None:
    workspace = messages(tmp_path / "w", late=60, often=60)
    sealed = audit(workspace)
    assert answer(sealed, HOURS)[0] == "watch"
    assert "Sur 100 messages, 2,7 sont partis hors des heures décentes" in of(sealed, HOURS).sentence["fr"]
    assert "écrit, 3 ont reçu plus de 4 messages en 30 jours" in of(sealed, OFTEN).sentence["fr"]
    confirm(workspace, tmp_path)
    with writing(workspace) as connection:
        changed = "UPDATE lake.offers.contacts_counted SET cases = cases + 1"
        connection.execute(f"{changed} WHERE part = 'hours' AND cases > 0")
    (found,) = rerun(workspace, chosen(workspace))
    assert "contacts" in found.recount.stale
    for _ in range(2):  # from the rows, and once they are purged
        with writing(workspace) as connection:
            rebuild(connection, workspace.system("offers"))
        assert answer(audit(workspace, dry_run=True), HOURS) == answer(sealed, HOURS)
        purge(workspace, before=BEYOND)
    again(workspace)


@pytest.mark.costly
def test_days_that_are_no_whole_months_are_checked_without_us(tmp_path: Path) -> None:
    """Nothing is told of them, and no test decides what is not tolerated at all."""
    workspace = stops(tmp_path / "w", said=40)
    assert answer(audit(workspace, Window(dt.date(2026, 3, 2), BEYOND)), STOP) == ("unknown", "part_of_month")
    verify_packs(workspace, tmp_path)


@pytest.mark.costly
@pytest.mark.parametrize(
    ("said", "ignored", "reviews", "expected", "told"),
    [
        (10, 1, (), ("watch", "logged_hidden"), "aucun nombre n’est donné"),
        (60, 0, (), ("kept", "logged_none"), "Aucune des 60 personnes qui avaient dit STOP"),
        (60, 2, (), ("watch", "logged_case"), "le journal en montre 2 qui ont reçu un message plus de 24 heures après"),
        (60, 2, ("refuted", "refuted"), ("unknown", "logged_refuted"), "il s’agit peut-être d’autre chose"),
        (60, 2, ("confirmed",), ("broken", "case_confirmed"), "confirmé par une personne"),
    ],
)
def test_one_message_after_a_stop_is_watched_until_a_human_confirms_it(  # noqa: PLR0917 (the cases of one table)
    tmp_path: Path, said: int, ignored: int, reviews: tuple[str, ...], expected: tuple[str, str], told: str
) -> None:
    workspace = stops(tmp_path / "w", said=said, ignored=ignored)
    for day, outcome in enumerate(reviews, 11):
        report(workspace, STOP, outcome, happened_on=dt.date(2026, 3, day))
    document = audit(workspace)
    found, say = of(document, STOP), speaker("en")
    assert answer(document, STOP) == expected
    assert told in found.sentence["fr"]
    assert levels_words(document, found, say) == "One confirmed case breaks it; kept where the log shows none."
    open_ = said == 60 and ignored > len(reviews)
    words = not_known(document, found, None, say, system=workspace.system("offers"))
    assert any(each.startswith("Nobody has confirmed") for each in words) == open_
    if expected[1] == "logged_none":
        assert "jusqu’à 5,0 personnes sur 100" in found.sentence["fr"]
    if reviews:
        confirm(workspace, tmp_path)


@pytest.mark.costly
def test_a_sample_that_reaches_beyond_the_window_dismisses_nothing_in_it(tmp_path: Path) -> None:
    """Nobody knows of which days the case is that it found: the one of the log has not been looked at."""
    workspace = stops(tmp_path / "w", ignored=1)
    said = {"role": "Committee", "on": dt.date(2026, 4, 2), "system": "offers"}
    sample = {"indicator": STOP, "examined": 30, "found": 1, "recall": 1.0, "end": MARCH.end, **said}
    for start, expected in (
        (dt.date(2026, 2, 1), ("watch", "logged_case")),
        (MARCH.start, ("unknown", "logged_refuted")),
    ):
        entry = state(workspace, Inspection(start=start, **sample)).entry
        state(workspace, Review(of=entry, outcome="refuted", **said))
        assert answer(audit(workspace, dry_run=True), STOP) == expected


@pytest.mark.costly
def test_a_case_after_the_window_dismisses_nothing_in_it(tmp_path: Path) -> None:
    workspace = stops(tmp_path / "w", ignored=1)
    document = audit(workspace)

    def standing() -> tuple[str, str | None]:
        today = facts_of(workspace, as_of=dt.date(2026, 4, 3))
        system = workspace.system("offers")
        return answer(current(document, charter=load_charter(), system=system, facts=today), STOP)

    report(workspace, STOP, "refuted", happened_on=BEYOND)
    assert standing() == ("watch", "logged_case")
    report(workspace, STOP, "confirmed", happened_on=dt.date(2026, 3, 11))
    assert standing()[0] == "broken"


@pytest.mark.costly
def test_a_log_of_which_too_much_was_set_aside_keeps_nothing(tmp_path: Path) -> None:
    """Who was written to at a time that cannot be read may have said STOP: what is left of the log says nothing."""
    workspace = stops(tmp_path / "w")
    unread = sent_to([f"p{i}" for i in range(500)], "some day")  # type: ignore[arg-type]
    bring(workspace, pd.concat([unread, sent_to(["p9"], "2026-03-04T11:10:00")]), "contacts")  # type: ignore[arg-type]
    sealed = audit(workspace)
    assert {answer(sealed, name) for name in (STOP, HOURS, OFTEN)} == {("unknown", "too_much_left_out")}
    aside = sealed.left_out.contacts
    assert (aside.counted, aside.set_aside) == (PEOPLE + 63, 500)
    assert "500 ont été mis de côté" in of(sealed, STOP).sentence["fr"]
    confirm(workspace, tmp_path, packs=["all"])


@pytest.mark.costly
def test_a_log_that_stops_in_the_window_keeps_nothing(tmp_path: Path) -> None:
    """The last import failed on the 11th: of the twenty-one days after, nobody knows who was written to."""
    workspace = stops(tmp_path / "w", until=dt.date(2026, 3, 10))
    bring(workspace, sent_to(["p900"], pd.Timestamp(2026, 3, 30, 18), "STOP"), "contacts")
    sealed = audit(workspace)
    assert {answer(sealed, name) for name in (STOP, HOURS, OFTEN)} == {("unknown", "log_stops")}
    assert sealed.written()["left_out"]["ends"] == [{"log": "contacts", "last": "2026-03-10", "days": 21}]
    assert of(sealed, HOURS).sentence["fr"].endswith("\u202f; ce chiffre ne compte que ce que le journal contient.")
    assert of(sealed, STOP).sentence["en"] == (
        "We cannot tell. The log of messages stops on 10 March 2026, 21 days before the end of this period: nobody "
        "knows what came after. None of the 60 people who had said STOP was written to more than 24 hours "
        "later."
    )
    assert not_known(sealed, of(sealed, HOURS), None, speaker("en"), system=workspace.system("offers")) == [
        "It would take the rest of the log: bring it in, then audit these days again.",
        "The log of messages stops on 10 March 2026.",
    ]
    confirm(workspace, tmp_path)
    bring(workspace, sent_to(["p1"], pd.Timestamp(2026, 4, 2, 11)), "contacts")  # it goes on: it reaches beyond
    whole = audit(workspace, dry_run=True)
    assert {answer(whole, name)[0] for name in (STOP, HOURS, OFTEN)} == {"kept"}
    assert "ends" not in whole.written()["left_out"]


# --- replies that come too late for the list ----------------------------------------------------------------------

REPLIES = "contacts: {person: who, at: sent, kind: kind, reply_at: answered, closes_at: closes}"
IN_TIME = "time_to_answer"


def replies(
    home: Path, *, late_women: int, late_men: int = 200, people: int = 4000, until: dt.date = BEYOND
) -> Workspace:
    """Half are women, written to at 11; so many of either group answer after the list closed at 16, a tenth never."""
    workspace = offers(home, REPLIES, people=people)
    women, place = np.arange(people) % 2 == 0, np.arange(people) // 2
    sent = pd.Timestamp(2026, 3, 4, 11)
    at = pd.Series(np.where(women, sent + pd.Timedelta(minutes=20), sent + pd.Timedelta(minutes=10)))
    late = place < np.where(women, late_women, late_men)
    at = at.mask(late, sent + pd.Timedelta(hours=6)).mask(place % 10 == 9)
    rows = sent_to([f"p{i}" for i in range(people)], sent).assign(answered=at, closes=pd.Timestamp(2026, 3, 4, 16))
    bring(workspace, pd.concat([rows, sent_to(["p1"], pd.Timestamp(until))]), "contacts")
    return workspace


@pytest.mark.costly
@pytest.mark.parametrize(("late", "verdict"), [(170, "kept"), (350, "broken")])
def test_the_verdict_follows_the_late_replies(tmp_path: Path, late: int, verdict: str) -> None:
    workspace = replies(tmp_path / "w", late_women=late)
    document = audit(workspace)
    found = of(document, IN_TIME)
    assert (found.indicator, found.verdict) == ("time_to_answer_gender", verdict)
    ratio = {each.id: each for each in document.measures}["late_reply_ratio/gender=F"]
    # One in ten of the late ones does not answer either: 0.9 × late of 1,800 replies of each group.
    assert ratio.params.values == pytest.approx((0.9 * late / 1800, 180 / 1800))
    assert (ratio.value, ratio.n) == (pytest.approx(late / 200), 3600)
    assert (ratio.params.bad_side, ratio.params.against) == ("above", "gender=M")
    # The interval of a ratio by its logarithm, without clusters: people are independent here, up to chance.
    error = np.sqrt((1 - 0.05 * late / 100) / (0.9 * late) + 0.9 / 180)
    ends = ratio.value * np.exp(np.array([-1, 1]) * norm.ppf(0.975) * error)
    assert [ratio.interval.low, ratio.interval.high] == pytest.approx(ends, rel=0.2)
    if verdict == "broken":
        assert "175 arrivent après la clôture" in found.sentence["fr"]
        confirm(workspace, tmp_path)
        purge(workspace, before=BEYOND)
        again(workspace)
        assert answer(audit(workspace, dry_run=True), IN_TIME)[1] == "no_measure"


@pytest.mark.costly
@pytest.mark.parametrize(("late", "expected"), [(200, ("unknown", "log_stops")), (350, ("broken", "beyond_breach"))])
def test_by_a_log_that_stops_in_the_window_nobody_is_given_time(
    tmp_path: Path, late: int, expected: tuple[str, str]
) -> None:
    workspace = replies(tmp_path / "w", late_women=late, until=dt.date(2026, 3, 10))
    document = audit(workspace)
    assert answer(document, IN_TIME) == expected
    (compared,) = of(document, IN_TIME).comparisons
    assert (compared.verdict, compared.reason) == (expected[0], "log_stops" if late == 200 else None)
    assert compared.more_decisions is None  # no number of decisions brings the rest of the log
    assert None not in (compared.interval, compared.p_kept)  # what was counted stays in sight
    verify_packs(workspace, tmp_path, packs=["all"])


@pytest.mark.costly
def test_small_groups_are_hidden_and_a_log_without_closings_is_not_examined(tmp_path: Path) -> None:
    few = audit(replies(tmp_path / "few", late_women=3, late_men=2, people=20), dry_run=True)
    assert {each.status for each in few.measures if each.metric == "late_reply_ratio"} == {"suppressed"}
    assert answer(few, IN_TIME)[0] == "unknown"
    assert answer(audit(messages(tmp_path / "w"), dry_run=True), IN_TIME) == ("not_examined", "no_closings")


def test_replies_are_counted_by_hand(tmp_path: Path) -> None:
    """A reply at the very end is in time; the group is that of the latest decision by then; a STOP is no message."""
    workspace = declared(tmp_path / "w", REPLIES)
    decided = [("a1", 2, "a", "F"), ("a2", 5, "a", "M"), ("b1", 2, "b", "M")]
    frame = pd.DataFrame(decided, columns=["ref", "day", "who", "gender"]).assign(contacted=True)
    bring(workspace, frame.assign(day=[dt.date(2026, 3, day) for day in frame["day"]]))
    path = tmp_path / "messages.csv"
    path.write_text(
        "who,sent,kind,answered,closes\n"
        "a,2026-03-04T11:00:00,contact,2026-03-04T12:00:00,2026-03-04T12:00:00\n"
        "a,2026-03-06T11:00:00,contact,2026-03-06T12:00:01,2026-03-06T12:00:00\n"
        "b,2026-03-06T11:00:00,contact,2026-03-06T16:00:00,\n"
        "b,2026-03-09T11:00:00,contact,,2026-03-09T12:00:00\n"
        "c,2026-03-09T11:00:00,contact,2026-03-09T11:00:00,2026-03-09T12:00:00\n"
        "b,2026-03-10T11:00:00,STOP,,\n"
        "b,2026-03-11T11:00:00,contact,2026-03-11T10:00:00,2026-03-11T12:00:00\n"  # answered before it was sent
        "b,2026-03-11T11:00:00,contact,,soon\n",  # no moment
        encoding="utf-8",
    )
    accepted = ingest(workspace, workspace.system("offers"), path, log="contacts").accepted
    with reading(workspace) as connection:
        aside = connection.execute('SELECT row, "column", reason FROM lake.offers.quarantine ORDER BY row').fetchall()
        rows = read_replies(connection, workspace.system("offers"), MARCH).to_pylist()
        none = read_replies(connection, workspace.system("offers"), MARCH, without=["gender"]).to_pylist()
    assert [(row, column) for row, column, _ in aside] == [(7, "answered"), (8, "closes")]
    assert (accepted, aside[0][2]) == (6, "the reply is older than the message")
    told: dict[str, dict[str | None, list[int]]] = {}
    for each in (each for each in rows if each["by"] == "gender"):
        told.setdefault(each["part"], {}).setdefault(each["value1"], [0, 0])[each["decision"]] += each["n"]
    assert told["late"] == {"F": [1, 0], "M": [0, 1], None: [1, 0]}
    assert {each["by"] for each in none} == {""}


@pytest.mark.costly
def test_of_windows_that_share_days_with_a_month_no_reply_is_told(tmp_path: Path) -> None:
    """Else a month less its days but one would tell of the few who replied on that day."""
    workspace = replies(tmp_path / "w", late_women=30, people=200)
    with reading(workspace) as connection:
        assert read_replies(connection, workspace.system("offers"), MARCH).num_rows > 0
        for start, end in (("03-01", "03-30"), ("03-02", "03-31"), ("02-01", "03-31")):
            window = Window(*(dt.date.fromisoformat(f"2026-{day}") for day in (start, end)))
            assert read_replies(connection, workspace.system("offers"), window).num_rows == 0


# --- without a smartphone, and silent -----------------------------------------------------------------------------

STAGED = OFFERS.replace("  person: who", "  stages: [shortlisted, contacted]\n  person: who") + (
    "controls: {job: {column: job, title: {fr: métier, en: job}}}\nprivacy: {suppress_below: SMALL}\n"
)
PHONES = "contacts: {person: who, at: sent, kind: kind, reply_at: answered, closes_at: closes, smartphone: phone}"
WORDS = {
    "without_a_smartphone": "personnes sans smartphone répondent",
    "silence_closes_no_door": "n’avaient pas répondu",
}


def staged(home: Path, *, small: int = 11) -> Workspace:
    return declared(home, PHONES, text=STAGED.replace("SMALL", str(small)))


def silent(home: Path, *, reached: tuple[float, float], listed: tuple[float, float]) -> Workspace:
    """Everybody is written to on the 4th; one in four has no smartphone, one in five never answers; shares as given."""
    people = 6000
    workspace, i, rng = staged(home), np.arange(people), np.random.default_rng(5)
    who = [f"p{n}" for n in i]
    job = np.where(rng.random(people) < 0.5, "cook", "nurse")
    quiet = rng.random(people) < np.where(job == "cook", 0.3, 0.1)
    without = i % 4 == 0
    early = rng.random(people) < np.where(without, reached[0], reached[1]) / 0.8
    shortlisted = rng.random(people) < np.where(quiet, listed[0], listed[1]) * np.where(job == "cook", 0.5, 1.0)
    sent = pd.Timestamp(2026, 3, 4, 11)
    at = pd.Series(np.where(early, sent + pd.Timedelta(minutes=9), sent + pd.Timedelta(hours=9))).mask(quiet)
    frame = pd.DataFrame({"who": who, "gender": np.where(i % 2, "F", "M"), "job": job})
    for day, passed in ((4, True), (18, shortlisted)):
        decided = frame.assign(ref=[f"{name}-{day}" for name in who], day=dt.date(2026, 3, day), shortlisted=passed)
        bring(workspace, decided.assign(contacted=decided["shortlisted"]))
    rows = sent_to(who, sent).assign(answered=at, closes=pd.Timestamp(2026, 3, 4, 16))
    rows["phone"] = np.where(without, "non", "oui")
    bring(workspace, pd.concat([rows, sent_to(["nobody"], pd.Timestamp(2026, 4, 1, 11))]), "contacts")
    return workspace


@pytest.mark.costly
@pytest.mark.parametrize(
    ("reached", "listed", "expected"), [((0.74, 0.7), (0.65, 0.6), "kept"), ((0.4, 0.7), (0.35, 0.6), "broken")]
)
def test_verdicts_follow_who_is_reached_and_who_is_silent(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    reached: tuple[float, float],
    listed: tuple[float, float],
    expected: str,
) -> None:
    workspace = silent(tmp_path / "w", reached=reached, listed=listed)
    document = audit(workspace)
    for name, words in WORDS.items():
        assert (name, answer(document, name)[0]) == (name, expected)
        assert words in of(document, name).sentence["fr"]
    assert measure(document, SILENT_RATIO).value == pytest.approx(listed[0] / listed[1], abs=0.1)
    assert measure(document, REACHED_RATIO).value == pytest.approx(reached[0] / reached[1], abs=0.06)
    assert measure(document, SILENT_RATIO).params.get("strata") == 2
    confirm(workspace, tmp_path, packs=["open"])
    capsys.readouterr()
    verify_packs(workspace, tmp_path, packs=["all"])
    assert not {REACHED_RATIO, SILENT_RATIO} & {*capsys.readouterr().out.split()}  # recomputed: not taken as sealed


@pytest.mark.costly
def test_both_sides_are_counted_by_hand(tmp_path: Path) -> None:
    workspace = staged(tmp_path / "w", small=2)
    people = [  # person, shortlisted, job: written to in the 60 days before, or not
        ("a", True, "cook"),  # answered on the 5th
        ("b", False, "cook"),  # never answered
        ("c", True, "nurse"),  # answered on the 12th: silent so far
        ("d", True, "cook"),  # said STOP
        ("e", True, "cook"),  # written to the same day only
        ("f", True, "cook"),  # written to 61 days before
    ]
    decided = pd.DataFrame(people, columns=["who", "shortlisted", "job"]).assign(day=dt.date(2026, 3, 10))
    bring(workspace, decided.assign(ref=decided["who"], contacted=False, gender="F"))
    rows = [
        ("a", "03-04 11:00", "contact", "03-05 11:00", "03-04 16:00", "no"),
        ("b", "03-04 11:00", "contact", None, "03-04 16:00", "YES"),
        ("c", "03-04 11:00", "letter", None, "03-05 16:00", "perhaps"),
        ("c", "03-04 12:00", "sms", "03-12 11:00", "03-12 16:00", None),
        ("b", "03-04 13:00", "call", "03-20 15:00", "03-04 16:00", "yes"),
        ("d", "03-04 11:00", "contact", None, None, "yes"),
        ("d", "03-04 12:00", "STOP", None, None, "yes"),
        ("e", "03-10 11:00", "contact", None, None, "yes"),
        ("f", "01-08 11:00", "contact", None, None, "yes"),
    ]
    sent = pd.DataFrame(rows, columns=["who", "sent", "kind", "answered", "closes", "phone"])
    for column in ("sent", "answered", "closes"):
        sent[column] = pd.to_datetime("2026-" + sent[column])
    bring(workspace, sent, "contacts")
    with reading(workspace) as connection:
        found = read_replies(connection, workspace.system("offers"), MARCH).to_pylist()
    # Of each person and list: a late, b not before it closed (two channels), c twice, whose phone nobody knows.
    reached = sorted((r["by"], r["decision"], r["n"]) for r in found if r["part"] == "reached")
    assert reached == [("", 0, 1), ("", 1, 1), ("with", 0, 1), ("without", 0, 1)]
    quiet = sorted((r["by"], r["stratum"], r["decision"], r["n"]) for r in found if r["part"] == "silent")
    assert quiet == [("replied", "0", 1, 1), ("silent", "0", 0, 1), ("silent", "1", 1, 1)]


PARTS = {SILENT_RATIO: "silent", CONTROL_RATIO: "controlled"}
Counted = tuple[str, str, int, int, int]
"""Side, stratum, bucket, cases, others."""


def ratio_of(home: Path, metric: str, *counts: Counted) -> Any:
    found = [
        {"part": PARTS[metric], "by": side, "stratum": stratum, "bucket": bucket, "decision": decision, "n": n}
        for side, stratum, bucket, cases, others in counts
        for decision, n in ((1, cases), (0, others))
    ]
    return two_sides(pa.Table.from_pylist(found, REPLIED), metric, staged(home).system("offers"))


@pytest.mark.parametrize("metric", PARTS)
def test_the_ratio_is_that_of_another_library(tmp_path: Path, metric: str) -> None:
    rng = np.random.default_rng(3)
    counts = [
        (side, stratum, bucket, cases := int(rng.binomial(30, p)), 30 - cases)
        for side, shift in (("silent", 0.8), ("replied", 1.0))
        for stratum, p in (("0", 0.3 * shift), ("1", 0.6 * shift))
        for bucket in range(40)
    ]
    found = ratio_of(tmp_path / "w", metric, *counts)

    def both(side: str, stratum: str) -> list[int]:
        return [sum(each[i] for each in counts if each[:2] == (side, stratum)) for i in (3, 4)]

    tables = [np.array([both("silent", stratum), both("replied", stratum)]) for stratum in ("0", "1")]
    assert found.value == pytest.approx(StratifiedTable(tables).riskratio_pooled)
    assert (found.n, found.clusters, found.params["strata"], found.params["covered"]) == (4800, 40, 2, 1.0)
    assert found.params["bad_side"] == ("above" if metric == CONTROL_RATIO else "below")


OTHERS: list[Counted] = [("replied", "0", bucket, 2, 90) for bucket in range(40)]


@pytest.mark.parametrize(
    ("metric", "counts", "status", "reason"),
    [
        (SILENT_RATIO, [("silent", "0", 1, 5, 5)], "undefined", "no_other_group"),
        (SILENT_RATIO, [("silent", "0", 1, 5, 5), ("replied", "1", 2, 5, 5)], "undefined", "no_common_stratum"),
        # one person, perhaps
        (SILENT_RATIO, [("silent", "0", 1, 500, 5), ("replied", "0", 2, 500, 5)], "suppressed", "small_group"),
        (
            SILENT_RATIO,
            [(side, "0", b, 0, 9) for side in ("silent", "replied") for b in range(40)],
            "undefined",
            "zero_denominator",
        ),
        (
            CONTROL_RATIO,
            [*OTHERS, *(("silent", "0", b, int(b < 10), 90) for b in range(40))],
            "suppressed",
            "small_numerator",
        ),
        (CONTROL_RATIO, [*OTHERS, *(("silent", "0", b, 0, 90) for b in range(40))], "ok", None),  # nobody is no few
    ],
)
def test_without_a_figure_it_says_why(
    tmp_path: Path, metric: str, counts: list[Counted], status: str, reason: str | None
) -> None:
    found = ratio_of(tmp_path / "w", metric, *counts)
    assert (found.status, found.reason) == (status, reason)
    assert found.status != "suppressed" or found.n is found.value is None
    assert two_sides(REPLIED.empty_table(), metric, staged(tmp_path / "v").system("offers")) is None


# --- controls of the search for work ------------------------------------------------------------------------------

CONTROLS = "search_controls: {person: who, at: began, trigger: why, triggers: [random], from_replies: [silence]}"
BESIDE = (
    "contacts: {person: who, at: sent, kind: kind, reply_at: answered}\n"
    "controls: {job: {column: job, title: {fr: métier, en: job}}}\n"
)
DAYS = pd.date_range("2026-01-01", "2026-04-10")
FLOW, RATIO = "silence_and_controls", "controls_of_the_silent"


def controlled(home: Path, *, more: float = 1.0, controls: str = CONTROLS, until: str = "2026-04-10") -> Workspace:
    """Everybody is written to on 20 February; half of the cooks and a fifth of the nurses do not answer.

    Nurses are controlled twice as often as cooks, and the silent, since the 28th, so many times as often. In March two
    are controlled because of silence, and of three it is not known.
    """
    people = 3000
    workspace = declared(home, BESIDE + controls)
    rng, who = np.random.default_rng(11), np.array([f"p{i}" for i in range(people)])
    job = np.where(np.arange(people) % 2, "cook", "nurse")
    quiet = rng.random(people) < np.where(job == "cook", 0.5, 0.2)
    frame = pd.DataFrame({"who": who, "job": job, "gender": np.where(rng.random(people) < 0.5, "F", "M")})
    for day in (dt.date(2026, 2, 20), dt.date(2026, 3, 30)):
        bring(workspace, frame.assign(ref=[f"{name} {day}" for name in who], day=day, contacted=True))
    answered = pd.Series(pd.Timestamp(2026, 2, 21, 9), index=range(people)).mask(quiet)
    sent = sent_to(list(who), pd.Timestamp(2026, 2, 20, 11)).assign(answered=answered)
    bring(workspace, pd.concat([sent, sent_to(["p1"], pd.Timestamp(2026, 4, 1, 11))]), "contacts")
    if controls:
        rate = np.where(job == "cook", 0.004, 0.008)
        grown = np.where(quiet, more, 1.0)[None, :] ** (DAYS >= "2026-02-28").astype(int)[:, None]
        day, at = np.nonzero((rng.random((len(DAYS), people)) < rate * grown) & (until >= DAYS)[:, None])
        logged = pd.DataFrame({"who": who[at], "began": DAYS[day], "why": "random"}, dtype=object)
        march = np.flatnonzero(DAYS[day].month == 3)
        logged.loc[march[:2], "why"] = "Silence"
        logged.loc[march[2:5], "why"] = None
        bring(workspace, logged, "search_controls")
    return workspace


@pytest.mark.costly
def test_a_gap_breaks_a_promise_once_a_human_has_confirmed_a_case(tmp_path: Path) -> None:
    """Until then, whatever the log shows, it is watched; who verifies the audit finds the same."""
    workspace = controlled(tmp_path / "w", more=2.0)
    document = audit(workspace, dry_run=True)
    assert answer(document, FLOW) == ("watch", "logged_case")
    assert answer(document, RATIO) == ("watch", "beyond_watch")
    found = measure(document, CONTROL_RATIO)
    assert found.value == pytest.approx(2.0, rel=0.15)
    assert found.interval.low < 2.0 < found.interval.high
    assert found.params.get("strata") == 10  # two jobs, five of six weeks: from the 28th on for thirty days
    told = of(document, RATIO).sentence["en"]
    assert "who had not answered are controlled where, at equal numbers and in the same week" in told
    assert "Of 3 more people controlled, it is not known" in of(document, FLOW).sentence["en"]
    report(workspace, FLOW, "confirmed")
    sealed = audit(workspace)
    assert (answer(sealed, FLOW)[0], answer(sealed, RATIO)[0]) == ("broken", "broken")
    confirm(workspace, tmp_path)


@pytest.mark.costly
@pytest.mark.parametrize(
    ("controls", "ratio"), [("", "no_search_controls"), ("search_controls: {person: who, at: began}", "all_kept")]
)
def test_without_the_log_it_says_what_it_would_take(tmp_path: Path, controls: str, ratio: str) -> None:
    document = audit(controlled(tmp_path / "w", controls=controls), dry_run=True)
    assert answer(document, FLOW) == ("not_examined", "no_triggers")
    assert answer(document, RATIO)[1] == ratio
    assert "It would take one row per control" in of(document, FLOW).sentence["en"]


@pytest.mark.costly
def test_a_log_of_controls_that_stops_keeps_nothing(tmp_path: Path) -> None:
    document = audit(controlled(tmp_path / "w", more=0.6, until="2026-03-20"), dry_run=True)
    assert answer(document, RATIO) == ("unknown", "log_stops")
    assert "The log of controls stops" in of(document, RATIO).sentence["en"]
