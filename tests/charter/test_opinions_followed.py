"""Question 5.6: opinions are published and answered, and recommendations answered, by their days."""

from __future__ import annotations

import pytest

from boussole.charter.record_types.acts import Opinion, Publication, PublicationDecision
from boussole.charter.record_types.acts.votes import OpinionText
from boussole.charter.record_types.kinds import Recommendation, Reply
from tests.charter.builders import plain, system
from tests.charter.incidents.made import facts
from tests.charter.test_recorded import day, judged

ASKED = "opinions_followed"
COMMITTEE = {"role": "Chair", "committee": "external"}
WORDS = OpinionText(title="Opinion", sense="favourable", words="We agree.")


def opinion(on: str = "2026-01-01", **changes) -> Opinion:
    return Opinion(**({**COMMITTEE, "on": day(on), "of": 900, "system": "matchft", "wording": WORDS} | changes))


def published(on: str, of: int = 0) -> Publication:
    return Publication(**COMMITTEE, on=day(on), of=of, where="The site")


def withheld(of: int = 0, on: str = "2026-01-02") -> PublicationDecision:
    return PublicationDecision(**COMMITTEE, on=day(on), of=of, publish=False, text="It names a firm.")


def reply(on: str, of: int = 0) -> Reply:
    return Reply(role="Head", on=day(on), of=of, accepted="yes", text="Done.")


def recommendation(on: str = "2026-01-01", due: str = "2026-02-01", **changes) -> Recommendation:
    values = {"role": "Chair", "on": day(on), "due_on": day(due), "text": "Do it.", "body": "Committee"}
    return Recommendation(**(values | {"outside": False, "addressee": "Head", "system": "matchft"} | changes))


def answer(*said, today: str = "2026-04-30"):
    return judged(ASKED, system(), facts=facts(*said, today=day(today)))


def counts(*said, today: str = "2026-04-30") -> tuple[int, ...]:
    found = answer(*said, today=today)["counted"]
    return tuple(found[name] for name in ("due", "good", "late", "overdue", "waiting"))


def test_nothing_said_about_it_is_not_examined():
    for said in ([], [opinion(system="chatft")], [recommendation(system="chatft")], [recommendation(system=None)]):
        assert (answer(*said)["verdict"], answer(*said)["reason"]) == ("not_examined", "no_opinion")


def test_what_is_said_of_all_systems_counts_beside_what_is_said_of_this_one_and_what_is_corrected_does_not():
    said = [opinion(system=None), published("2026-01-31"), reply("2026-04-01"), recommendation()]
    assert counts(*said, reply("2026-01-20", 3)) == (3, 3, 0, 0, 0)
    corrected = [opinion(), opinion("2026-01-10", replaces=0), published("2026-02-09", 1), reply("2026-02-10", 1)]
    assert counts(*corrected) == (2, 2, 0, 0, 0)


@pytest.mark.parametrize(
    ("said", "expected"),
    [  # published by 31 January, answered by 1 April
        ([published("2026-01-31"), reply("2026-04-01")], (2, 2, 0, 0, 0)),
        ([published("2026-02-01"), reply("2026-04-01")], (2, 1, 1, 0, 0)),
        ([published("2026-01-31"), reply("2026-04-02")], (2, 1, 1, 0, 0)),
        ([published("2026-01-31")], (2, 1, 0, 1, 0)),
        ([withheld(), reply("2026-04-01")], (1, 1, 0, 0, 0)),  # a committee may withhold one
        ([withheld(), published("2026-02-01"), reply("2026-04-01")], (2, 1, 1, 0, 0)),
        ([published("2026-01-31"), reply("2026-03-01"), reply("2026-04-20")], (2, 2, 0, 0, 0)),  # the first answer
    ],
)
def test_an_opinion_is_published_and_answered_by_its_days(said, expected):
    assert counts(opinion(), *said) == expected


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-01-31", ("unknown", "nothing_due")),
        ("2026-02-01", ("watch", "record_below")),  # 0 of 1
        ("2026-04-01", ("watch", "record_below")),  # has waited for 90 days
        ("2026-04-02", ("broken", "record_ignored")),
    ],
)
def test_what_has_waited_for_more_than_ninety_days_breaks_it(today, expected):
    found = answer(opinion(), today=today)
    assert (found["verdict"], found["reason"]) == expected


def test_a_recommendation_in_its_time_is_not_ignored_however_long_that_is():
    found = answer(recommendation(due="2026-12-31"), today="2026-11-30")
    assert (found["verdict"], found["reason"], found["counted"]["waiting"]) == ("unknown", "nothing_due", 1)
    assert answer(recommendation(due="2026-12-31"), today="2027-01-01")["reason"] == "record_ignored"


def test_nine_in_ten_in_time_are_kept_and_fewer_are_watched():
    said = [recommendation() for _ in range(10)]
    in_time = [reply("2026-02-01", of) for of in range(9)]
    assert answer(*said, *in_time, reply("2026-02-02", 9))["verdict"] == "kept"  # 9 of 10, one late
    found = answer(*said, *in_time[:8], reply("2026-02-02", 8), reply("2026-02-02", 9))
    assert (found["verdict"], found["reason"], found["counted"]["entries"]) == ("watch", "record_below", [8, 9])
    assert plain(found["sentence"]["en"]) == (
        "To be watched. Of 10 publications of opinions and answers to opinions and recommendations: 8 in time, 2 late, "
        "0 overdue and still awaited. That was recorded of the time from 30 April 2025 to 30 April 2026. Below 90 in "
        "100, the charter asks to watch."
    )


def test_what_was_ignored_is_said_in_days():
    assert plain(answer(opinion(), published("2026-01-31"), today="2026-04-30")["sentence"]["fr"]) == (
        "Non. Sur 2 publications d'avis et réponses à des avis et recommandations : à temps 1, en retard 0, échues et "
        "toujours attendues 1. C'est ce qui a été consigné du 30 avril 2025 au 30 avril 2026. La plus ancienne attend "
        "depuis 119 jours. Au-delà de 90 jours, la charte dit : pas tenu."
    )
