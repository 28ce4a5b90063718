"""The form of a record: fields of the model, with lists to choose from and notes that depend on the moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from boussole.charter.committee.meetings.sessions import note_on
from boussole.charter.committee.people.directory import new_number as new_member
from boussole.charter.committee.people.members import sitting_on, sittings
from boussole.charter.committee.referrals.matters import matters
from boussole.charter.committee.voting.presence import count, electors, presiding, voters
from boussole.charter.committee.voting.votes import choices_of
from boussole.charter.deadlines.appeals import appeals, new_number
from boussole.charter.deadlines.days import months_later
from boussole.charter.judging.families import asked_of
from boussole.charter.record_types.acts import Dissent, FrozenPack, Tally, Vote
from boussole.charter.record_types.base import Statement
from boussole.charter.record_types.incidents import Incident
from boussole.charter.record_types.inputs import Input, WebForm, input_of, is_list, is_required, kind_of, path_of
from boussole.charter.record_types.work import FEWEST
from boussole.charter.records.in_force import to_adopt
from boussole.dashboard.server.forms import Form, FormField, FormValues, UnfitError
from boussole.dashboard.views.answers.asked import way_called, worded_for
from boussole.dashboard.views.chamber import member_of
from boussole.dashboard.views.committee_words import quorum_words
from boussole.dashboard.views.incidents_and_work import severity_meaning
from boussole.dashboard.views.records.computing import USUAL_MONTHS
from boussole.dashboard.views.records.setting import Setting, decided_item, texts, wording_of
from boussole.dashboard.views.register_words import words_of

Choices = list[tuple[str, str]]
DAYS = 30
"""Days for an answer, unless the asker says otherwise."""


def _systems(at: Setting) -> Choices:
    found = [(name, at.say.text(system.title, name)) for name, system in at.systems.items()]
    return sorted(found, key=lambda each: each[1])


def _articles(at: Setting) -> Choices:
    return [(each.id, at.say.text(each.title)) for each in at.charter.articles]


def _questions(at: Setting) -> Choices:
    named = at.proposed.get("system") or (at.figure.system if at.figure else "")
    system = at.systems.get(named) or (next(iter(at.systems.values())) if len(at.systems) == 1 else None)
    asked = {each.indicator.id for each in asked_of(at.charter, system).questions} if system else None
    ways = (each for each in at.charter.ways if asked is None or each.id in asked)
    return [(each.id, f"{each.number} " + worded_for(each, system, at.say)) for each in ways]


def _severities(at: Setting) -> Choices:
    words = words_of(Incident, "severity", at.say)
    return [(each, f"{word} — {severity_meaning(each, at.say)}") for each, word in words.items()]


def _appeals(at: Setting) -> Choices:
    return [(str(each.entry), each.appeal.number) for each in appeals(at.facts) if each.decision is None]


def _figure_systems(at: Setting) -> Choices:
    return [(at.figure.system, at.figure.title)] if at.figure else []


def _committees(at: Setting) -> Choices:
    return [(name, each.title(at.say)) for name, each in at.chambers.items()]


def _figure_groups(at: Setting) -> Choices:
    return [(each.measure, each.text) for each in at.figure.groups] if at.figure else []


def _members(at: Setting) -> Choices:
    day = at.place.found.day if at.place else at.today
    known = [(each, at.house.name(each, at.say)) for each in sitting_on(at.house.house, day)]
    return sorted(known, key=lambda pair: pair[1].casefold())


def _others(at: Setting) -> Choices:
    return [each for each in _members(at) if each[0] != at.person.member]


def _there(at: Setting) -> Choices:
    if presiding(at.house.house, at.session.found) is not None:
        return []
    return [each for each in _members(at) if each[0] in at.session.found.there]


def _known_members(at: Setting) -> Choices:
    return [(each, at.house.name(each, at.say)) for each in dict.fromkeys(s.member for s in sittings(at.house.house))]


def _mandates(at: Setting) -> Choices:
    found: Choices = []
    for each in sittings(at.house.house):
        if each.last_day is None or each.last_day >= at.today:
            name = f"{at.house.name(each.member, at.say)} ({at.house.college(each.college, at.say)})"
            until = at.say("{name}, until {date}", name=name, date=at.say.date(each.last_day)) if each.last_day else ""
            found.append((str(each.entry), until or name))
    return found


def _colleges(at: Setting) -> Choices:
    return [(each.id, at.say.text(each.title)) for each in at.house.house.rules.colleges]


def _matters(at: Setting) -> Choices:
    return [(str(each.entry), each.referral.subject) for each in matters(at.house.house)]


def _modes(at: Setting) -> Choices:
    from boussole.charter.record_types.acts import Attendance

    words = words_of(Attendance, "mode", at.say)
    return [pair for pair in words.items() if pair[0] != "remote" or at.session.found.call.remote]


def _texts(at: Setting) -> Choices:
    """What can be decided on to the letter, by its hash: complete drafts, and minutes to approve."""
    return texts(at.session, at.say)


def _note(at: Setting) -> str:
    known = note_on(at.house.house, at.session.found.entry, at.session.on.id)
    return known[1].text if known else ""


LISTS: Mapping[str, Callable[[Setting], Choices]] = {
    "systems": _systems,
    "articles": _articles,
    "questions": _questions,
    "severities": _severities,
    "appeals": _appeals,
    "committees": _committees,
    "figure_systems": _figure_systems,
    "figure_groups": _figure_groups,
    "members": _members,
    "others": _others,
    "there": _there,
    "known_members": _known_members,
    "mandates": _mandates,
    "colleges": _colleges,
    "matters": _matters,
    "modes": _modes,
    "texts": _texts,
}
"""What one chooses from, by the name that an input gives it."""


def _valid_until(at: Setting) -> str:
    way = way_called(at.charter, at.figure.indicator) if at.figure else None
    return months_later(at.today, (way and way.valid_months) or USUAL_MONTHS).isoformat()


def _charter_text(at: Setting) -> str:
    text = to_adopt(at.here)
    return text.sha256 if text else ""


PROPOSALS: Mapping[str, Callable[[Setting], str]] = {
    "today": lambda at: at.today.isoformat(),
    "now": lambda at: at.house.now.isoformat(timespec="minutes"),
    "in_30_days": lambda at: (at.today + dt.timedelta(days=DAYS)).isoformat(),
    "charter_text": _charter_text,
    "valid_until": _valid_until,
    "new_appeal": lambda _: new_number(),
    "new_member": lambda _: new_member(),
    "item_title": lambda at: at.session.on.title,
    "item_note": _note,
}
"""What a form starts with. A number is drawn when it is shown: sent twice, it is sealed once."""

FILLERS: Mapping[str, Callable[[Setting], Any]] = {
    "nothing": lambda _: None,
    "address": lambda at: int(at.of),
    "session": lambda at: at.session.found.entry,
    "entry": lambda at: at.session.about,
    "item": lambda at: at.session.on.id,
    "me": lambda at: member_of(at.person, at.say),
    "members": lambda at: at.say("Members of the committee"),
    "figure_system": lambda at: at.figure.system if at.figure else None,
    "figure_question": lambda at: at.figure.indicator if at.figure else None,
    "item_referral": lambda at: decided_item(at.session).referral,
    "item_system": lambda at: decided_item(at.session).system,
}
"""What the place of a form fills in."""


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
