"""What concerns somebody: of their own committees only, while they sit, without a word of anybody's, new until seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from boussole.audits.errors import BoussoleError
from boussole.charter.committee import acting
from boussole.charter.committee.acts.meeting import convene
from boussole.charter.record_types.acts import (
    Ballot,
    Cancellation,
    CommitteeAnswer,
    CommitteeQuestion,
    Item,
    Mandate,
    MandateEnd,
)
from boussole.charter.record_types.kinds import Incident, Recommendation, Reply
from boussole.charter.records import SealedStatement
from boussole.charter.records.facts import Facts
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.concerns.view import ConcernsPage
from boussole.dashboard.server.access.database import seen
from boussole.dashboard.server.access.permissions import Person, Role
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.concerns import Concern, Whose, concerns_of, whose
from boussole.dashboard.views.scene import Scene
from tests.charter.committee.desk import AGENDA, CALLED, DAY, HOUR, RULES, SAID, START, Desk, m
from tests.charter.committee.hall import NAME, Hall, who
from tests.dashboard.app_at import app_at

EN, FR = speaker("en"), speaker("fr")
THIRD = "Madame Dupont"
"""A name that somebody wrote where none belongs."""


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk()
    made.seat(1, 2, 3)
    made.office(1)
    monkeypatch.setattr(acting, "here_and_now", lambda _: START - 7 * 24 * HOUR)
    return made


def chamber(desk: Desk, *stated: SealedStatement) -> Chamber:
    return Chamber(house=desk.house, names={m(2): THIRD}, facts=Facts(as_of=DAY, sealed=stated))


def told(
    desk: Desk, scene: Scene, *stated: SealedStatement, member: int = 1, secretary: bool = False
) -> Sequence[Concern]:
    somebody = Whose(
        name=m(member), member=m(member), secretary_of=frozenset({"external"}) if secretary else frozenset()
    )
    return concerns_of(somebody, {"external": chamber(desk, *stated)}, scene, EN, audited={}, query={})


def test_a_session_is_told_until_it_is_over_and_what_is_changed_of_it(desk: Desk, scene: Scene) -> None:
    of = desk.call()
    (called,) = told(desk, scene)
    assert (called.text, called.href, called.urgent, called.on) == (
        "A session is called for 15 September 2026 at 14:00.",
        f"/session?session={of}",
        False,
        CALLED,
    )
    desk.call(amends=of, agenda=[*AGENDA, Item(id="more", title=THIRD)], on=CALLED)
    moved = desk.call(amends=of, starts=START + HOUR, ends=START + 2 * HOUR, agenda=[*AGENDA], on=CALLED)
    assert {each.kind for each in told(desk, scene)} == {"session", "agenda", "moved"}
    assert next(each for each in told(desk, scene) if each.kind == "moved").key == f"moved/{moved}"
    desk.seal(Cancellation(**SAID, on=dt.date(2026, 9, 8), of=of, text=THIRD))
    assert [each.text for each in told(desk, scene)] == ["The session of 15 September 2026 was cancelled."]


def test_a_vote_cannot_wait_for_who_may_cast_it_and_is_over_once_they_did(
    desk: Desk, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = desk.call()
    desk.arrive(of, 1, 2)
    desk.open(of, 1)
    vote = desk.vote(of, title=THIRD)
    monkeypatch.setattr(acting, "here_and_now", lambda _: START)
    assert next((each.kind, each.urgent) for each in told(desk, scene)) == ("vote", True)
    assert {each.kind: each.urgent for each in told(desk, scene, member=3)}["vote"] is False
    desk.seal(Ballot(**SAID, on=DAY, of=vote, voter=m(1), choice="for"))
    assert {each.kind: each.urgent for each in told(desk, scene)}["vote"] is False


def test_answers_say_whose_question_it_was_and_quote_nobody(desk: Desk, scene: Scene) -> None:
    asked = desk.seal(
        CommitteeQuestion(**SAID, on=CALLED, by=m(1), text=THIRD, addressee=THIRD, due_on=dt.date(2026, 9, 20))
    )
    answer = {"on": dt.date(2026, 9, 5), "of": asked, "text": THIRD}
    desk.seal(CommitteeAnswer(**{**SAID, "role": "Data"}, **answer))
    assert [each.text for each in told(desk, scene)] == ["Your question of 1 September 2026 has an answer."]
    assert [each.text for each in told(desk, scene, member=2)] == [
        "A question of the committee, of 1 September 2026, has an answer."
    ]


def test_incidents_are_counted_and_only_own_recommendations_are_told(desk: Desk, scene: Scene) -> None:
    system = next(iter(scene.systems))
    on = dt.date(2026, 9, 4)
    incident = Incident(
        role="Data",
        on=on,
        system=system,
        severity="serious",
        title=THIRD,
        text=THIRD,
        happened_on=on,
        known_at=START - 11 * 24 * HOUR,
    )
    mine, other = (
        Recommendation(role="x", on=on, text=THIRD, body="c", outside=False, addressee="d", due_on=DAY, committee=name)
        for name in ("external", "internal")
    )
    replies = [Reply(role="d", on=on, of=of, text=THIRD, accepted="yes") for of in (101, 102)]
    stated = [
        SealedStatement(entry=100 + at, sealed_on=on, statement=each)
        for at, each in enumerate([incident, mine, other, *replies])
    ]
    found = told(desk, scene, *stated)
    title = scene.title(system, EN)
    assert sorted(each.text for each in found) == [
        f"A new incident of {title} was entered.",
        "Recommendation no. 101 has an answer.",
    ]
    shown = ConcernsPage(new=found, before=found)
    for say in (EN, FR):
        assert THIRD not in Template("pages/concerns/concerns.html", say)("page", shown)


def test_who_sits_nowhere_or_no_longer_is_told_nothing(desk: Desk, scene: Scene) -> None:
    desk.call()
    assert told(desk, scene, member=2)
    assert not told(desk, scene, member=9)
    mandate = next(entry for entry, act in desk.house.standing(Mandate) if act.member == m(2))
    desk.seal(MandateEnd(**SAID, on=CALLED, of=mandate, last_day=dt.date(2026, 9, 5)))
    assert not told(desk, scene, member=2)


def test_a_member_of_one_committee_learns_nothing_of_another(desk: Desk, scene: Scene) -> None:
    desk.call()
    internal = Desk(RULES)
    internal.seat(7)
    internal.call(place="Elsewhere")
    known = {
        "external": chamber(desk),
        "internal": Chamber(house=internal.house, names={}, facts=Facts(as_of=DAY)),
    }
    of = {
        n: {each.key for each in concerns_of(Whose(name=m(n), member=m(n)), known, scene, EN, audited={}, query={})}
        for n in (1, 7)
    }
    assert of[1]
    assert of[7]
    assert not of[1] & of[7]


def test_a_secretary_is_told_what_is_due_again_once_it_is_late_and_by_no_name(
    desk: Desk, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.call()
    due = [each for each in told(desk, scene, member=9, secretary=True) if each.kind == "due"]
    assert [each.text for each in due] == [
        "Freeze the evidence for the session of 15 September 2026: by 15 September 2026."
    ]
    assert not [each for each in told(desk, scene) if each.kind == "due"]
    assert not [each for each in told(desk, scene, member=9, secretary=True) if THIRD in each.text]


def test_who_is_nobody_in_particular_has_no_list(desk: Desk) -> None:
    known = {"external": chamber(desk)}
    member = Person(role=Role.MEMBER, member=m(1), authenticated=True)
    assert whose(member, known) == Whose(name=m(1), member=m(1))
    assert whose(Person(role=Role.STEWARD), known) is None
    assert whose(replace(member, role=Role.READER), known) is None
    local = whose(Person(role=Role.SECRETARY), known)
    assert local is not None
    assert local.secretary_of == {"external"}
    signed = Person(role=Role.SECRETARY, authenticated=True, reader="a_1", secretary_of=frozenset({"internal"}))
    assert whose(signed, known) == Whose(name="a_1", secretary_of=frozenset({"internal"}))
    for elsewhere in (
        replace(signed, secretary_of=frozenset()),
        replace(signed, role=Role.STEWARD, secretary_of=frozenset()),
    ):
        assert whose(elsewhere, known) is None


@pytest.mark.costly
def test_what_a_page_did_not_show_is_not_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, be: Callable[..., None]
) -> None:
    hall = Hall.seat(tmp_path / "house")
    convened: dict[str, Any] = {"starts": START, "ends": START + HOUR, "place": "x", "agenda": AGENDA}
    monkeypatch.setattr(acting, "here_and_now", lambda _: START - 7 * 24 * HOUR)
    entry = convene(hall.workspace, NAME, who=who(CALLED), **convened).entry
    monkeypatch.setenv("BOUSSOLE_HOME", str(hall.workspace.home))
    be("member", member=m(1))

    def fails(*_: object) -> str:
        raise BoussoleError("unread.", where="x", next_step="y")

    with monkeypatch.context() as patched:
        patched.setattr("boussole.dashboard.views.store.concerns", fails)
        assert not app_at("concerns").run().exception
    assert seen(hall.workspace, m(1)) == {}
    assert not app_at("concerns").run().exception
    assert [*seen(hall.workspace, m(1))] == [f"session/{entry}"]
