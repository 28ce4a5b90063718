"""The first page: what waits for whoever looks, what changed since their committee met, in few words."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from boussole.charter.record_types.acts import Ballot, Closing, CommitteeQuestion
from boussole.charter.record_types.kinds import Adoption, AppealDecision, KeptFile, Reply, Withdrawal
from boussole.charter.records import SealedStatement
from boussole.charter.records.facts import Facts
from boussole.charter.registry.due import Due
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.compass.view import since_audit, since_session
from boussole.dashboard.server.access.log import SheetRequest
from boussole.dashboard.server.access.permissions import Person, Role
from boussole.dashboard.views.chamber import Chamber, EarlierEvidence, Met, changed_answers, news
from boussole.dashboard.views.compass import MOST, own_chambers, sheets, waiting
from boussole.dashboard.views.register_words import Register
from boussole.dashboard.views.scene import Scene
from tests.as_json import documents, written
from tests.charter.committee.desk import CALLED, DAY, HOUR, SAID, START, Desk, m
from tests.charter.incidents.made import appeal, incident

FR, EN = speaker("fr"), speaker("en")
EVERYBODY = Person(role=Role.STEWARD)


def chamber(desk: Desk, *, today: dt.date = DAY) -> Chamber:
    return Chamber(house=desk.house, names={}, facts=Facts(as_of=today))


def register(scene: Scene, *dues: Due, today: dt.date = DAY) -> Register:
    from boussole.charter.judging.coverage import coverage

    return Register(
        charter=scene.charter, uses=scene.uses, coverage=coverage(scene.charter, scene.uses), due=dues, today=today
    )


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.seat(1, 2, 3)
    made.office(1)
    return made


def lines(me: Person, seats: list[Chamber], known: Register) -> list[str]:
    return [line.what for line in waiting(me, seats, known, EN, query={})["lines"]]


def test_a_vote_comes_first_and_says_whose_turn_it_is(desk: Desk, scene: Scene) -> None:
    of = desk.call()
    desk.arrive(of, 1, 2)
    desk.open(of, 1)
    vote = desk.vote(of)
    member = Person(role=Role.MEMBER, member=m(2), authenticated=True)
    assert lines(member, [chamber(desk)], register(scene))[0] == "Vote: “Adopt”"
    away = replace(member, member=m(3))
    assert lines(away, [chamber(desk)], register(scene))[0] == "Open vote: “Adopt”"
    desk.seal(Ballot(**SAID, on=DAY, of=vote, voter=m(2), choice="for"))
    assert lines(member, [chamber(desk)], register(scene))[0] == "Open vote: “Adopt”"
    shown = waiting(member, [chamber(desk)], register(scene), EN, query={"lang": "en"})["lines"][0]
    assert (shown.when, shown.href) == ("Now", f"/session?session={of}&lang=en#decision-{vote}")


def test_a_session_that_is_open_is_told_before_anything_is_voted(desk: Desk, scene: Scene) -> None:
    of = desk.call()
    desk.arrive(of, 1, 2)
    member = Person(role=Role.MEMBER, member=m(3), authenticated=True)
    assert "A session is open" not in lines(member, [chamber(desk)], register(scene))
    desk.open(of, 1)
    first = waiting(member, [chamber(desk)], register(scene), EN, query={"lang": "en"})["lines"][0]
    assert (first.when, first.what, first.href) == ("Now", "A session is open", f"/session?session={of}&lang=en")
    desk.vote(of)
    assert "A session is open" not in lines(member, [chamber(desk)], register(scene))


def test_each_role_is_told_of_what_it_can_do_something_about(desk: Desk, scene: Scene) -> None:
    desk.call()
    desk.seal(CommitteeQuestion(**SAID, on=CALLED, text="Why?", addressee="Direction", due_on=dt.date(2026, 9, 20)))
    known = register(scene, Due(on=dt.date(2026, 9, 16), kind="audit", system="matchft", count=3))
    seats = [chamber(desk, today=CALLED)]
    told = {role: lines(Person(role=role, member=m(1), authenticated=True), seats, known) for role in Role}
    session_of, question = "Session of 15 September 2026, Room 1", "Answer from Direction to: “Why?”"
    assert told[Role.MEMBER] == [session_of, question]
    assert told[Role.SECRETARY] == [session_of, "Freeze the evidence for the session of 15 September 2026", question]
    assert told[Role.STEWARD] == ["Audit again: three questions", question]
    assert not [each for role in (Role.READER, Role.AUDITOR) for each in told[role]]
    everybody = lines(EVERYBODY, seats, known)
    assert len(everybody) == 4
    assert {session_of, question} < set(everybody)
    assert any(each.startswith("Audit again") for each in everybody)
    nobody = waiting(Person(role=Role.READER, authenticated=True), [], known, EN, query={})
    assert "Nothing awaits you today." in Template("pages/compass/compass.html", EN)("waiting", nobody)


def test_no_line_leads_to_a_page_that_stays_closed(desk: Desk, scene: Scene) -> None:
    known = register(scene, Due(on=DAY, kind="reply", entry=4, who="Data"))
    shown = waiting(Person(role=Role.DATA_SCIENTIST, authenticated=True), [], known, EN, query={})
    assert [(line.what, line.href) for line in shown["lines"]] == [("Answer recommendation no. 4: Data", "")]


def test_many_things_are_cut_to_a_few_and_the_rest_is_one_link_away(desk: Desk, scene: Scene) -> None:
    dues = [
        Due(on=dt.date(2026, 10, n + 1), kind=kind, system="matchft", entry=n, who="X", count=1)
        for n in range(6)
        for kind in ("reply", "audit", "review")
    ]
    shown = waiting(EVERYBODY, [], register(scene, *dues), EN, query={})
    assert len(shown["lines"]) == MOST
    assert shown["more"] == ("All that is due, in the register", "/register#due")
    one = waiting(
        Person(role=Role.FOLLOW_UP, member=m(1), authenticated=True),
        [chamber(desk)],
        register(scene, *dues),
        EN,
        query={},
    )
    assert one["more"] == ("All that is due", "/committee?committee=external#due")
    assert waiting(EVERYBODY, [], register(scene, dues[0]), EN, query={})["more"] is None


def test_a_member_sees_their_own_committee_and_a_steward_all(desk: Desk) -> None:
    other = Desk()
    known = {"external": chamber(desk), "internal": replace(chamber(other), names={"x": "y"})}
    member = Person(role=Role.MEMBER, member=m(1), authenticated=True)
    assert list(own_chambers(known, member)) == [known["external"]]
    assert list(own_chambers(known, EVERYBODY)) == list(known.values())
    assert list(own_chambers(known, Person(role=Role.READER, authenticated=True))) == []


def closed(desk: Desk) -> Met:
    of = desk.call()
    desk.arrive(of, 1, 2)
    opened = desk.open(of, 1)
    desk.seal(Closing(**SAID, on=DAY, of=of, at=START + HOUR))
    return Met(chamber=chamber(desk), session=of, opened=opened)


def stated(*said: tuple[int, object], today: dt.date = dt.date(2026, 12, 1)) -> Facts:
    sealed = tuple(SealedStatement(entry=at, sealed_on=DAY, statement=each) for at, each in said)  # type: ignore[arg-type]
    return Facts(as_of=today, sealed=sealed)


def test_every_entry_since_is_told_and_nothing_before_nor_taken_back(desk: Desk, scene: Scene) -> None:
    met = closed(desk)
    at, file = met.opened, KeptFile(sha256="0" * 64, name="a.pdf", size=3)
    act = {"role": "R", "on": DAY}
    facts = stated(
        (at - 1, incident(title="Earlier")),
        (at + 1, incident(title="Lost mail")),
        (at + 2, incident(title="Mistake")),
        (at + 3, Withdrawal(**act, of=at + 2, text="No incident.")),
        (at + 4, appeal(1)),
        (at + 5, appeal(2)),
        (at + 6, AppealDecision(**act, of=at + 4, outcome="upheld", reviewed=True, text="T")),
        (at + 7, Adoption(**act, charter="a" * 64, version="0.3", document=file)),
        (at + 8, Reply(**act, of=1, text="Yes", accepted="yes")),
    )
    then = EarlierEvidence(pack=standing_pack(scene, met), standing=scene.latest)
    told, outside = (
        news(replace(scene, facts=facts), met, then, EN, query={}, incidents=seen) for seen in (True, False)
    )
    assert [(each.what, each.href) for each in told] == [
        ("Charter and levels: version 0.3 adopted", f"/charter?against={'c' * 12}"),
        ("Incident: “Lost mail”", f"/incidents#i-{at + 1}"),
        ("Two appeals received, one appeal decided", "/incidents#appeals"),
        ("One answer to a recommendation or opinion", "/recommendations"),
    ]
    assert [each.what.partition(" ")[0] for each in outside] == ["Charter", "One"]


def standing_pack(scene: Scene, met: Met):
    from boussole.charter.record_types.acts import FrozenPack

    return FrozenPack(
        **SAID, on=DAY, of=met.session, size=met.opened, root="0" * 64, charter="c" * 64, charter_version="0.2"
    )


def test_an_answer_that_fell_away_has_changed_and_a_new_question_without_one_has_not(scene: Scene, desk: Desk) -> None:
    """A statement that ran out: nobody has examined the question any more."""
    met, document = closed(desk), written(scene.latest)["matchft"]
    lost = next(each for each in document["verdicts"] if each["verdict"] == "kept")
    new = next(each for each in document["verdicts"] if each["verdict"] == "not_examined")
    lost |= {"verdict": "not_examined", "reason": "not_attested", "comparisons": []}
    given = replace(scene, latest={**scene.latest, **documents({"matchft": document})})
    before = written(scene.latest)["matchft"]
    before["verdicts"] = [each for each in before["verdicts"] if each["indicator"] != new["indicator"]]
    earlier = documents({"matchft": before})
    then = EarlierEvidence(pack=standing_pack(scene, met), standing={**scene.latest, **earlier})
    told = [(each.verdict.indicator, was) for each, was in changed_answers(given, then)]
    assert told == [(lost["indicator"], "kept")]
    shown = since_session(given, met, then, EN, query={}, incidents=True, every=False)
    assert shown.told == ""
    audits = since_audit(replace(given, previous=earlier), EN, query={}, every=True)
    assert [(each.before, each.verdict) for each in audits.answers] == [("kept", "not_examined")]


def sheet_request(**changes: object) -> SheetRequest:
    """A request to see one decision, that nobody has agreed to."""
    asked = dt.datetime(2026, 9, 20, 9, tzinfo=dt.UTC)
    made = SheetRequest(
        id="0a",
        system="matchft",
        decision=["D07"],
        request="",
        reason="request 1",
        opened_by="sub-1",
        opened_at=asked,
        confirmed_by=None,
        expires_at=asked + dt.timedelta(days=7),
        number="f_1",
    )
    return replace(made, **changes)


def test_a_sheet_waits_for_a_case_handler_then_for_both_until_it_is_handed_out(scene: Scene) -> None:
    steward, handler = (Person(role=role, authenticated=True) for role in (Role.STEWARD, Role.AGENT))

    def told(me: Person, found: SheetRequest) -> list[tuple[str, str]]:
        return [(each.line.what, each.line.href) for each in sheets([found], me, scene, EN, query={})]

    open_ = sheet_request(confirmed_by="sub-2")
    assert told(steward, sheet_request()) == []
    assert told(handler, sheet_request()) == [("Agree or not that a decision be seen", "/explain#waiting")]
    assert told(steward, open_) == told(handler, open_) == [("Read a decision’s sheet, open to you", "/explain#agreed")]
    decided = AppealDecision(role="R", on=DAY, of=4, outcome="upheld", reviewed=True, text="T")
    facts = stated((4, appeal(1)), (5, decided))
    answered = replace(open_, request="r_00000001")
    assert sheets([answered], handler, replace(scene, facts=facts), EN, query={}) == []
    due = sheets([sheet_request()], handler, scene, EN, query={})
    late = [replace(due[0], kind="appeal", on=DAY - dt.timedelta(days=n)) for n in range(1, 9)]
    late = [replace(each, line=replace(each.line, what="late")) for each in late]
    first = waiting(handler, [], register(scene), EN, query={}, owed=[*late, *due])["lines"][0]
    assert first.what == "Agree or not that a decision be seen", "somebody waits: eight things that are late hide it"
