"""Opinions: issued in the words that were adopted, published, answered; and what became of each, by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from pydantic import ValidationError

from boussole.audits.errors import BoussoleError
from boussole.charter.committee.acts.meeting import agree, end_vote, issue, opinion_text, recommend, vote_openly
from boussole.charter.committee.acts.proving import faults
from boussole.charter.committee.advising.advice import recommended
from boussole.charter.committee.advising.opinions import fates, followed, promises
from boussole.charter.committee.papers.drafts import begin, drafts, save
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.record_types.acts import Opinion, OpinionText, Publication, PublicationDecision
from boussole.charter.record_types.kinds import FollowUp, Reply
from boussole.charter.records import seal, verify_records
from boussole.charter.records.facts import facts_of
from tests.charter.committee.desk import DAY, m, reason
from tests.charter.committee.hall import NAME, who

TEXT = OpinionText(title="MatchFT", sense="reserved", words="The committee…", reservations=["Until spring."])
DAYS = dt.timedelta(days=1)


def agreed(hall, text=TEXT):
    return agree(
        hall.workspace, NAME, of=hall.of, item="matchft", title="Opinion", who=who(), subject=text.sha256
    ).entry


def issued(hall, text=TEXT, **more):
    return issue(hall.workspace, NAME, decision=agreed(hall, text), who=who(), wording=text, **more)


def what_became(hall, day):
    return fates(hall.house, facts_of(hall.workspace, as_of=day))


def answer(hall, of, accepted, day):
    seal(hall.workspace, Reply(role="Direction", on=day, of=of, accepted=accepted, text="…"))


@pytest.fixture
def later(monkeypatch):
    """Acts on days to come: the ledger's clock a year ahead."""
    from boussole.audits.ledger import log

    class Ahead(dt.datetime):
        @classmethod
        def now(cls, tz=None):
            return dt.datetime(2027, 9, 15, tzinfo=tz)

    monkeypatch.setattr(log.dt, "datetime", Ahead)


def test_an_opinion_is_issued_in_the_words_that_were_adopted(hall):
    done = issued(hall, system="matchft", articles=["equite"])
    assert done.statement.wording == TEXT
    assert verify_records(hall.workspace).ok
    assert list(faults(hall.house)) == []
    changed = TEXT.model_copy(update={"words": "The committee… not."})
    again = {"decision": done.statement.of, "who": who()}
    assert reason(issue, hall.workspace, NAME, **again, wording=changed) == "decided_other"
    assert reason(issue, hall.workspace, NAME, **again, wording=TEXT) == "issued"
    vote = hall.vote(hall.of, subject=TEXT.sha256)
    vote_openly(hall.workspace, NAME, vote=vote, voter=m(2), choice="against", who=who())
    rejected = end_vote(hall.workspace, NAME, vote=vote, who=who()).entry
    for decision, why in ((rejected, "decided_no"), (vote, "not_that_kind")):
        assert reason(issue, hall.workspace, NAME, decision=decision, who=who(), wording=TEXT) == why


def test_a_draft_becomes_an_opinion_and_is_closed(hall):
    number = begin(hall.workspace, NAME, body={"title": "MatchFT", "sense": "reserved"}, author=m(2)).id
    with pytest.raises(BoussoleError, match="'words' is missing"):
        opinion_text(hall.workspace, number)
    save(hall.workspace, number, body=TEXT.model_dump(mode="json"), author=m(2))
    text, written = opinion_text(hall.workspace, number)
    assert text == TEXT
    stale = written.__class__(**{**vars(written), "version": 1})
    decision = agreed(hall)
    before = len(hall.house.acts)
    said = {"decision": decision, "who": who(), "wording": text}
    assert reason(issue, hall.workspace, NAME, **said, written=stale) == "draft_moved"
    assert len(hall.house.acts) == before
    issue(hall.workspace, NAME, **said, written=written)
    assert drafts(hall.workspace, NAME) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"words": " "}, "needs its words"),
        ({"reservations": []}, "has `reservations`"),
        ({"sense": "favourable"}, "has `reservations`"),
    ],
)
def test_an_opinion_says_what_it_must(changes, told):
    with pytest.raises(ValidationError, match=told):
        OpinionText.model_validate(TEXT.model_dump() | changes)


