"""Taking part in a session: voting under one's own number, its receipt, and saying what an item is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from starlette.responses import HTMLResponse, Response

from boussole.charter.committee.acts.meeting import convene, vote_in_secret, vote_openly
from boussole.charter.committee.voting.presence import electors, voters
from boussole.charter.record_types.acts import Choice, Item, Vote
from boussole.charter.record_types.acts.sessions import ItemKind
from boussole.charter.records import SealedStatement
from boussole.dashboard.markup.elements import STYLE, Html, el, join, source
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import session_href
from boussole.dashboard.server.access.permissions import Person
from boussole.dashboard.server.forms import FormDesk, FormField, FormValues, UnfitError
from boussole.dashboard.views import store
from boussole.dashboard.views.committee_words import choice_word, item_word
from boussole.dashboard.views.records.calling import Choices, Doing, me, who
from boussole.dashboard.views.records.form import LISTS
from boussole.dashboard.views.records.setting import FormPlace, Setting

# The page that answers a secret vote: that it was cast, and its receipt, which is kept nowhere else.


HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src {source(STYLE)}; font-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def receipt_page(
    place: FormPlace, sealed: SealedStatement, nonce: str, say: Say, *, query: dict[str, str]
) -> HTMLResponse:
    """A page by itself, without any script."""
    back = session_href(place.found.entry, query=query)
    body = Template("views/records/acting.html", say)("receipt", sealed.entry, nonce, back)
    return HTMLResponse(_document(say("Your ballot is cast"), body, lang=say.lang), headers=HEADERS)


def _document(title: str, body: Html, *, lang: str) -> str:
    style = Html(f"<style>{STYLE}</style>")
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width"),
        el("title", title),
        style,
    )
    return f"<!doctype html>{el('html', join([head, el('body', body)]), lang=lang)}"


# Voting, under one's own number: the one form of a session whose answer is kept nowhere.


CHOICES: tuple[Choice, ...] = ("for", "against", "abstain")


def mine(place: FormPlace, member: str | None) -> list[str]:
    """The members for whom somebody can still vote: themselves, and those whose proxy they hold."""
    vote = place.chamber.house.get(Vote, place.about)
    able, cast = electors(place.chamber.house, place.found, vote.item), voters(place.chamber.house, place.about)
    return [voter for voter, caster in able.items() if caster == member and voter not in cast]


def _casting(place: FormPlace, who_acts: Person, say: Say) -> Sequence[FormField]:
    secret = place.chamber.house.get(Vote, place.about).secret
    choices = [(choice, choice_word(choice, say)) for choice in CHOICES]
    what = FormField(name="choice", label=say("The vote"), kind="radio", choices=choices, kept=not secret)
    known = mine(place, who_acts.member)
    if len(known) < 2:
        voter = next(iter(known), who_acts.member or "")
        return [FormField(name="voter", label="", kind="hidden", value=voter, required=False), what]
    names = [(each, _whose(place, each, who_acts.member, say)) for each in known]
    return [FormField(name="voter", label=say("Whose vote is it?"), kind="radio", choices=names), what]


def _whose(place: FormPlace, voter: str, member: str | None, say: Say) -> str:
    if voter == member:
        return say("my own")
    return say("that of {member}, whose proxy I hold", member=place.chamber.name(voter, say))


def _cast(desk: FormDesk, place: FormPlace, values: FormValues) -> SealedStatement | Response:
    """One vote, for whom the form said when it was shown; of a secret ballot with its receipt, kept nowhere."""
    member = me(desk)
    voter = values.maybe("voter") or member
    vote = place.chamber.house.get(Vote, place.about)
    name, choice, acting = place.chamber.id, values.text("choice"), who(desk, place)
    if not vote.secret:
        return vote_openly(desk.workspace, name, vote=place.about, voter=voter, choice=_chosen(choice), who=acting)
    done, nonce = vote_in_secret(
        desk.workspace, name, vote=place.about, voter=voter, choice=_chosen(choice), who=acting
    )
    return receipt_page(place, done, nonce, desk.say, query=desk.query)


def _chosen(word: str) -> Choice:
    return next(choice for choice in CHOICES if choice == word)


def _how(place: FormPlace, say: Say) -> str:
    if place.chamber.house.get(Vote, place.about).secret:
        return say(
            "A secret ballot: that you voted is recorded, and never what. You are shown a receipt once, by which you "
            "can find your ballot at the end."
        )
    return say("An open vote: once it is over, it is shown under your name.")


CAST = Doing(
    name="cast",
    title=lambda say: say("Vote"),
    send=lambda say: say("Cast this vote"),
    ask=_casting,
    act=_cast,
    note=_how,
)


# Saying what an item of an agenda is about and rests on, before the session begins.


KINDS: tuple[ItemKind, ...] = get_args(ItemKind)


def _asking(place: FormPlace, me: Person, say: Say) -> Sequence[FormField]:
    item = place.on
    scene = store.scene(place.workspace)
    at = Setting(person=me, say=say, workspace=place.workspace, chamber=place.chamber, place=place, scene=scene)
    choices: list[tuple[str, str, Choices, str]] = [
        ("system", say("System"), LISTS["systems"](at), item.system or ""),
        ("question", say("Question"), LISTS["questions"](at), item.question or ""),
        ("draft", say("Draft"), _drafts(place, say), str(item.draft or "")),
    ]
    return [
        FormField(
            name="kind",
            label=say("What is done"),
            kind="choice",
            choices=[(each, item_word(each, say)) for each in KINDS],
            value=item.kind,
        ),
        *(
            FormField(name=name, label=label, kind="choice", choices=_with(value, known), value=value, required=False)
            for name, label, known, value in choices
            if known or value
        ),
        FormField(
            name="evidence",
            label=say("Evidence"),
            note=say("Numbers of entries of the ledger, with commas between them."),
            value=", ".join(map(str, item.evidence)),
            required=False,
        ),
    ]


def _with(value: str, known: Choices) -> Choices:
    """The choices, and what was chosen before though it is none of today's: who changes another field keeps it."""
    return known if not value or value in dict(known) else [(value, value), *known]


