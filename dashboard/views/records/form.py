"""The form of a record: its fields are those of the model, with lists and notes that depend on the moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from boussole.charter.committee.voting.presence import count, electors, voters
from boussole.charter.committee.voting.votes import choices_of
from boussole.charter.record_types.acts import Dissent, FrozenPack, Tally, Vote
from boussole.charter.record_types.base import Statement
from boussole.charter.record_types.inputs import Input, WebForm, input_of, is_list, is_required, kind_of, path_of
from boussole.charter.record_types.work import FEWEST
from boussole.dashboard.server.forms import Form, FormField, FormValues, UnfitError
from boussole.dashboard.views.committee_words import quorum_words
from boussole.dashboard.views.records.choosing import FILLERS, LISTS, PROPOSALS
from boussole.dashboard.views.records.setting import Setting, wording_of

# What is said above a form where it depends on the moment; what it always says stands with the model.


def _survey(at: Setting) -> str:
    return at.say(
        "The file is read once and kept nowhere: only means are sealed, and groups of fewer than {n} are hidden. "
        "It holds one row for each person, or means already, in columns named theme, n, mean and perhaps group.",
        n=at.say.whole(FEWEST),
    )


def _reported(at: Setting) -> str:
    known = {each.entry: each.statement for each in at.facts.sealed}
    said = known.get(int(at.of)) if at.of.isdigit() else None
    if said is None:
        return ""
    told = {"date": at.say.date(said.on), "n": at.of}
    if not said.text:
        return at.say("Reported on {date}, in entry {n}.", **told)
    return at.say("Reported on {date}, in entry {n}: “{text}”", text=at.say.written(said.text), **told)


def _quorum(at: Setting) -> str:
    return quorum_words(count(at.house.house, at.session.found), at.say, over=False)


def _how_many(at: Setting) -> str:
    """How many have voted, and who has not: never what anybody voted."""
    house, place, say = at.house.house, at.session, at.say
    vote = house.get(Vote, place.about)
    able, cast = electors(house, place.found, vote.item), voters(house, place.about)
    waiting = [at.house.name(member, say) for member in able if member not in cast]
    told = say("{n} of {all} votes are cast.", n=say.whole(len(cast)), all=say.whole(len(able.keys() | cast.keys())))
    return told + (" " + say("Missing: {members}.", members=", ".join(sorted(waiting))) if waiting else "")


def _issued(at: Setting) -> str:
    found = wording_of(at.session)
    if found is None:
        return ""
    title = at.say.written(found.wording.title)
    return at.say("In the words of draft no. {n}, to the letter: “{title}”.", n=str(found.draft), title=title)


def _fewest(at: Setting) -> str:
    fewest = at.session.found.rules.votes.secret_fewest
    return at.say("It needs {n} voters at least, and is shown as a whole only.", n=at.say.whole(fewest))


def _before_deciding(at: Setting) -> str:
    """What the model says of the form, after a warning where nothing is frozen."""
    if at.house.house.last(FrozenPack, at.session.found.entry) is not None:
        return ""
    return at.say(
        "Warning: the evidence of this session is not frozen. Freeze it first, so that everybody decides on the same "
        "figures and it can be shown later which they were."
    )


def _before_consensus(at: Setting) -> str:
    return at.say("Nobody who is there objects: no vote is needed.")


def _unnoted(at: Setting) -> str:
    house, say, found = at.house.house, at.say, at.session.found
    silent: dict[str, None] = {}
    decided = (pair for vote, _ in house.about(Vote, found.entry) for pair in house.about(Tally, vote))
    for entry, tally in decided:
        noted = {act.member for _, act in house.about(Dissent, entry)}
        against = (member for member, said in choices_of(house, tally.of).items() if said == "against")
        silent |= dict.fromkeys(member for member in against if tally.adopted and member not in noted)
    if not silent:
        return ""
    names = ", ".join(sorted(at.house.name(member, say) for member in silent))
    return say("Voted against, and has nothing noted yet: {members}.", members=names)


def _closing(at: Setting) -> str:
    told = [
        at.say("Nothing more can be decided in it afterwards."),
        at.say("Disagreements can be handed in until the minutes are sealed, and not after: tell the members so."),
        _unnoted(at),
    ]
    return " ".join(filter(None, told))


def _minutes(at: Setting) -> str:
    told = [
        at.say("Read them first. What is recorded later is sealed as a correction beside them, never in their place."),
        at.say("Once they are sealed, nobody can hand in a disagreement any more."),
        _unnoted(at),
    ]
    return " ".join(filter(None, told))


NOTES: Mapping[tuple[str, ...], Callable[[Setting], str]] = {
    ("answer", "review"): _reported,
    ("work", "survey"): _survey,
    ("session", "open"): _quorum,
    ("session", "count"): _how_many,
    ("session", "issue"): _issued,
    ("session", "vote"): _before_deciding,
    ("session", "consensus"): _before_consensus,
    ("session", "close"): _closing,
    ("session", "minutes"): _minutes,
    ("session", "vote", "secret"): _fewest,
}
"""By page and form, and field."""


# The form of a record: its fields are those of the model, and what was typed becomes them again.


SEEN = "seen"
Model = type[Statement]


def record_form(model: Model, form: WebForm, at: Setting) -> Form:
    """A form as it is asked now. That of an act knows what whoever fills it in has seen: nothing is sealed twice."""
    say, note = at.say, NOTES.get((form.page, form.name))
    acts = at.chamber.house.acts if at.chamber else ()
    last = str(acts[-1].entry) if acts else "-1"
    seen = [FormField(name=SEEN, label="", kind="hidden", value=last, required=False)] if at.chamber else []
    return Form(
        id="-".join(part for part in (form.id or form.name, at.of if form.about else "") if part),
        path=path_of(form, at.of),
        send=say(form.send),
        note=note(at) if note else " ".join(say(each) for each in form.notes),
        fields=[*seen, *_fields(model, form, at)],
    )


def _fields(model: Model, form: WebForm, at: Setting) -> list[FormField]:
    found = []
    for name in form.asks:
        said = input_of(model, name, form.inputs)
        kind = kind_of(model, name, said)
        choices = LISTS[said.choices](at) if said.choices else [(key, at.say(text)) for key, text in said.words.items()]
        required = is_required(model, name, said) and kind != "tick"
        if kind in ("choice", "radio", "choices") and not choices and (said.spare or not required):
            continue
        proposal, note = PROPOSALS.get(said.proposed), NOTES.get((form.page, form.name, name))
        value = at.proposed.get(name) or (proposal(at) if proposal else said.proposed)
        if said.alone and len(choices) == 1:
            kind, value = "hidden", choices[0][0]
        found.append(
            FormField(
                name=name,
                label=at.say(said.label) if said.label and kind != "hidden" else "",
                kind="prose" if kind == "lines" else kind,
                required=required,
                note=note(at) if note else at.say(said.note) if said.note else "",
                choices=choices,
                value=value,
                longest=said.longest,
                rows=said.rows,
                kept=said.kept,
            )
        )
    return found


def fields_of(model: Model, form: WebForm, at: Setting, values: FormValues) -> dict[str, Any]:
    """The fields of the record: what was typed, what the place fills in, what is fixed. Raises UnfitError."""
    typed = {name: _typed(model, form, name, at, values) for name in form.asks if name in values}
    filled = {name: FILLERS[by](at) for name, by in form.filled.items()}
    return {name: value for name, value in {**typed, **filled, **form.fixed}.items() if value is not None}


READ: Mapping[str, Callable[[FormValues, str], Any]] = {
    "file": FormValues.file,
    "choices": FormValues.chosen,
    "lines": lambda values, name: [line for line in values.text(name).splitlines() if line.strip()],
    "tick": FormValues.ticked,
}
"""How what was typed in a field of some kinds becomes its value, whatever the model says."""


def _typed(model: Model, form: WebForm, name: str, at: Setting, values: FormValues) -> Any:
    said = input_of(model, name, form.inputs)
    kind = kind_of(model, name, said)
    if kind in READ:
        return READ[kind](values, name)
    if kind in ("date", "moment") and values.text(name):
        moment = values.moment(name)
        _on_its_side(moment.date(), name, said, at)
        return moment.date() if kind == "date" else moment
    value = values.maybe(name)
    if value and is_list(model, name):
        return [value]
    return value.replace(",", ".") if value and kind == "decimal" else value


def _on_its_side(day: dt.date, name: str, said: Input, at: Setting) -> None:
    """That a day has come, or has not passed. Raises UnfitError."""
    if said.day == "past" and day > at.today:
        raise UnfitError(at.say("{date} has not come yet.", date=at.say.date(day)), name)
    if said.day == "to_come" and day < at.today:
        raise UnfitError(at.say("This day has passed: give one to come."), name)
