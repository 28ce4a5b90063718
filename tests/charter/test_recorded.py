"""Questions that records answer: all that was due is counted, and no absence of records passes for a promise kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

from boussole.audits.systems.model import System
from boussole.charter.document.versions import DecidedBy
from boussole.charter.record_types.kinds import Case, Review, Withdrawal
from boussole.charter.record_types.work import Training
from boussole.charter.records.facts import Facts
from boussole.charter.text.model import Charter, Indicator
from tests.as_json import judge
from tests.charter.builders import CHARTER, amended, plain, system
from tests.charter.incidents.made import appeal, at, decision, facts, incident, reported

INCIDENTS, EXPLAINED, TRAINED = "incidents_in_time", "explanation_in_time", "trained_before_use"
LAST = dt.date(2026, 3, 31)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def answer(question: str, *said, today: dt.date = LAST):
    """The verdict document of a question; the window of the audit says nothing about what records count."""
    return judged(question, system(), facts=facts(*said, today=today))


def judged(
    question: str,
    about: System,
    *,
    facts: Facts,
    versions: Sequence[DecidedBy] = (),
    charter: Charter = CHARTER,
    left_out: dict[str, Any] | None = None,
):
    end = {"window_end": day("2026-03-31"), "left_out": left_out} if left_out else {}
    documents = judge(charter, about, [], window_start=day("2026-03-01"), facts=facts, versions=versions, **end)
    return next(each for each in documents if each["template"] == question)


def verdict(question: str, *said, today: dt.date = LAST) -> tuple[str, str]:
    found = answer(question, *said, today=today)
    return found["verdict"], found["reason"]


def asked(**changes):
    """Received on 31 January: an answer is due by 28 February."""
    return appeal(**({"asks": "explanation", "on": day("2026-01-31")} | changes))


def training(**changes) -> Training:
    values = {"role": "Steward", "on": LAST, "system": "matchft", "course": "First steps"}
    values |= {"start": day("2026-01-01"), "end": LAST, "users": 100, "trained": 97, "before": 95}
    return Training(**(values | changes))


GONE = Withdrawal(role="Steward", on=dt.date(2026, 3, 21), of=0, text="It was none.")


@pytest.mark.parametrize(
    ("question", "said", "reason"),
    [
        (INCIDENTS, [], "no_incident"),
        (EXPLAINED, [], "no_request"),
        (TRAINED, [], "no_training"),
        (INCIDENTS, [incident(system="chatft"), reported(at(10))], "no_incident"),
        (EXPLAINED, [asked(system="chatft")], "no_request"),
        (EXPLAINED, [asked(asks="contest")], "no_request"),
        (INCIDENTS, [incident(), reported(at(18)), GONE], "no_incident"),
    ],
)
def test_where_nothing_about_it_was_ever_recorded_nobody_has_looked(question, said, reason):
    found = answer(question, *said)
    assert (found["verdict"], found["reason"], found["counted"]) == ("not_examined", reason, None)


def test_an_incident_that_calls_for_no_declaration_says_nothing_of_delays():
    found = answer(INCIDENTS, incident(severity="minor"))
    assert (found["verdict"], found["reason"], found["counted"]["due"]) == ("unknown", "nothing_due", 0)
    assert plain(found["sentence"]["en"]) == (
        "We cannot tell yet. Incidents were recorded, and no declaration of them has been due since 31 March 2025."
    )


@pytest.mark.parametrize(
    ("said", "today", "expected"),
    [  # a serious incident known on 2 March is declared by 17 March, 23:59
        ([], "2026-03-17", ("unknown", "nothing_due")),
        ([], "2026-03-18", ("watch", "record_overdue")),
        ([], "2026-04-16", ("watch", "record_overdue")),  # thirty days past its day
        ([], "2026-04-17", ("broken", "record_missing")),
        ([], "2029-01-01", ("broken", "record_missing")),  # what waits does not age out of the count
        ([reported(at(10))], "2026-03-10", ("kept", "record_kept")),
        ([reported(at(17, 23, 59))], "2026-03-31", ("kept", "record_kept")),
        ([reported(at(18, 0, 0))], "2026-03-31", ("broken", "record_late")),
        ([reported(at(18, 0, 0))], "2027-03-17", ("broken", "record_late")),  # due a year before, to the day
        ([reported(at(18, 0, 0))], "2027-03-18", ("unknown", "nothing_due")),
        ([reported(at(18)), GONE], "2026-03-20", ("broken", "record_late")),  # withdrawn a day later
    ],
)
def test_a_late_declaration_breaks_a_missing_one_is_watched_first(said, today, expected):
    assert verdict(INCIDENTS, incident(), *said, today=day(today)) == expected


def test_the_delay_of_a_breach_runs_in_hours_of_where_it_happened():
    """Known on Friday 27 March at 09:30 in Paris; clocks go forward that Sunday: 72 hours end on Monday at 10:30."""
    breach = incident(severity="minor", personal_data=True, known_at=at(27, 9, 30), on=day("2026-03-27"))
    in_time, late = (reported(at(30, 10, minute), duty="gdpr_33") for minute in (30, 31))
    assert verdict(INCIDENTS, breach, in_time) == ("kept", "record_kept")
    assert verdict(INCIDENTS, breach, late) == ("broken", "record_late")


def test_six_in_time_are_kept_with_what_they_leave_open():
    said = [incident(title=f"Number {n}") for n in range(6)]
    said += [reported(at(10), of=n) for n in range(6)]
    found = answer(INCIDENTS, *said)
    counted = {name: found["counted"][name] for name in ("due", "good", "late", "overdue", "bound", "entries")}
    assert counted == {"due": 6, "good": 6, "late": 0, "overdue": 0, "bound": 0.5, "entries": []}
    assert plain(found["sentence"]["en"]) == (
        "Yes. All 6 declarations of incidents that were due since 31 March 2025 were made in time. "
        "That is what was done; of those to come, it leaves up to 50 in 100 that fail."
    )
    assert plain(found["sentence"]["fr"]) == (
        "Oui. Les 6 déclarations d'incident dues depuis le 31 mars 2025 ont toutes été faites à temps. "
        "C'est ce qui a été fait ; pour la suite, cela laisse possibles jusqu'à 50 manquements sur 100."
    )


def test_a_late_declaration_is_not_said_to_be_in_time_where_a_level_judges_it():
    charter = amended(INCIDENTS, threshold={"tolerance": None, "watch": 0.9})
    said = facts(incident(), reported(at(18, 0, 0)), today=LAST)
    found = judged(INCIDENTS, system(), facts=said, charter=charter)
    assert (found["verdict"], found["reason"]) == ("watch", "record_below")
    assert plain(found["sentence"]["fr"]) == (
        "À surveiller. Déclarations d'incident dues depuis le 31 mars 2025 : 1 ; faites à temps : 0. "
        "Sous 90 sur 100, la charte demande de surveiller."
    )


def test_what_is_missing_says_from_when_it_counts_as_late():
    found = answer(INCIDENTS, incident(), today=day("2026-03-20"))
    assert (found["counted"]["past_due"], found["counted"]["settle_by"]) == (3, "2026-04-16")
    assert plain(found["sentence"]["fr"]) == (
        "À surveiller. La seule déclaration d'incident due depuis le 20 mars 2025 a passé son jour, et personne ne l'a "
        "consignée. Après le 16 avril 2026, cela compte comme un retard."
    )


def test_a_confirmed_case_is_graver_than_what_records_count():
    said = {"role": "Agency", "on": day("2026-03-20"), "happened_on": day("2026-03-10")}
    case = Case(**said, indicator=INCIDENTS, system="matchft")
    kept = (incident(), reported(at(10)), case)
    assert verdict(INCIDENTS, *kept) == ("watch", "case_to_confirm")
    for outcome, expected in (("confirmed", ("broken", "case_confirmed")), ("refuted", ("kept", "record_kept"))):
        said = Review(role="Data protection officer", on=LAST, of=2, outcome=outcome)
        assert verdict(INCIDENTS, *kept, said) == expected


@pytest.mark.parametrize(
    ("said", "today", "expected"),
    [
        ([], "2026-02-28", ("unknown", "nothing_due")),
        ([], "2026-03-01", ("watch", "record_overdue")),
        ([], "2026-03-31", ("broken", "record_missing")),
        ([decision(on=day("2026-02-28"))], "2026-03-31", ("kept", "record_kept")),
        ([decision(on=day("2026-03-01"))], "2026-03-31", ("broken", "record_late")),
        ([decision(on=day("2026-02-10"), outcome="rejected")], "2026-03-31", ("watch", "record_refused")),
        # a correction in March does not make the answer of February late
        ([decision(on=day("2026-02-10")), decision(on=day("2026-03-15"))], "2026-03-31", ("kept", "record_kept")),
    ],
)
def test_an_explanation_is_due_within_a_month(said, today, expected):
    assert verdict(EXPLAINED, asked(), *said, today=day(today)) == expected


def test_what_is_not_due_yet_is_told_and_not_counted():
    said = (asked(), decision(on=day("2026-02-10")), asked(number=2, received_on=day("2026-03-20"), on=LAST))
    found = answer(EXPLAINED, *said)
    assert (found["verdict"], found["counted"]["due"], found["counted"]["waiting"]) == ("kept", 1, 1)
    assert plain(found["sentence"]["en"]).endswith("One more is not due yet.")
    late = answer(EXPLAINED, asked(), decision(on=day("2026-03-01")))["counted"]
    assert (late["late"], late["entries"]) == (1, [])  # no single appeal is named, where an incident is
    assert answer(INCIDENTS, incident(), reported(at(18)))["counted"]["entries"] == [0]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([training()], ("kept", "record_enough")),  # 95 of 100 is not below 95 in 100
        ([training(before=94)], ("watch", "record_below")),
        ([training(users=11, trained=0, before=0)], ("watch", "record_below")),
        ([training(system=None)], ("kept", "record_enough")),
        ([training(system="chatft")], ("not_examined", "no_training")),
        ([training(before=50), training(system=None)], ("watch", "record_below")),  # what is said of it counts first
        ([training(before=50), training(start=day("2026-02-01"))], ("kept", "record_enough")),  # the latest
        ([training(start=day("2024-01-01"), end=day("2025-03-31"))], ("kept", "record_enough")),
        ([training(start=day("2024-01-01"), end=day("2025-03-30"))], ("unknown", "record_old")),
    ],
)
def test_people_are_trained_before_they_use_it(said, expected):
    assert verdict(TRAINED, *said) == expected


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"metric": "psi"}, "has no `metric`"),
        ({"for_each": "groups"}, "is asked once"),
        ({"threshold": {"watch": None}}, "needs a `threshold.watch` or a `threshold.tolerance`"),
        ({"threshold": {"tolerance": 0.01}}, "needs a `threshold.watch` or a `threshold.tolerance`"),
        ({"threshold": {"watch": 95}}, "a share of what was due"),
        ({"threshold": {"breach": 0.95}}, "lies below its watch level"),
        ({"records": "guessed"}, "Input should be"),
    ],
)
def test_a_question_that_could_not_be_answered_by_records_is_refused(changes, told):
    written = CHARTER.indicator(TRAINED).model_dump(mode="json")
    assert (written["records"], "records" in CHARTER.indicator("work_got_better").model_dump()) == (
        "trained_first",
        False,
    )
    threshold = {**written["threshold"], **changes.get("threshold", {})}
    with pytest.raises(ValueError, match=told):
        Indicator.model_validate({**written, **changes, "threshold": threshold})
