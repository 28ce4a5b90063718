"""The minutes of a session as data, without names: who was there, what was decided and how, and what was noted."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.ledger.tree import size_of
from boussole.audits.workspace import Workspace
from boussole.charter.committee.acting import Who, committee_state, turn
from boussole.charter.committee.meetings.sessions import Session, note_on, notice_days, session
from boussole.charter.committee.people.members import sitting_on
from boussole.charter.committee.placeholders import needs_written_out
from boussole.charter.committee.referrals.matters import Matter, matters
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.state import CommitteeState
from boussole.charter.committee.voting.presence import aside, proxies_of, voters
from boussole.charter.committee.voting.votes import choices_of
from boussole.charter.record_types.acts import (
    Annulment,
    CommitteeQuestion,
    Consensus,
    Dissent,
    FrozenPack,
    Item,
    Minutes,
    Opinion,
    RulesInForce,
    Tally,
    Vote,
    VotedItem,
)
from boussole.charter.record_types.acts.sessions import LINKS
from boussole.charter.records import SealedStatement

SCHEMA = "boussole.minutes/1"
Document = dict[str, Any]


def minutes_of(house: CommitteeState, entry: int) -> Document:
    """The minutes of a session as far as the committee's acts go."""
    found = session(house, entry)
    call, opening = found.call, found.opening
    counted = opening or found.no_quorum
    return {
        "schema": SCHEMA,
        "committee": {"id": house.committee, "title": found.rules.title},
        "session": {
            "entry": found.entry,
            "kind": call.session,
            "state": found.state,
            "starts": call.starts.isoformat(),
            "ends": (found.closing.at if found.closing else call.ends).isoformat(),
            "timezone": call.timezone,
            "place": call.place,
            "remote": call.remote,
            "second_call_of": call.second_call_of,
        },
        "rules": {"sha256": call.rules, "adopted": _adopted(house, call.rules)},
        "calls": [_call(house, at, each) for at, each in found.calls],
        "presiding": opening.presiding if opening else None,
        "quorum": counted.count.model_dump() if counted else None,
        "members": _members(house, found),
        "proxies": [{"giver": giver, "holder": holder} for giver, holder in proxies_of(house, found).items()],
        "packs": [_pack(at, each) for at, each in house.about(FrozenPack, found.entry)],
        "items": [_item(house, found, item) for item in call.agenda],
        "questions": [_question(at, each) for at, each in house.about(CommitteeQuestion, found.entry)],
    }


def content_of(document: Document) -> str:
    """The hash that is sealed of minutes, and that their approval names as its subject."""
    return sha256_hex(canonical_json(document))


def seal_minutes(workspace: Workspace, name: str, *, of: int, who: Who) -> SealedStatement:
    """Seals the minutes of a session that is over, or returns those sealed last where they say the same."""
    with turn(workspace, name) as now:
        found = session(now.house, of)
        content, last = content_of(minutes_of(now.house, found.entry)), now.house.last(Minutes, found.entry)
        if last is not None and last[1].content == content:
            return now.house.sealed(last[0])
        needs_written_out(minutes_of(now.house, found.entry))
        return now.seal(
            Minutes(
                **asdict(who),
                committee=name,
                of=found.entry,
                content=content,
                size=size_of(now.connection),
                replaces=last[0] if last else None,
            )
        )


def sealed_minutes(workspace: Workspace, name: str, entry: int) -> Document:
    """Minutes made again from their acts; raises RefusedError where entry `entry` sealed none, or others."""
    said = committee_state(workspace, name).get(Minutes, entry)
    document = minutes_of(committee_state(workspace, name, before=said.size), said.of)
    if content_of(document) != said.content:
        raise RefusedError("other_minutes", entry=entry)
    return document


def approved(house: CommitteeState, minutes: Minutes) -> int | None:
    """The entry of the decision by which the committee approved minutes; None while it has not."""
    decisions: list[tuple[int, VotedItem]] = [
        *house.standing(Consensus),
        *((entry, house.get(Vote, tally.of)) for entry, tally in house.standing(Tally) if tally.adopted),
    ]
    return next((entry for entry, said in sorted(decisions) if said.subject == minutes.content), None)


def _adopted(house: CommitteeState, rules: str) -> bool:
    return any(act.act == "adopted" and act.rules.sha256 == rules for _, act in house.standing(RulesInForce))