def _drafts(place: FormPlace, say: Say) -> Choices:
    known = store.drafts(place.workspace, place.chamber.id)
    return [
        (str(each.id), f"{say('Draft no. {n}', n=str(each.id))} — {each.body.get('title') or ''}") for each in known
    ]


def _change(desk: FormDesk, place: FormPlace, values: FormValues) -> SealedStatement:
    """The convocation with this one item changed; notice runs anew only where the item deals with something else."""
    call, item = place.found.call, place.on
    asked = {each.name for each in _asking(place, desk.person, desk.say)}
    draft = values.maybe("draft") if "draft" in asked else None
    changed = Item.model_validate(
        {
            **item.model_dump(),
            "kind": values.text("kind"),
            "system": values.maybe("system") if "system" in asked else item.system,
            "question": values.maybe("question") if "question" in asked else item.question,
            "draft": int(draft) if draft else None,
            "evidence": _entries(values.text("evidence"), place, desk.say),
        }
    )
    return convene(
        desk.workspace,
        place.chamber.id,
        who=who(desk, place),
        starts=call.starts,
        ends=call.ends,
        place=call.place,
        agenda=[changed if each.id == item.id else each for each in call.agenda],
        kind=call.session,
        remote=call.remote,
        urgent=call.urgent,
        text=call.text,
        second_call_of=call.second_call_of,
        amends=place.found.entry,
    )


def _entries(text: str, place: FormPlace, say: Say) -> list[int]:
    found = [each for each in text.replace(",", " ").replace(";", " ").split() if each]
    last = store.last_entry_of(place.workspace)
    for each in found:
        if not (each.isascii() and each.isdigit() and int(each) <= last):
            raise UnfitError(say("The ledger has no entry “{entry}”.", entry=each[:20]), "evidence")
    return list(dict.fromkeys(map(int, found)))


POINT = Doing(
    name="point",
    title=lambda say: say("Say what this item is about"),
    send=lambda say: say("Send the changed agenda"),
    ask=_asking,
    act=_change,
    note=lambda _, say: say(
        "Members find here what to read before the session. Another kind or system is another matter: notice runs anew."
    ),
)
