"""What concerns a member of what became of their committee's work: answers, minutes, opinions."""

from __future__ import annotations

from collections.abc import Iterator

from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.voting.votes import decided
from boussole.charter.record_types.acts import CommitteeAnswer, CommitteeQuestion, Minutes, Opinion
from boussole.charter.record_types.kinds import Recommendation, Reply
from boussole.dashboard.views.concerns.concern import Concern, Seat
from boussole.dashboard.words.addresses import questions_href, recommendations_href, session_href


def of_answers(seat: Seat) -> Iterator[Concern]:
    """The answers to their questions, and to the recommendations and opinions of their committee."""
    say, house = seat.say, seat.chamber.house
    for entry, answer in house.standing(CommitteeAnswer):
        if seat.tells(answer.on):
            asked = house.get(CommitteeQuestion, answer.of)
            own = seat.member is not None and asked.by == seat.member
            date = say.date(asked.on)
            yield Concern(
                key=f"reply/{entry}",
                kind="reply",
                on=answer.on,
                text=say("Your question of {date} has an answer.", date=date)
                if own
                else say("A question of the committee, of {date}, has an answer.", date=date),
                href=questions_href(query=seat.query, anchor=f"q-{answer.of}"),
            )
    yield from _replies(seat)


def _replies(seat: Seat) -> Iterator[Concern]:
    say, house, facts = seat.say, seat.chamber.house, seat.chamber.facts
    recommended = {entry: said for entry, said in facts.standing(Recommendation) if said.committee == house.committee}
    opinions = dict(house.standing(Opinion))
    for entry, reply in facts.standing(Reply):
        if not seat.tells(reply.on):
            continue
        if reply.of in recommended:
            text, anchor = say("Recommendation no. {n} has an answer.", n=str(reply.of)), f"r-{reply.of}"
        elif reply.of in opinions:
            date = say.date(opinions[reply.of].on)
            text, anchor = say("The committee’s opinion of {date} has an answer.", date=date), f"o-{reply.of}"
        else:
            continue
        yield Concern(
            key=f"reply/{entry}",
            kind="reply",
            on=reply.on,
            text=text,
            href=recommendations_href(query=seat.query, anchor=anchor),
        )


def of_papers(seat: Seat) -> Iterator[Concern]:
    """The minutes that were sealed, and the opinions that were issued."""
    say, house = seat.say, seat.chamber.house
    for entry, minutes in house.standing(Minutes):
        if seat.tells(minutes.on):
            date = say.date(session(house, minutes.of).day)
            yield Concern(
                key=f"minutes/{entry}",
                kind="minutes",
                on=minutes.on,
                text=say("The minutes of the session of {date} were corrected and sealed anew.", date=date)
                if minutes.replaces is not None
                else say("The minutes of the session of {date} are sealed.", date=date),
                href=session_href(minutes.of, query=seat.query, anchor="minutes"),
            )
    for entry, opinion in house.standing(Opinion):
        if seat.tells(opinion.on):
            held = session(house, decided(house, opinion.of)[0].of)
            yield Concern(
                key=f"opinion/{entry}",
                kind="opinion",
                on=opinion.on,
                text=say("The committee issued an opinion after its session of {date}.", date=say.date(held.day)),
                href=recommendations_href(query=seat.query, anchor=f"o-{entry}"),
            )
