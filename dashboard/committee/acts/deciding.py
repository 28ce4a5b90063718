"""What the chair and the secretariat do with an item: put it to the vote, count, record a consensus, publish."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.charter.committee.balloting import annul_vote, end_vote
from boussole.charter.committee.drafts import Drafted
from boussole.charter.committee.issuing import issue
from boussole.charter.committee.meeting import agree
from boussole.charter.committee.minutes import approved
from boussole.charter.committee.presence import electors, voters
from boussole.charter.committee.sessions import session
from boussole.charter.committee.votes import decided
from boussole.charter.records import Sealed
from boussole.charter.records.acts import (
    Convocation,
    Hearing,
    Minutes,
    Opinion,
    OpinionText,
    Publication,
    PublicationDecision,
    Rapporteur,
    Recusal,
    Referral,
    Vote,
)
from boussole.dashboard import store
from boussole.dashboard.access.person import Person
from boussole.dashboard.committee.acts.doing import Choices, Doing, members, sealed, who
from boussole.dashboard.committee.acts.place import Place
from boussole.dashboard.forms.model import Field
from boussole.dashboard.forms.reading import UnfitError, Values
from boussole.dashboard.forms.routes import Desk
from boussole.dashboard.words import Say


def complete(draft: Drafted) -> OpinionText | None:
    """The words of a draft of an opinion; None while it is not complete."""
    if draft.kind != "opinion":
        return None
    try:
        return OpinionText.model_validate(draft.body)
    except ValueError:
        return None


def texts(place: Place, written: Sequence[Drafted], say: Say) -> dict[str, tuple[str, str]]:
    """What can be decided on to the letter: hash and name by choice: complete drafts, and minutes to approve."""
    found: dict[str, tuple[str, str]] = {}
    for draft in written:
        text = complete(draft)
        if text is not None:
            named = say(
                "Draft no. {n}, version {version}: {title}",
                n=str(draft.id),
                version=str(draft.version),
                title=text.title,
            )
            found[f"draft-{draft.id}-{draft.version}"] = (text.sha256, named)
    house = place.chamber.house
    for entry, _ in house.standing(Convocation):
        last = house.last(Minutes, entry)
        if last is not None and entry != place.found.entry and approved(house, last[1]) is None:
            day = say.date(house.get(Convocation, entry).starts.date())
            found[f"minutes-{last[0]}"] = (last[1].content, say("Minutes of the session of {date}", date=day))
    return found


def _deciding(place: Place, say: Say) -> list[Field]:
    written = texts(place, drafts_of(place), say)
    choices = [(key, named) for key, (_, named) in written.items()]
    about = (
        [
            Field(
                name="text",
                label=say("The text it is about, to the letter"),
                kind="choice",
                choices=choices,
                required=False,
                note=say("An opinion can be issued in these words alone."),
            )
        ]
        if choices
        else []
    )
    return [Field(name="title", label=say("What is decided, in a few words"), value=place.on.title), *about]


def drafts_of(place: Place) -> list[Drafted]:
    """What is being written in the committee."""
    return store.drafts(place.workspace, place.chamber.id)


def _subject(desk: Desk, place: Place, values: Values) -> str | None:
    """The hash of the text that was chosen."""
    known = texts(place, drafts_of(place), desk.say)
    chosen = values.maybe("text") if known else None
    return known[chosen][0] if chosen else None


def _voting(place: Place, _: Person, say: Say) -> Sequence[Field]:
    fewest = place.found.rules.votes.secret_fewest
    note = say("It needs {n} voters at least, and is shown as a whole only.", n=say.whole(fewest))
    return [
        *_deciding(place, say),
        Field(name="secret", label=say("By secret ballot"), kind="tick", required=False, note=note),
    ]


def _vote(desk: Desk, place: Place, values: Values) -> Sealed:
    return sealed(
        desk,
        place,
        values,
        Vote,
        of=place.found.entry,
        item=place.on.id,
        title=values.text("title"),
        secret=values.ticked("secret"),
        subject=_subject(desk, place, values),
    )


def _agree(desk: Desk, place: Place, values: Values) -> Sealed:
    return agree(
        desk.workspace,
        place.chamber.id,
        of=place.found.entry,
        item=place.on.id,
        title=values.text("title"),
        who=who(desk, place),
        subject=_subject(desk, place, values),
    )


def _how_many(place: Place, say: Say) -> str:
    """How many have voted, and who has not: never what anybody voted."""
    house, vote = place.chamber.house, place.chamber.house.get(Vote, place.about)
    able, cast = electors(house, place.found, vote.item), voters(house, place.about)
    waiting = [place.chamber.name(member, say) for member in able if member not in cast]
    told = say("{n} of {all} votes are cast.", n=say.whole(len(cast)), all=say.whole(len(able.keys() | cast.keys())))
    return told + (" " + say("Missing: {members}.", members=", ".join(sorted(waiting))) if waiting else "")


def _count(desk: Desk, place: Place, _: Values) -> Sealed:
    return end_vote(desk.workspace, place.chamber.id, vote=place.about, who=who(desk, place))


def _annul(desk: Desk, place: Place, values: Values) -> Sealed:
    return annul_vote(
        desk.workspace, place.chamber.id, vote=place.about, who=who(desk, place), text=values.text("text")
    )


def _standing_aside(place: Place, _: Person, say: Say) -> Sequence[Field]:
    return [
        Field(name="member", label=say("Who stands aside"), kind="choice", choices=members(place, say)),
        ground(say),
    ]


def ground(say: Say) -> Field:
    """Why somebody stands aside."""
    choices = [("interest", say("a personal interest")), ("choice", say("their own choice"))]
    return Field(name="ground", label=say("For what reason"), kind="radio", choices=choices)


def _stand_aside(desk: Desk, place: Place, values: Values) -> Sealed:
    said = {"item": place.on.id, "member": values.text("member"), "ground": values.text("ground")}
    return sealed(desk, place, values, Recusal, of=place.found.entry, **said)


def wording_of(place: Place) -> tuple[OpinionText, Drafted] | None:
    """The draft whose words a decision adopted; None where there is none."""
    decision, adopted = decided(place.chamber.house, place.about)
    if not adopted or decision.subject is None:
        return None
    known = ((complete(draft), draft) for draft in drafts_of(place))
    return next(((text, draft) for text, draft in known if text and text.sha256 == decision.subject), None)


def _issue(desk: Desk, place: Place, _values: Values) -> Sealed:
    """The opinion in the words that were adopted; the one there is, where it was issued before."""
    for entry, _ in place.chamber.house.about(Opinion, place.about):
        return place.chamber.house.sealed(entry)
    found = wording_of(place)
    if found is None:
        raise UnfitError(desk.say("No draft has the words that were adopted."))
    text, draft = found
    decision, _ = decided(place.chamber.house, place.about)
    item = session(place.chamber.house, decision.of).item(decision.item)  # an address may name another session
    return issue(
        desk.workspace,
        place.chamber.id,
        decision=place.about,
        who=who(desk, place),
        wording=text,
        referral=item.referral,
        system=item.system,
        written=draft,
    )


def _publishing(_place: Place, _: Person, say: Say) -> Sequence[Field]:
    choices: Choices = [("yes", say("Publish it")), ("no", say("Withhold it"))]
    why = say("Why it is withheld")
    return [
        Field(name="publish", label=say("What the committee decided"), kind="radio", choices=choices),
        Field(name="text", label=why, kind="prose", rows=2, required=False),
    ]


def _publish(desk: Desk, place: Place, values: Values) -> Sealed:
    publish, text = values.text("publish") == "yes", values.text("text")
    if not publish and not text:
        raise UnfitError(desk.say("Say why it is withheld."), "text")
    return sealed(desk, place, values, PublicationDecision, of=place.about, publish=publish, text=text)


def _published(desk: Desk, place: Place, values: Values) -> Sealed:
    return sealed(desk, place, values, Publication, of=place.about, where=values.text("where"))


def _report(desk: Desk, place: Place, values: Values) -> Sealed:
    return sealed(desk, place, values, Rapporteur, of=place.about, member=values.text("member"))


def _hearing(_place: Place, _: Person, say: Say) -> Sequence[Field]:
    return [
        Field(name="heard", label=say("Who was heard: a role, not a person")),
        Field(name="text", label=say("What they said, in short"), kind="prose"),
    ]


def _hear(desk: Desk, place: Place, values: Values) -> Sealed:
    place.chamber.house.get(Referral, place.about)
    heard = {"heard": values.text("heard"), "text": values.text("text")}
    return sealed(desk, place, values, Hearing, of=place.about, session=place.found.entry, **heard)


def _issued_note(place: Place, say: Say) -> str:
    """Which words will be issued."""
    found = wording_of(place)
    if found is None:
        return ""
    return say("In the words of draft no. {n}, to the letter: “{title}”.", n=str(found[1].id), title=found[0].title)


VOTE = Doing(
    name="vote",
    title=lambda say: say("Put it to the vote"),
    send=lambda say: say("Begin the vote"),
    ask=_voting,
    act=_vote,
)
CONSENSUS = Doing(
    name="consensus",
    title=lambda say: say("Record a consensus"),
    send=lambda say: say("Record the consensus"),
    ask=lambda place, _, say: _deciding(place, say),
    act=_agree,
    note=lambda _, say: say("Nobody who is there objects: no vote is needed."),
)
COUNT = Doing(
    name="count",
    title=lambda say: say("End the vote and count"),
    send=lambda say: say("End the vote and count"),
    act=_count,
    note=_how_many,
)
ANNUL = Doing(
    name="annul",
    title=lambda say: say("Annul the vote"),
    send=lambda say: say("Annul the vote"),
    ask=lambda _place, _me, say: [Field(name="text", label=say("Why"), kind="prose", rows=2)],
    act=_annul,
    note=lambda _, say: say("The ballots of a secret vote are destroyed unseen. It can be held again."),
)
ASIDE = Doing(
    name="aside",
    title=lambda say: say("Record that a member stands aside"),
    send=lambda say: say("Record it"),
    ask=_standing_aside,
    act=_stand_aside,
)
ISSUE = Doing(
    name="issue",
    title=lambda say: say("Issue the opinion that was adopted"),
    send=lambda say: say("Issue the opinion"),
    act=_issue,
    note=_issued_note,
)
PUBLISH = Doing(
    name="publish",
    title=lambda say: say("Record the decision on publication"),
    send=lambda say: say("Record the decision"),
    ask=_publishing,
    act=_publish,
)
PUBLISHED = Doing(
    name="published",
    title=lambda say: say("Record that it was published"),
    send=lambda say: say("Record the publication"),
    ask=lambda _place, _me, say: [Field(name="where", label=say("Where it was published"))],
    act=_published,
)
RAPPORTEUR = Doing(
    name="rapporteur",
    title=lambda say: say("Name who reports on it"),
    send=lambda say: say("Name them"),
    ask=lambda place, _, say: [Field(name="member", label=say("Member"), kind="choice", choices=members(place, say))],
    act=_report,
)
HEAR = Doing(
    name="hear",
    title=lambda say: say("Record a hearing"),
    send=lambda say: say("Record the hearing"),
    ask=_hearing,
    act=_hear,
)


DOINGS = (VOTE, CONSENSUS, COUNT, ANNUL, ASIDE, ISSUE, PUBLISH, PUBLISHED, RAPPORTEUR, HEAR)
