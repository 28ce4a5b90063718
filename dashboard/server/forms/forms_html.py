"""Forms as HTML: labels, notes, what is wrong beside its field; what was typed is there again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlencode

from boussole.dashboard.markup.elements import Child, Html, details, el, join
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.server.forms.model import EVERY, Field, Form, Problem


def form_html(form: Form, say: Say, *, query: Mapping[str, str], problem: Problem | None = None) -> Html:
    """A form. `problem`: why the last attempt was not taken; it stands on top, with everything that was typed."""
    wrong = problem if problem is not None and problem.form == form.id else None
    told = el("p", wrong.text, class_="wrong", role="alert", id=f"{form.id}-wrong") if wrong else None
    return el(
        "form",
        el("p", form.note, class_="note") if form.note else None,
        told,
        *[_field(form, each, say, wrong) for each in form.fields],
        el("p", el("button", form.send, type="submit"), class_="go"),
        action=f"{form.path}?{urlencode({**query, 'spoken': say.lang})}",
        method="post",
        enctype="multipart/form-data",
        target="_self",
        id=form.id,
        class_="fill",
        data_keep=form.id,
        data_back=say("What you had written here and not sent was put back."),
        data_drop=say("Drop it"),
    )


def folded_form(
    title: Child, form: Form, say: Say, *, query: Mapping[str, str], problem: Problem | None = None
) -> Html:
    """A form that opens on request; open at once where its last attempt was not taken."""
    shown = form_html(form, say, query=query, problem=problem)
    if problem is not None and problem.form == form.id:
        return el("details", el("summary", title), shown, open="", class_="folded acting")
    return details(title, shown, class_="folded acting")


Titled = tuple[str, Form]
"""A form with what opens it."""


class PageForms:
    """What the reader may do on a page. `forms`: those that go with an entry; `problem`: what was wrong with what they
    sent last."""

    def __init__(
        self,
        *,
        query: Mapping[str, str],
        problem: Problem | None,
        forms: Callable[[int], Sequence[Titled]] = lambda _: (),
    ) -> None:
        self._query, self._problem, self._forms = query, problem, forms

    def shown(self, forms: Sequence[Titled], say: Say) -> list[Html]:
        """Some forms, each folded."""
        return [folded_form(title, form, say, query=self._query, problem=self._problem) for title, form in forms]

    def of(self, entry: int, say: Say) -> list[Html]:
        """Those that go with an entry."""
        return self.shown(self._forms(entry), say)


def _field(form: Form, field: Field, say: Say, wrong: Problem | None) -> Html:
    if field.kind == "hidden":  # what it stands for may have changed since it was sent
        return el("input", type="hidden", name=field.sent_as, value=field.value)
    typed = list(wrong.typed.get(field.name, ())) if wrong else [field.value]
    value = next(iter(typed), "")
    place = f"{form.id}-{field.name}"
    bad = wrong is not None and wrong.at == field.name
    note = el("span", field.note, class_="note", id=f"{place}-note") if field.note else None
    about = [each for each in (f"{place}-note" if field.note else "", f"{form.id}-wrong" if bad else "") if each]
    attributes: dict[str, str | None] = {
        "id": place,
        "name": field.sent_as,
        "aria_describedby": " ".join(about) or None,
        "aria_invalid": "true" if bad else None,
        "required": "" if field.required else None,
    }
    if field.kind == "tick":
        return el("p", _tick(field, value, attributes), note, class_="field tick")
    if field.kind in ("choices", "radio"):
        return _several(field, typed, place, note, say, about=f"{form.id}-wrong" if bad else None)
    optional = None if field.required else el("span", " ", say("(if any)"), class_="optional")
    label = el("label", field.label, optional, for_=place)
    return el("p", label, note, _input(field, value, attributes), class_=f"field field-{field.kind}")


def _input(field: Field, value: str, attributes: dict[str, str | None]) -> Html:
    if field.kind == "prose":
        return el("textarea", value, rows=str(field.rows), maxlength=str(field.most), **attributes)
    if field.kind == "choice":
        first = [] if field.required and field.value else [("", "—")]
        options = [
            el("option", text, value=known, selected="" if known == value else None)
            for known, text in [*first, *field.choices]
        ]
        return el("select", *options, **attributes)
    if field.kind == "file":
        return el("input", type="file", accept=field.value or None, **attributes)
    if field.kind == "files":
        return el("input", type="file", multiple="", **attributes)
    types = {"date": "date", "moment": "datetime-local", "number": "number"}
    longest = str(field.most) if field.kind == "line" else None
    kind = types.get(field.kind, "text")
    return el("input", type=kind, value=value, maxlength=longest, autocomplete="off", **attributes)


def _tick(field: Field, value: str, attributes: dict[str, str | None]) -> Html:
    box = el("input", type="checkbox", value="yes", checked="" if value else None, **{**attributes, "required": None})
    return el("label", box, " ", field.label, for_=attributes["id"])


def _several(field: Field, typed: Sequence[str], place: str, note: Html | None, say: Say, *, about: str | None) -> Html:
    """Boxes to tick, or one of several to choose: all of them in sight; many boxes after one for all of them."""
    one = field.kind == "radio"
    every = [(EVERY, say("All of them"))] if field.takes_all else []
    boxes = [
        el(
            "label",
            el(
                "input",
                type="radio" if one else "checkbox",
                name=field.sent_as,
                value=known,
                checked="" if known in typed else None,
                required="" if one and field.required else None,
                autocomplete="off",
            ),
            " ",
            text,
        )
        for known, text in [*every, *field.choices]
    ]
    legend = el("legend", field.label)
    return el("fieldset", legend, note, *boxes, id=place, class_="field several", aria_describedby=about)


def done_html(entry: int, text: str, say: Say, *, href: str) -> Html:
    """Said once something was sealed."""
    seal = el("a", say("entry {n}", n=str(entry)), href=href, target="_self")
    return el("div", el("p", el("strong", text), " ", join([seal])), class_="lead lead-kept", role="status", id="done")
