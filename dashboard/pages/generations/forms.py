"""The forms of examples: a steward has a text drawn, takes more out of it, releases it; the last withdraws one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from starlette.routing import Route

from boussole.audits.decisions.kept_texts import ANY, NOTHING, Holding, holding
from boussole.audits.systems import System
from boussole.audits.texts.personal.examples import ExampleError, choices
from boussole.audits.windows import period_of
from boussole.charter.record_types.inputs import WebForm
from boussole.charter.records.examples.drafts import (
    ExampleDraft,
    WantedExample,
    draw_example,
    read_draft,
    release_draft,
    take_out,
)
from boussole.charter.records.examples.released import examples
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import generations_href
from boussole.dashboard.server.access.permissions import Person
from boussole.dashboard.server.forms import Form, FormDesk, FormField, FormValues, UnfitError, form_route
from boussole.dashboard.views.records.entering import FormPage, record_routes
from boussole.dashboard.views.records.setting import Setting
from boussole.dashboard.views.text_examples import example_words, finding_words, marked_words

DRAW, BLACK_OUT, RELEASE = "/generations/draw", "/generations/black-out", "/generations/release"
MOST = 200
"""Words and sentences that can be chosen at once."""


def asking(system: System, held: Holding, say: Say) -> Form:
    """Which text: of a month, with what was found in it, or by its number."""
    findings = [(each, finding_words(each, say)) for each in held.findings]
    return Form(
        id=f"draw-{system.id}",
        path=f"{DRAW}/{system.id}",
        send=say("Show it to me, redacted"),
        note=say("One text is drawn at random. You see it redacted, and nobody else does before you release it."),
        fields=[
            FormField(
                name="month",
                label=say("Month"),
                kind="choice",
                choices=[(month.isoformat(), say.month(month)) for month in reversed(held.months)],
                value=held.months[-1].isoformat() if held.months else "",
            ),
            FormField(
                name="finding",
                label=say("What was found in it"),
                kind="choice",
                choices=[(ANY, say("Anything or nothing")), (NOTHING, say("Nothing")), *findings],
                value=ANY,
            ),
            FormField(
                name="text",
                label=say("Number of one text"),
                note=say("In place of a draw, as its source calls it."),
                required=False,
            ),
        ],
    )


def blacking_out(reference: str, offered: Sequence[tuple[str, str]], say: Say) -> Form:
    """Which words and sentences go; a word goes wherever it stands."""
    return Form(
        id="black-out",
        path=f"{BLACK_OUT}/{reference}",
        send=say("Black these out"),
        fields=[
            FormField(
                name="out",
                label=say("What else must go"),
                note=say("A word goes wherever it stands. Nothing comes back."),
                kind="choices",
                required=False,
                choices=[(span, marked_words(text, say)) for span, text in offered[:MOST]],
                longest=40,
                kept=False,
            )
        ],
    )


def releasing(draft: ExampleDraft, say: Say) -> Form:
    """Until when it is shown, by somebody who has read it."""
    return Form(
        id="release",
        path=f"{RELEASE}/{draft.reference}",
        send=say("Release this example"),
        note=say("The ledger keeps who released it and until when, and no word of it."),
        fields=[
            FormField(
                name="read",
                label=say("I have read every word: nobody can be recognised in it."),
                kind="tick",
                kept=False,
            ),
            FormField(
                name="until",
                label=say("Shown until"),
                note=say("{date} at the latest: the text is not kept for longer.", date=say.date(draft.until)),
                kind="date",
                value=draft.until.isoformat(),
            ),
        ],
    )


def example_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return [
        form_route(DRAW + "/{of}", home, ask=_ask_draw, act=_draw, back=_back),
        form_route(BLACK_OUT + "/{of}", home, ask=_ask_black_out, act=_black_out, back=_back_to_draft),
        form_route(RELEASE + "/{of}", home, ask=_ask_release, act=_release, back=_back_to_draft),
        *record_routes(home, "generations", PAGE),
    ]


def whose(person: Person) -> str:
    """For whom a text is drawn: nobody else can go on with it."""
    return person.subject


def draft_of(desk: FormDesk, reference: str) -> ExampleDraft | None:
    """The draft of an address; None where it is over, somebody else's, or none."""
    try:
        return read_draft(desk.workspace, reference, whose=whose(desk.person), now=_now())
    except ExampleError:
        return None


def _ask_draw(desk: FormDesk, of: str) -> Form | None:
    system = desk.workspace.systems.get(of)
    if system is None:
        return None
    held = holding(desk.workspace, system, today=desk.workspace.today())
    return asking(system, held, desk.say) if held.months else None


def _draw(desk: FormDesk, of: str, values: FormValues) -> str:
    month = period_of(dt.date.fromisoformat(values.text("month")), "month")
    wanted = WantedExample(start=month.start, end=month.end, finding=values.text("finding"))
    with _told(desk.say):
        draft = draw_example(desk.workspace, of, wanted, whose=whose(desk.person), now=_now(), text=values.text("text"))
    return _shown(desk, draft)


def _ask_black_out(desk: FormDesk, of: str) -> Form | None:
    draft = draft_of(desk, of)
    if draft is None:
        return None
    spans = [(f"{start}-{end}", draft.shown[start:end]) for start, end in choices(draft.shown)]
    return blacking_out(of, spans, desk.say)


def _black_out(desk: FormDesk, of: str, values: FormValues) -> str:
    chosen = [each.partition("-") for each in values.chosen("out")]
    if not chosen:
        raise UnfitError(desk.say("Choose what must go."), "out")
    spans = [(int(start), int(end)) for start, _, end in chosen]
    with _told(desk.say):
        return _shown(desk, take_out(desk.workspace, of, spans, whose=whose(desk.person), now=_now()))


def _ask_release(desk: FormDesk, of: str) -> Form | None:
    draft = draft_of(desk, of)
    return releasing(draft, desk.say) if draft else None


def _release(desk: FormDesk, of: str, values: FormValues) -> str:
    until = values.day("until")
    if until < desk.workspace.today():
        raise UnfitError(example_words(ExampleError("passed"), desk.say), "until")
    with _told(desk.say):
        done = release_draft(
            desk.workspace,
            of,
            whose=whose(desk.person),
            now=_now(),
            until=until,
            role=desk.person.role.value,
            signed_in=desk.person.authenticated,
        )
    return generations_href(query=desk.query, done=str(done.entry), anchor="done")


@contextmanager
def _told(say: Say) -> Iterator[None]:
    """Puts why there is no example into the words of who sent a form. Raises UnfitError."""
    try:
        yield
    except ExampleError as error:
        raise UnfitError(example_words(error, say)) from error


def _shown(desk: FormDesk, draft: ExampleDraft) -> str:
    return generations_href(query=desk.query, example=draft.reference, anchor="example")


def _back(desk: FormDesk, _of: str, token: str) -> str:
    return generations_href(query=desk.query, sent=token)


def _back_to_draft(desk: FormDesk, of: str, token: str) -> str:
    return generations_href(query=desk.query, example=of, sent=token)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _setting(desk: FormDesk, of: str, _: WebForm) -> Setting | None:
    """The example of an entry that is shown."""
    shown = {str(each.entry) for each in examples(desk.workspace) if each.stands(desk.workspace.today())}
    return Setting(person=desk.person, say=desk.say, workspace=desk.workspace, of=of) if of in shown else None


PAGE = FormPage(
    setting=_setting,
    back=lambda desk, _, token: generations_href(query=desk.query, sent=token),
    done=lambda desk, _, __, done: generations_href(query=desk.query, done=str(done.entry), anchor="done"),
)
