"""The session page: where it stands, the quorum in words, decisions and what they never show, by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.voting.ballot_box import Box, commitment, with_ballot
from boussole.charter.committee.voting.presence import count
from boussole.charter.committee.voting.votes import result
from boussole.charter.record_types.acts import (
    Annulment,
    Attendance,
    Ballot,
    Cancellation,
    Closing,
    CommitteeQuestion,
    Consensus,
    Dissent,
    FrozenPack,
    Hearing,
    Item,
    Minutes,
    NoQuorum,
    Opinion,
    OpinionText,
    Participation,
    Proxy,
    PublicationDecision,
    Rapporteur,
    Recusal,
    Referral,
    Tally,
    Vote,
)
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.session.view import SessionPage, session_page
from boussole.dashboard.views.records.offering import NOBODY
from tests.charter.committee.desk import CALLED, DAY, HOUR, SAID, START, m

EN, FR = speaker("en"), speaker("fr")
SECRET = ["for", "against", "against"]


def page(chamber, of, say=EN) -> SessionPage:
    return session_page(chamber, of, None, say, query={"lang": say.lang})


def html(shown, say=EN) -> str:
    made = Template("pages/session/session.html", say)
    parts = [made(part, shown, NOBODY) for part in ("head", "agenda", "presence", "questions")]
    return "".join([*parts, made("minutes", shown, NOBODY, None), made("pack", shown.pack, NOBODY, None)])


def opened(desk, *numbers):
    of = desk.call()
    desk.arrive(of, *numbers)
    desk.open(of, 1)
    return of


def tallied(desk, vote, **more):
    found = session(desk.house, desk.house.get(Vote, vote).of)
    choices = more.pop("choices", None) or [act.choice for _, act in desk.house.about(Ballot, vote)]
    outcome = vars(result(desk.house, vote, choices))
    return desk.seal(Tally(**SAID, on=DAY, of=vote, **outcome, count=count(desk.house, found, "matchft"), **more))


def test_a_session_to_come_says_when_and_who_counts_so_far(desk, seen):
    of = desk.call()
    shown = page(seen(), of)
    assert (shown.title, shown.subtitle) == (
        "Session of 15 September 2026", "14:00 to 16:00 · Room 1 · one can take part from afar",
    )  # fmt: skip
    assert shown.headline == "It takes place in 14 days."
    told = ["For a quorum, 2 of 3 members must be there, in the room, from afar or by proxy."]
    assert shown.told == told
    assert page(seen(DAY), of).told == ["There is no quorum yet: 0 of 3 members count as there, 2 are needed."]
    assert "Called on 1 September 2026, 14 days before." in shown.notes
    assert page(seen(), of, FR).headline == "Elle se tient dans 14 jours."
    assert page(seen(DAY + dt.timedelta(days=1)), of).tone == "broken"


def test_the_quorum_is_said_in_words(desk, seen):
    of = desk.call()
    desk.arrive(of, 1)
    desk.arrive(of, 2, mode="remote")
    desk.seal(Proxy(**SAID, on=CALLED, of=of, giver=m(3), holder=m(1)))
    shown = page(seen(DAY), of)
    assert shown.told == [
        "There is a quorum: 3 of 3 members count as there, 2 are needed.",
        "Of them: one in the room, one from afar, one represented.",
    ]
    assert [row.presence for row in shown.members] == [
        "in the room, at 14:00",
        "from afar, at 14:00",
        "not recorded, proxy to Awa Diop",
    ]
    desk.open(of, 1)
    desk.seal(Attendance(**SAID, on=DAY, of=of, member=m(2), mode="left", at=START + HOUR))
    shown = page(seen(DAY), of)
    assert shown.told[-1] == "Awa Diop presides."
    assert [(row.presence, row.here) for row in shown.members[:2]] == [
        ("in the room, at 14:00", True),
        ("left, at 15:00", False),
    ]


def test_without_a_quorum_the_page_leads_to_the_second_call_and_back(desk, seen):
    of = desk.call()
    desk.arrive(of, 1)
    desk.seal(NoQuorum(**SAID, on=DAY, of=of, count=count(desk.house, session(desk.house, of))))
    shown = page(seen(DAY), of)
    assert (shown.headline, shown.after) == ("The session did not begin: there was no quorum.", None)
    again = desk.call(on=DAY, starts=START + 240 * HOUR, ends=START + 241 * HOUR, second_call_of=of)
    assert page(seen(DAY), of).after == ("The session that was called instead", f"/session?session={again}&lang=en")
    second = page(seen(DAY), again)
    assert second.before == ("The session that lacked a quorum", f"/session?session={of}&lang=en")
    assert second.told == ["It needs no quorum."]
    assert "It is a second call: it needs no quorum." in second.notes


def test_a_cancelled_session_says_why(desk, seen):
    of = desk.call()
    desk.seal(Cancellation(**SAID, on=CALLED, of=of, text="Strike."))
    shown = page(seen(), of)
    assert (shown.headline, list(shown.told)) == ("The session was cancelled.", ["Strike."])


def test_an_urgent_session_says_so(desk, seen):
    of = desk.call(on=DAY, urgent=True, text="A serious incident.", session="extraordinary")
    notes = page(seen(DAY), of).notes
    assert notes[:3] == [
        "Called on 15 September 2026, the same day.",
        "Called in an emergency: A serious incident.",
        "It is an extraordinary session.",
    ]


def test_an_open_vote_shows_how_many_voted_and_never_what(desk, seen):
    of = opened(desk, 1, 2, 3)
    vote = desk.vote(of)
    desk.seal(Ballot(**SAID, on=DAY, of=vote, voter=m(2), choice="against"))
    shown = page(seen(DAY), of)
    assert [(each.title, each.told) for each in shown.items[1].running] == [("Adopt", "Vote under way · one vote cast")]
    assert "Against" not in html(shown)


def test_a_vote_that_is_over_shows_who_voted_what_and_what_members_noted(desk, seen):
    of = opened(desk, 1, 2, 3)
    vote = desk.vote(of)
    for number, choice in ((1, "for"), (2, "against"), (3, "abstain")):
        desk.seal(Ballot(**SAID, on=DAY, of=vote, voter=m(number), choice=choice))
    entry = tallied(desk, vote)
    desk.seal(Dissent(**SAID, on=DAY, of=entry, member=m(2), text="Too <early>."))
    (decision,) = page(seen(DAY), of).items[1].decisions
    assert decision.adopted
    assert decision.how == (
        "By open vote: 1 for, 1 against, 1 abstained. Votes were equal: that of who presides decided."
    )
    assert list(decision.votes) == [("For", "Awa Diop"), ("Against", "Li Wei"), ("Abstention", "Zoé <b>Petit</b>")]
    assert [(each.head, each.text) for each in decision.noted] == [("Dissent of Li Wei", "Too <early>.")]
    assert "Too &lt;early&gt;." in html(page(seen(DAY), of))


def test_a_secret_ballot_shows_totals_and_who_took_part_alone(desk, seen):
    of = opened(desk, 1, 2, 3)
    vote = desk.vote(of, secret=True)
    box: Box | None = None
    for number, choice in enumerate(SECRET, 1):
        box, _ = with_ballot(vote, box, choice)
        desk.seal(Participation(**SAID, on=DAY, of=vote, voter=m(number), box=box.commitment))
    assert box is not None
    assert commitment(vote, box.salt, box.ballots) == box.commitment
    tallied(desk, vote, salt=box.salt, ballots=list(box.ballots), choices=SECRET)
    (decision,) = page(seen(DAY), of).items[1].decisions
    assert (decision.how, list(decision.votes)) == ("By secret ballot: 1 for, 2 against, 0 abstained.", [])
    assert decision.voters == "Took part: Awa Diop, Li Wei, Zoé <b>Petit</b>"
    assert not any(each.nonce in html(page(seen(DAY), of)) for each in box.ballots)


def test_an_annulled_vote_stays_visible_with_its_reason(desk, seen):
    of = opened(desk, 1, 2, 3)
    desk.seal(Annulment(**SAID, on=DAY, of=desk.vote(of), text="Wrong text."))
    assert page(seen(DAY), of).items[1].annulled == ["Vote annulled: Adopt. Reason: Wrong text."]


def test_an_item_says_its_matter_hearings_who_stands_aside_and_its_opinion(desk, seen):
    matter = desk.seal(Referral(**SAID, on=CALLED, origin="organisation", subject="Two regions", sender="Direction"))
    desk.seal(Rapporteur(**SAID, on=CALLED, of=matter, member=m(2)))
    of = desk.call(agenda=[Item(id="matchft", title="MatchFT", kind="opinion", system="matchft", referral=matter)])
    desk.seal(Hearing(**SAID, on=CALLED, of=matter, heard="Head of an agency", text="Ten minutes."))
    desk.seal(Recusal(**SAID, on=CALLED, of=of, item="matchft", member=m(3), ground="choice"))
    desk.arrive(of, 1, 2, 3)
    desk.open(of, 1)
    text = OpinionText(title="On it", sense="reserved", words="Yes.\n\nBut.", reservations=["Until spring."])
    counted = count(desk.house, session(desk.house, of), "matchft")
    agreed = Consensus(**SAID, on=DAY, of=of, item="matchft", title="T", subject=text.sha256, count=counted)
    opinion = desk.seal(Opinion(**SAID, on=DAY, of=desk.seal(agreed), wording=text, referral=matter))
    (item,) = page(seen(DAY), of).items
    assert item.matter == ["Put to the committee by Direction: Two regions", "Rapporteur, who reports on it: Li Wei"]
    assert [(each.head, each.text) for each in item.hearings] == [("Heard: Head of an agency", "Ten minutes.")]
    assert item.aside == "Standing aside on this item: Zoé <b>Petit</b>"
    assert item.decisions[0].how == "By consensus: nobody who was there objected."
    (words,) = item.decisions[0].opinions
    assert (words.sense, words.paragraphs, words.reservations) == (
        "favourable with reservations", ["Yes.", "But."], ["Until spring."],
    )  # fmt: skip
    assert words.publication == "The committee has not decided yet whether to publish it."
    desk.seal(PublicationDecision(**SAID, on=DAY, of=opinion, publish=False, text="A name."))
    (item,) = page(seen(DAY), of).items
    assert item.decisions[0].opinions[0].publication == "Withheld, by decision of 15 September 2026: A name."


def test_the_minutes_say_how_far_they_are(desk, seen):
    of = opened(desk, 1, 2)
    assert page(seen(DAY), of).minutes.told.startswith("They are made from what is recorded here")
    desk.seal(Closing(**SAID, on=DAY, of=of, at=START + HOUR))
    shown = page(seen(DAY), of).minutes
    assert shown.told == "The session is over: they can be sealed."
    desk.seal(Minutes(**SAID, on=DAY, of=of, content=shown.fingerprint, size=1))
    sealed = page(seen(DAY), of).minutes
    assert (sealed.told, sealed.changed, sealed.approved) == ("They were sealed on 15 September 2026.", "", None)
    desk.seal(CommitteeQuestion(**SAID, on=DAY, of=of, text="Why?", addressee="IT", due_on=DAY))
    after = page(seen(DAY), of)
    assert after.minutes.changed == "Acts were recorded since: seal a correction."
    assert [(each.text[0], each.told) for each in after.questions] == [("Why?", "to: IT, by 15 September 2026")]


@pytest.mark.parametrize("say", [EN, FR])
def test_the_page_stands_whatever_the_state(desk, seen, say):
    of = desk.call(place="<script>")
    text = html(page(seen(), of, say), say)
    assert "&lt;script&gt;" in text
    assert f'href="/session-calendar/{of}.{say.lang}.ics"' in text
    assert FrozenPack.kind not in text
