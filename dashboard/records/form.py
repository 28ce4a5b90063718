"""The form of a record: its fields are those of the model, and what was typed becomes them again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from boussole.charter.record_types.base import Statement
from boussole.charter.record_types.inputs import Input, WebForm, input_of, is_list, is_required, kind_of, path_of
from boussole.dashboard.forms.model import Field, Form
from boussole.dashboard.forms.reading import UnfitError, Values
from boussole.dashboard.records.lists import FILLERS, LISTS, PROPOSALS
from boussole.dashboard.records.notes import NOTES
from boussole.dashboard.records.setting import Setting

SEEN = "seen"
Model = type[Statement]


def record_form(model: Model, form: WebForm, at: Setting) -> Form:
    """A form as it is asked now. That of an act knows what whoever fills it in has seen: nothing is sealed twice."""
    say, note = at.say, NOTES.get((form.page, form.name))
    acts = at.chamber.house.acts if at.chamber else ()
    last = str(acts[-1].entry) if acts else "-1"
    seen = [Field(name=SEEN, label="", kind="hidden", value=last, required=False)] if at.chamber else []
    return Form(
        id="-".join(part for part in (form.id or form.name, at.of if form.about else "") if part),
        path=path_of(form, at.of),
        send=say(form.send),
        note=note(at) if note else " ".join(say(each) for each in form.notes),
        fields=[*seen, *_fields(model, form, at)],
    )


def _fields(model: Model, form: WebForm, at: Setting) -> list[Field]:
    """What is asked. What may be chosen, and there is nothing to choose from, is left out."""
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
            Field(
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


def fields_of(model: Model, form: WebForm, at: Setting, values: Values) -> dict[str, Any]:
    """The fields of the record: what was typed, what the place fills in, what is fixed. Raises UnfitError."""
    typed = {name: _typed(model, form, name, at, values) for name in form.asks if name in values}
    filled = {name: FILLERS[by](at) for name, by in form.filled.items()}
    return {name: value for name, value in {**typed, **filled, **form.fixed}.items() if value is not None}


def _typed(model: Model, form: WebForm, name: str, at: Setting, values: Values) -> Any:
    said = input_of(model, name, form.inputs)
    kind = kind_of(model, name, said)
    if kind in ("file", "files"):
        return values.file(name) if kind == "file" else values.files(name)
    if kind == "choices":
        return values.chosen(name)
    if kind == "lines":
        return [line for line in values.text(name).splitlines() if line.strip()]
    if kind == "tick":
        return values.ticked(name)
    if kind in ("date", "moment") and values.text(name):
        moment = values.moment(name)
        _on_its_side(moment.date(), name, said, at)
        return moment.date() if kind == "date" else moment
    value = values.maybe(name)
    return [value] if value and is_list(model, name) else value


def _on_its_side(day: dt.date, name: str, said: Input, at: Setting) -> None:
    """That a day has come, or has not passed. Raises UnfitError."""
    if said.day == "past" and day > at.today:
        raise UnfitError(at.say("{date} has not come yet.", date=at.say.date(day)), name)
    if said.day == "to_come" and day < at.today:
        raise UnfitError(at.say("This day has passed: give one to come."), name)