def _call(house: CommitteeState, entry: int, call: Any) -> Document:
    return {
        "entry": entry,
        "on": call.on.isoformat(),
        "sealed_on": house.sealed(entry).sealed_on.isoformat(),
        "notice_days": notice_days(call),
        "urgent": call.urgent,
        "reason": call.text if call.urgent else "",
    }


def _members(house: CommitteeState, found: Session) -> list[Document]:
    told = []
    for member, sitting in sitting_on(house, found.day).items():
        moves = [{"at": act.at.isoformat(), "mode": act.mode} for _, act in found.attendances if act.member == member]
        came = [move["mode"] for move in moves if move["mode"] in ("in_person", "remote")]
        last = moves[-1]["mode"] if moves else "absent"
        told.append(
            {
                "member": member,
                "college": sitting.college,
                "presence": came[-1] if came else last,
                "moves": moves,
            }
        )
    return told


def _pack(entry: int, pack: FrozenPack) -> Document:
    return {
        "entry": entry,
        "on": pack.on.isoformat(),
        "size": pack.size,
        "root": pack.root,
        "charter": {"sha256": pack.charter, "version": pack.charter_version},
        "audits": [{"system": each.system, "entry": each.entry} for each in pack.audits],
    }


def _item(house: CommitteeState, found: Session, item: Item) -> Document:
    matter = next((each for each in matters(house) if each.entry == item.referral), None)
    votes = [(at, vote) for at, vote in house.about(Vote, found.entry) if vote.item == item.id]
    agreed = [(at, act) for at, act in house.about(Consensus, found.entry) if act.item == item.id]
    tallies = [(at, vote, tally) for vote_at, vote in votes for at, tally in house.about(Tally, vote_at)]
    decisions = [
        *(_voted(house, at, vote, tally) for at, vote, tally in tallies),
        *(_agreed(house, at, act) for at, act in agreed),
    ]
    note = note_on(house, found.entry, item.id)
    return {
        "id": item.id,
        "title": item.title,
        "kind": item.kind,
        "system": item.system,
        "referral": None if matter is None else _referral(matter, found),
        "aside": sorted(aside(house, found, item.id)),
        "decisions": sorted(decisions, key=lambda each: int(each["entry"])),
        "annulled": [
            {"vote": vote_at, "title": vote.title, "reason": act.text}
            for vote_at, vote in votes
            for _, act in house.about(Annulment, vote_at)
        ],
        **{name: value for name in LINKS if (value := getattr(item, name))},
        **({} if note is None else {"note": {"entry": note[0], "text": note[1].text}}),
    }


def _referral(matter: Matter, found: Session) -> Document:
    said = matter.referral
    return {
        "entry": matter.entry,
        "origin": said.origin,
        "subject": said.subject,
        "sender": said.sender,
        "rapporteur": matter.rapporteur,
        "hearings": [
            {"heard": act.heard, "text": act.text} for _, act in matter.hearings if act.session == found.entry
        ],
    }


def _voted(house: CommitteeState, entry: int, vote: Vote, tally: Tally) -> Document:
    by_name = {member: choice for member, choice in choices_of(house, tally.of).items() if not vote.secret}
    return {
        "entry": entry,
        "how": "secret" if vote.secret else "open",
        "title": vote.title,
        "subject": vote.subject,
        "in_favour": tally.in_favour,
        "against": tally.against,
        "abstained": tally.abstained,
        "casting": tally.casting,
        "adopted": tally.adopted,
        "votes": by_name,
        "voters": sorted(voters(house, tally.of)),
        **_noted(house, entry),
    }


def _agreed(house: CommitteeState, entry: int, act: Consensus) -> Document:
    return {
        "entry": entry,
        "how": "consensus",
        "title": act.title,
        "subject": act.subject,
        "adopted": True,
        **_noted(house, entry),
    }


def _noted(house: CommitteeState, decision: int) -> Document:
    return {
        "dissents": [
            {"member": act.member, "sort": act.sort, "text": act.text} for _, act in house.about(Dissent, decision)
        ],
        "opinions": [
            {"entry": at, "wording": act.wording.model_dump(mode="json")} for at, act in house.about(Opinion, decision)
        ],
    }


def _question(entry: int, question: CommitteeQuestion) -> Document:
    return {
        "entry": entry,
        "text": question.text,
        "addressee": question.addressee,
        "due_on": question.due_on.isoformat(),
        "asked_by": question.by,
        "figure": None if question.figure is None else question.figure.model_dump(mode="json"),
    }