def test_publication_is_decided_first_and_done_once(hall):
    of = issued(hall).entry
    assert reason(hall.do, Publication, of=of, where="Public register") == "not_adopted_to_publish"
    with pytest.raises(ValidationError, match="Say why it is withheld"):
        hall.do(PublicationDecision, of=of, publish=False)
    hall.do(PublicationDecision, of=of, publish=False, text="It names a supplier.")
    assert reason(hall.do, Publication, of=of, where="Public register") == "not_adopted_to_publish"
    assert what_became(hall, DAY)[0].publication == "withheld"
    hall.do(PublicationDecision, of=of, publish=True)
    hall.do(Publication, of=of, where="Public register")
    assert what_became(hall, DAY)[0].publication == "on_time"
    assert reason(hall.do, Publication, of=of, where="Elsewhere") == "already_so"
    assert reason(hall.do, PublicationDecision, of=of, publish=False, text="Too late.") == "already_so"
    assert reason(hall.do, PublicationDecision, of=of, publish=True, on=DAY - DAYS) == "order_of_days"


@pytest.mark.usefixtures("later")
def test_what_became_of_an_opinion_day_by_day(hall):
    """Published within 30 days, answered within 90; waiting for more than 90 it is ignored."""
    of = issued(hall).entry
    told = [
        (day, each.publication, each.answer, each.ignored)
        for day in (0, 30, 31, 90, 91)
        for each in what_became(hall, DAY + day * DAYS)
    ]
    assert told == [
        (0, "waiting", "waiting", False),
        (30, "waiting", "waiting", False),
        (31, "late", "waiting", False),
        (90, "late", "waiting", False),
        (91, "late", "late", True),
    ]
    answer(hall, of, "partly", DAY + 95 * DAYS)
    assert what_became(hall, DAY + 95 * DAYS)[0].ignored
    hall.do(PublicationDecision, of=of, publish=True, on=DAY + 96 * DAYS)
    hall.do(Publication, of=of, where="Public register", on=DAY + 96 * DAYS)
    (now,) = what_became(hall, DAY + 96 * DAYS)
    told = (now.publication, now.answer, now.followed, now.ignored)
    assert told == ("published_late", "answered_late", "partly", False)
    seal(hall.workspace, FollowUp(role="Direction", on=DAY + 100 * DAYS, of=of, state="done"))
    assert what_became(hall, DAY + 100 * DAYS)[0].followed == "done"
    assert what_became(hall, DAY + 99 * DAYS)[0].followed == "partly"
    assert what_became(hall, DAY - DAYS) == []


def test_a_corrected_opinion_gives_way_to_its_correction(hall):
    first = issued(hall).entry
    better = TEXT.model_copy(update={"words": "The committee, better…"})
    second = issued(hall, better, replaces=first).entry
    assert [each.entry for each in what_became(hall, DAY)] == [second]
    assert reason(issued, hall, TEXT.model_copy(update={"title": "X"}), replaces=hall.of) == "not_that_kind"
    assert len(hall.house.standing(Opinion)) == 2


@pytest.mark.usefixtures("later")
def test_recommendations_of_an_opinion_are_followed_like_those_of_authorities(hall):
    of = issued(hall).entry
    made = {"who": who(), "to": "HR"}
    due = DAY + 10 * DAYS
    late = recommend(hall.workspace, NAME, **made, text="Train first.", due_on=due, opinion=of).entry
    done = recommend(hall.workspace, NAME, **made, text="Publish.", due_on=due).entry
    answer(hall, done, "yes", DAY + 5 * DAYS)
    facts = facts_of(hall.workspace, as_of=DAY + 31 * DAYS)
    assert [(each.entry, each.state) for each in recommended(facts)] == [(late, "overdue"), (done, "answered")]
    owed = promises(hall.house, facts)
    assert [(each.entry, each.what, each.on_time(facts.as_of)) for each in owed] == [
        (of, "publication", False),
        (of, "answer", None),
        (late, "recommendation", False),
        (done, "recommendation", True),
    ]
    found = followed(owed, today=facts.as_of, late_days=90)
    assert (found.due, found.on_time, found.ignored) == (3, 1, [])
    with pytest.raises(RefusedError):
        recommend(hall.workspace, NAME, **made, text="…", due_on=DAY, opinion=hall.of)
