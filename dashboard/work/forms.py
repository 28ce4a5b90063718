"""The forms of the page of effects on work, and what each does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, get_args

from boussole.charter.incidents.entering import enter
from boussole.charter.records.kinds import Statement
from boussole.charter.records.work import FEWEST, Consultation, Step, Survey, Theme, TimeSaved, Training
from boussole.charter.work.survey import THEMES, Layout, aggregated, rows_of
from boussole.dashboard import store
from boussole.dashboard.addresses import work_href
from boussole.dashboard.forms.forms_html import Titled
from boussole.dashboard.forms.model import Field, Form
from boussole.dashboard.forms.reading import UnfitError, Values
from boussole.dashboard.forms.routes import Desk
from boussole.dashboard.words import Say
from boussole.dashboard.work.view import step_word, theme_word

SURVEY, CONSULTATION, TIME, TRAINING = "survey", "consultation", "time", "training"
Systems = Sequence[tuple[str, str]]


def all_forms(systems: Systems, say: Say) -> list[Titled]:
    """Every form of the page."""
    return [
        (say("Bring in a survey"), survey_form(systems, say)),
        (say("Record training"), training_form(systems, say)),
        (say("Record time saved"), time_form(systems, say)),
        (say("Record a step of a consultation"), consultation_form(systems, say)),
    ]


def _system(systems: Systems, say: Say, *, required: bool = False) -> Field:
    return Field(name="system", label=say("About which system?"), kind="choice", choices=systems, required=required)


def _period(say: Say) -> list[Field]:
    return [
        Field(name="start", label=say("First day"), kind="date"),
        Field(name="end", label=say("Last day"), kind="date"),
    ]


def survey_form(systems: Systems, say: Say) -> Form:
    """A file of answers; of it only means are kept."""
    columns = [
        Field(
            name=theme,
            label=say("Column of: {theme}", theme=theme_word(theme, say)),
            required=False,
        )
        for theme in THEMES
    ]
    return Form(
        id="work-survey",
        path=f"/work/{SURVEY}",
        send=say("Bring it in"),
        note=say(
            "The file is read once and kept nowhere: only means are sealed, and groups of fewer than {n} are hidden. "
            "It holds one row for each person, or means already, in columns named theme, n, mean and perhaps group.",
            n=say.whole(FEWEST),
        ),
        fields=[
            Field(name="file", label=say("The answers (CSV or XLSX)"), kind="file", value=".csv,.xlsx", kept=False),
            *_period(say),
            _system(systems, say),
            *columns,
            Field(name="group", label=say("Column of the team or agency"), required=False),
            Field(
                name="reverse",
                label=say("Where a high answer is bad, such as a heavy load"),
                kind="choices",
                choices=[(theme, theme_word(theme, say)) for theme in THEMES],
                required=False,
            ),
            Field(name="lowest", label=say("Lowest answer"), kind="number", value="1"),
            Field(name="highest", label=say("Highest answer"), kind="number", value="5"),
            Field(name="invited", label=say("How many were asked?"), kind="number", required=False),
        ],
    )


def training_form(systems: Systems, say: Say) -> Form:
    """Who was trained, and before the first use."""
    return Form(
        id="work-training",
        path=f"/work/{TRAINING}",
        send=say("Record it"),
        fields=[
            _system(systems, say),
            Field(name="course", label=say("What is the training called?")),
            *_period(say),
            Field(name="users", label=say("How many people use the tool?"), kind="number"),
            Field(name="trained", label=say("How many of them were trained?"), kind="number"),
            Field(name="before", label=say("How many of these before their first use?"), kind="number"),
        ],
    )


def time_form(systems: Systems, say: Say) -> Form:
    """Time that was saved, and where it went."""
    return Form(
        id="work-time",
        path=f"/work/{TIME}",
        send=say("Record it"),
        fields=[
            _system(systems, say, required=True),
            *_period(say),
            Field(name="hours", label=say("Hours saved, all people together"), kind="number"),
            Field(name="people", label=say("How many people use the tool?"), kind="number"),
            Field(name="method", label=say("How was it found?"), note=say("Measured, timed, estimated…")),
            Field(
                name="spent",
                label=say("Where did the time go?"),
                kind="prose",
                note=say("One each line, with its percent: Receiving people 60"),
                required=False,
            ),
            Field(name="posts", label=say("Posts moved to other work"), kind="number", required=False),
        ],
    )


def consultation_form(systems: Systems, say: Say) -> Form:
    """A step in consulting the staff representatives."""
    return Form(
        id="work-consultation",
        path=f"/work/{CONSULTATION}",
        send=say("Record it"),
        fields=[
            Field(
                name="step",
                label=say("Which step?"),
                kind="choice",
                choices=[(step, step_word(step, say)) for step in get_args(Step)],
            ),
            Field(name="body", label=say("Who is consulted?"), note=say("The works council, for example.")),
            Field(name="day", label=say("On which day?"), kind="date"),
            _system(systems, say),
            Field(name="text", label=say("In a few words"), kind="prose", required=False),
        ],
    )


def bring_in(desk: Desk, _: str, values: Values) -> str:
    """Seal the means of a survey."""
    name, content = values.file("file")
    columns: dict[Theme, str] = {theme: values.text(theme) for theme in THEMES if values.maybe(theme)}
    reverse: list[Theme] = [theme for theme in THEMES if theme in values.chosen("reverse")]
    layout = Layout(
        columns=columns,
        group=values.maybe("group"),
        reverse=reverse,
        lowest=values.number("lowest") or 0,
        highest=values.number("highest") or 0,
    )
    found = aggregated(rows_of(name, content), layout)
    return _sealed(
        desk,
        Survey,
        values,
        invited=values.number("invited"),
        answered=found.answered,
        lowest=layout.lowest,
        highest=layout.highest,
        everybody=found.everybody,
        groups=found.groups,
        hidden=found.hidden,
        grouped_by=layout.group,
    )


def record_training(desk: Desk, _: str, values: Values) -> str:
    """Seal how many were trained."""
    numbers = {name: values.number(name) for name in ("users", "trained", "before")}
    return _sealed(desk, Training, values, course=values.text("course"), **numbers)


def record_time(desk: Desk, _: str, values: Values) -> str:
    """Seal the time that was saved."""
    spent = [_spent(line, desk.say) for line in values.text("spent").splitlines() if line.strip()]
    numbers = {name: values.number(name) for name in ("hours", "people", "posts")}
    return _sealed(desk, TimeSaved, values, method=values.text("method"), spent=spent, **numbers)


def _spent(line: str, say: Say) -> dict[str, Any]:
    found = re.fullmatch(r"(.*\S)[\s:=]+(\d{1,3})\s*%?", line.strip())
    if found is None:
        raise UnfitError(say("Each line ends with a percent: “{line}” does not.", line=line.strip()[:60]), "spent")
    return {"what": found[1].rstrip(" :="), "share": int(found[2])}


def record_step(desk: Desk, _: str, values: Values) -> str:
    """Seal a step of a consultation; one to come is announced."""
    day, today = values.day("day"), store.today()
    if day > today and values.text("step") != "announced":
        raise UnfitError(desk.say("{date} has not come yet.", date=desk.say.date(day)), "day")
    said = {
        **_who(desk),
        "on": min(day, today),
        "step": values.text("step"),
        "body": values.text("body"),
        "planned_on": day if values.text("step") == "announced" else None,
        "system": values.maybe("system"),
        "text": values.text("text"),
    }
    return _done(desk, Consultation.model_validate(said))


def _sealed(desk: Desk, kind: type[Statement], values: Values, **fields: Any) -> str:
    start, end = values.day("start"), values.day("end")
    if end < start:
        raise UnfitError(desk.say("It ends before it starts: one of both days is not right."), "end")
    if end > store.today():
        raise UnfitError(desk.say("{date} has not come yet.", date=desk.say.date(end)), "end")
    said = {**_who(desk), "on": store.today(), "start": start, "end": end, "system": values.maybe("system"), **fields}
    return _done(desk, kind.model_validate(said))


def _who(desk: Desk) -> dict[str, Any]:
    return {"role": desk.person.role.value, "signed_in": desk.person.authenticated}


def _done(desk: Desk, said: Statement) -> str:
    return work_href(query=desk.query, done=str(enter(desk.workspace, said).entry), anchor="done")
