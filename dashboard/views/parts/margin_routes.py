"""Where what is written in a margin is sent, and what one can make of one's own comment. To others there is none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from starlette.routing import Route

from boussole.audits.workspace import Workspace
from boussole.charter.committee import margin
from boussole.charter.committee.margin import AnswerSpot, DraftSpot, SavedNote
from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.papers.drafts import SavedDraft
from boussole.charter.committee.people.members import sitting_on
from boussole.charter.committee.voted import VotedText
from boussole.charter.committee.voting.votes import decided
from boussole.charter.record_types.acts import Consensus, Dissent, Minutes, Tally
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import answer_href, ask_href, draft_href, number_of, session_href
from boussole.dashboard.server.access.permissions import Action, Person, allowed
from boussole.dashboard.server.forms import Form, FormDesk, FormValues, UnfitError, form_route
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import Chamber, needs_pen, reads_drafts
from boussole.dashboard.views.parts import margin as forms
from boussole.dashboard.views.parts.drafts import author, found
from boussole.dashboard.views.parts.margin import answer_spot

# Where what is written in a margin is sent. Of what somebody may not read, the answer is that there is none.


OF_DRAFT = re.compile(r"([0-9]{1,11})-([0-9]{1,9})-([wr])([0-9]{1,9})", re.ASCII)
OF_ANSWER = re.compile(r"([a-z0-9_-]{1,60})\.([a-z0-9_]{1,60})\.([a-z0-9_]{1,200})", re.ASCII)


def margin_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    base = forms.BASE
    return [
        form_route(f"{base}/draft/{{of}}", home, ask=_commenting, act=_comment, back=_back_to_draft),
        form_route(f"{base}/answer/{{of}}", home, ask=_on_answer, act=_comment_answer, back=_back_to_answer),
        form_route(f"{base}/reply/{{of}}", home, ask=_replying, act=_reply, back=_back),
        form_route(f"{base}/change/{{of}}", home, ask=_changing, act=_change, back=_back),
        form_route(f"{base}/withdraw/{{of}}", home, ask=_withdrawing, act=_withdraw, back=_back),
        form_route(f"{base}/settle/{{of}}", home, ask=_settling, act=_settle, back=_back),
    ]


def _draft(desk: FormDesk, of: str) -> tuple[SavedDraft, int, str, int] | None:
    """The draft, the version, the part and the paragraph that an address names, to those who read it."""
    named = OF_DRAFT.fullmatch(of)
    now = found(desk, named[1]) if named else None
    if named is None or now is None or not _reads(desk, now.committee):
        return None
    return now, int(named[2]), named[3], int(named[4])


def _commenting(desk: FormDesk, of: str) -> Form | None:
    place = _draft(desk, of)
    if place is None:
        return None
    draft, version, part, number = place
    return forms.commenting_on_draft(draft.id, version, part, number, desk.say)


def _comment(desk: FormDesk, of: str, values: FormValues) -> str:
    place = _draft(desk, of)
    if place is None:
        raise LookupError(of)  # cannot be: the form was just found
    draft, version, part, number = place
    _needs_pen(desk, draft.committee)
    spot = DraftSpot(draft=draft.id, version=version, part=part, number=number)
    return _place(
        desk, margin.comment_on_draft(desk.workspace, spot, text=values.text("text"), author=author(desk.person))
    )


def _answer(desk: FormDesk, of: str) -> tuple[str, AnswerSpot] | None:
    """The committee and the answer that an address names, to those who read what it writes."""
    named = OF_ANSWER.fullmatch(of)
    if named is None or not _reads(desk, named[1]):
        return None
    spot = answer_spot(desk.workspace, named[2], named[3], desk.say)
    return (named[1], spot) if spot else None


def _on_answer(desk: FormDesk, of: str) -> Form | None:
    place = _answer(desk, of)
    if place is None:
        return None
    committee, spot = place
    return forms.commenting_on_answer(committee, spot.system, spot.question, spot.audit, desk.say)


def _comment_answer(desk: FormDesk, of: str, values: FormValues) -> str:
    place = _answer(desk, of)
    if place is None:
        raise LookupError(of)  # cannot be: the form was just found
    committee, spot = place
    _needs_pen(desk, committee)
    if values.text("audit") != str(spot.audit or ""):
        raise UnfitError(desk.say("This answer has changed since you looked: look at it again, then comment."))
    made = margin.comment_on_answer(
        desk.workspace, committee, spot, text=values.text("text"), author=author(desk.person)
    )
    return _place(desk, made)


def _note(desk: FormDesk, of: str) -> SavedNote | None:
    """A comment by its number, to those who read it."""
    number = number_of(of)
    known = margin.note(desk.workspace, number) if number is not None else None
    return known if known and _reads(desk, known.committee) else None


def _sure(desk: FormDesk, of: str) -> SavedNote:
    known = _note(desk, of)
    if known is None:
        raise LookupError(of)  # cannot be: the form was just found
    _needs_pen(desk, known.committee)
    return known


def _replying(desk: FormDesk, of: str) -> Form | None:
    known = _note(desk, of)
    return forms.replying(known, desk.say) if known else None


def _reply(desk: FormDesk, of: str, values: FormValues) -> str:
    known = _sure(desk, of)
    made = margin.reply(desk.workspace, known.id, text=values.text("text"), author=author(desk.person))
    return _place(desk, made)


def _changing(desk: FormDesk, of: str) -> Form | None:
    known = _note(desk, of)
    return forms.changing(known, desk.say) if known else None


def _change(desk: FormDesk, of: str, values: FormValues) -> str:
    known, text, edition = _sure(desk, of), values.text("text"), values.number("edition")
    made = margin.rewrite(desk.workspace, known.id, text=text, edition=edition or 0, author=author(desk.person))
    return _place(desk, made)


def _withdrawing(desk: FormDesk, of: str) -> Form | None:
    known = _note(desk, of)
    return forms.withdrawing(known, desk.say) if known else None


def _withdraw(desk: FormDesk, of: str, values: FormValues) -> str:
    known = _sure(desk, of)
    if not values.ticked("sure"):
        raise UnfitError(desk.say("Nothing was erased."), "sure")
    margin.withdraw(desk.workspace, known.id, author=author(desk.person))
    return _page(desk, known, anchor="margin")


def _settling(desk: FormDesk, of: str) -> Form | None:
    known = _note(desk, of)
    return forms.settling(known, desk.say) if known else None


def _settle(desk: FormDesk, of: str, values: FormValues) -> str:
    known, settled = _sure(desk, of), values.text("to") != "open"
    margin.settle(desk.workspace, known.id, author=author(desk.person), settled=settled)
    return _page(desk, known, anchor=f"m-{known.id}")


def _reads(desk: FormDesk, committee: str) -> bool:
    chamber = store.chambers(desk.workspace).get(committee)
    return chamber is not None and reads_drafts(desk.person, chamber)


def _needs_pen(desk: FormDesk, committee: str) -> None:
    """That somebody sits in a committee today, or holds its pen. Raises UnfitError or RefusedError."""
    needs_pen(desk.person, store.chambers(desk.workspace)[committee], desk.say)


def _place(desk: FormDesk, made: SavedNote) -> str:
    """The place of a comment on its page: that of its thread."""
    return _page(desk, made, anchor=f"m-{made.reply_to or made.id}")


def _page(desk: FormDesk, known: SavedNote, *, anchor: str = "", **asked: str) -> str:
    if known.draft is not None:
        return draft_href(known.draft, query=desk.query, anchor=anchor, **asked)
    return answer_href(known.system or "", known.question or "", query=desk.query, anchor=anchor, **asked)


def _back(desk: FormDesk, of: str, token: str) -> str:
    known = _note(desk, of)
    return _page(desk, known, sent=token) if known else draft_href(0, query=desk.query, sent=token)


def _back_to_draft(desk: FormDesk, of: str, token: str) -> str:
    return draft_href(int(of.partition("-")[0]), query=desk.query, sent=token)


def _back_to_answer(desk: FormDesk, of: str, token: str) -> str:
    _, system, question = of.split(".")
    return answer_href(system, question, query=desk.query, sent=token)


# What can be made of one's own comment: a question, or a disagreement with a decision on the draft. Nothing of a
# margin is published otherwise: the form of the act starts with the comment's words, and its author sends it.


Link = tuple[str, str]


def own_words(workspace: Workspace, me: Person, asked: str) -> str:
    """The words of the comment that an address names, to its author; empty for anybody else."""
    number = number_of(asked)
    known = margin.note(workspace, number) if number is not None else None
    chamber = store.chambers(workspace).get(known.committee) if known else None
    if known is None or chamber is None or known.author != author(me) or not reads_drafts(me, chamber):
        return ""
    return known.text


def acts_of(
    chamber: Chamber,
    me: Person,
    notes: Sequence[SavedNote],
    say: Say,
    *,
    texts: Mapping[str, VotedText],
    query: dict[str, str],
) -> dict[int, list[Link]]:
    """By comment, where whoever wrote it can have its words sealed."""
    if not allowed(me.role, Action.TAKE_PART) or me.member is None:
        return {}
    mine = [note for note in notes if note.author == me.member and not note.withdrawn]
    return {
        note.id: [
            (
                say("Ask it as a written question"),
                ask_href(note.system or "", note.question or "", query=query, margin=str(note.id)),
            ),
            *_dissents(chamber, me.member, note, say, texts=texts, query=query),
        ]
        for note in mine
    }


def _dissents(
    chamber: Chamber, member: str, note: SavedNote, say: Say, *, texts: Mapping[str, VotedText], query: dict[str, str]
) -> list[Link]:
    """The decisions on the draft of a comment with which its author can still disagree."""
    subjects = {sha256 for sha256, text in texts.items() if text.draft == note.draft}
    house = chamber.house
    entries = [entry for kind in (Tally, Consensus) for entry, _ in house.standing(kind)]
    found = []
    for entry in entries:
        decision, _ = decided(house, entry)
        if decision.subject not in subjects or house.last(Minutes, decision.of) is not None:
            continue
        noted = any(act.member == member for _, act in house.about(Dissent, entry))
        if not noted and member in sitting_on(house, session(house, decision.of).day):
            href = session_href(decision.of, query=query, anchor=f"dissent-{decision.of}-{entry}", margin=str(note.id))
            found.append((say("Have it noted as your disagreement, in the minutes"), href))
    return found
