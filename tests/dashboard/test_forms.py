"""Forms: what is sent is held to their fields, nothing typed is lost, and nobody else's page can send one."""

from __future__ import annotations

import datetime as dt
import re
from collections import OrderedDict
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.app import server
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.server import forms
from boussole.dashboard.server.access.permissions import Action

EN, FR = speaker("en"), speaker("fr")
FORM = forms.Form(
    id="f",
    path="/f",
    send="Send",
    fields=[
        forms.FormField(name="line", label="Line"),
        forms.FormField(name="text", label="Text", kind="prose", required=False),
        forms.FormField(name="day", label="Day", kind="date", required=False),
        forms.FormField(name="at", label="Moment", kind="moment", required=False),
        forms.FormField(name="one", label="One", kind="choice", choices=[("a", "A"), ("b", "B")], required=False),
        forms.FormField(name="many", label="Many", kind="choices", choices=[("a", "A"), ("b", "B")], required=False),
        forms.FormField(name="tick", label="Tick", kind="tick", required=False),
        forms.FormField(name="n", label="Number", kind="number", required=False),
    ],
)


def read(**typed):
    given = {name: value if isinstance(value, list) else [value] for name, value in typed.items()}
    return forms.FormValues(FORM, {"line": ["x"], **given}, EN)


def test_values_are_read_as_they_were_meant():
    values = read(text=" a\r\nb\x00 ", day="2026-03-02", at="2026-03-02T09:30", many=["b", "b"], tick="yes", n="7")
    assert values.text("text") == "a\nb"
    assert values.day("day") == dt.date(2026, 3, 2)
    assert values.moment("at").isoformat() == "2026-03-02T09:30:00"
    assert (values.chosen("many"), values.ticked("tick"), values.number("n")) == (["b"], True, 7)
    assert (values.maybe("one"), read().number("n")) == (None, None)
    assert read(stranger="x").text("line") == "x"


def test_all_of_many_are_chosen_by_one_box() -> None:
    """Where boxes are few, or none need be ticked, there is no such box, and nobody can send it."""
    many = [(name, name.upper()) for name in "abcd"]
    for choices, required, known in ((many, True, True), (many[:3], True, False), (many, False, False)):
        field = forms.FormField(name="who", label="Who", kind="choices", choices=choices, required=required)
        form = forms.Form(id="f", path="/f", send="Send", fields=[field])
        assert ('value="*"' in str(forms.form_html(form, FR, query={}))) == known
        if known:
            assert forms.FormValues(form, {"who": ["*", "b"]}, EN).chosen("who") == ["a", "b", "c", "d"]
            assert forms.FormValues(form, {"who": ["b"]}, EN).chosen("who") == ["b"]
        else:
            with pytest.raises(forms.UnfitError, match="does not fit"):
                forms.FormValues(form, {"who": ["*"]}, EN)


def test_spaces_that_do_not_break_stay_and_no_character_that_is_not_seen():
    values = read(line="\u202fPourquoi\u202f? 12\u00a0000\u2009€\u202e\u200b", text="a\u2028b\u2029c\x85d\x0be")
    assert values.text("line") == "Pourquoi\u202f? 12\u00a0000\u2009€"
    assert values.text("text") == "a\nb\nc\nd\ne"


@pytest.mark.parametrize(
    ("typed", "field", "told"),
    [
        ({"line": "  "}, "line", "Nothing is filled in: Line."),
        ({"line": "a\nb"}, "line", "does not fit: Line"),
        ({"line": "x" * 301}, "line", "Line: 301 characters, and there is room for 300."),
        ({"text": "x" * 100_001}, "text", "100,001 characters"),
        ({"day": "2026-02-30"}, "day", "does not fit: Day"),
        ({"day": "2026-02-03T00:00"}, "day", "does not fit"),
        ({"day": "0026-02-03"}, "day", "does not fit"),
        ({"at": "2026-02-03T10:00+02:00"}, "at", "does not fit"),
        ({"one": "c"}, "one", "does not fit"),
        ({"many": ["a", "c"]}, "many", "does not fit"),
        ({"tick": "no"}, "tick", "does not fit"),
        ({"n": "²"}, "n", "does not fit"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(typed, field, told):
    with pytest.raises(forms.UnfitError) as raised:
        read(**typed)
    assert (raised.value.field, told in raised.value.text) == (field, True)


def test_what_was_typed_is_there_again_beside_what_is_wrong_and_is_text():
    typed = {"line": ['"><script>'], "text": ["</textarea><b>"], "many": ["b"], "tick": ["yes"], "one": ["b"]}
    html = forms.form_html(
        FORM, EN, query={"lang": "en"}, problem=forms.FormProblem(form="f", text="No.", at="line", typed=typed)
    )
    assert 'value="&quot;&gt;&lt;script&gt;"' in html
    assert "&lt;/textarea&gt;&lt;b&gt;</textarea>" in html
    assert 'aria-describedby="f-wrong"' in html
    assert 'aria-invalid="true"' in html
    assert '<option value="b" selected="">' in html
    assert html.count('checked=""') == 2
    assert 'action="/f?lang=en&amp;spoken=en"' in html
    other = forms.folded_form("Open", FORM, EN, query={}, problem=forms.FormProblem(form="g", text="No.", typed=typed))
    assert "script" not in other
    assert "open" not in forms.folded_form("Open", FORM, EN, query={}).split(">")[0]
    assert 'open=""' in forms.folded_form("Open", FORM, EN, query={}, problem=forms.FormProblem(form="f", text="No."))


def test_no_field_has_a_name_that_a_document_has():
    """Streamlit takes such names away, and what is typed in a field without a name is never sent."""
    form = forms.Form(
        id="g",
        path="/g",
        send="Send",
        fields=[forms.FormField(name="title", label="T"), forms.FormField(name="role", label="R")],
    )
    for each in (FORM, form):
        names = re.findall(r' name="([^"]+)"', forms.form_html(each, EN, query={}))
        assert {name for name in names if not name.startswith("f-")} == set()


def test_every_field_has_a_label_or_a_legend():
    html = forms.form_html(FORM, EN, query={})
    for field in FORM.fields:
        assert f'for="f-{field.name}"' in html or f"<legend>{field.label}</legend>" in html


def test_problems_are_pushed_out_by_others(monkeypatch):
    monkeypatch.setattr(forms, "MOST", 1)
    first = forms.keep(forms.FormProblem(form="f", text="1"), "")
    second = forms.keep(forms.FormProblem(form="f", text="2"), "")
    assert (forms.problem_of(first), forms.problem_of(second).text, forms.problem_of("")) == (None, "2", None)


def test_what_somebody_typed_is_shown_to_nobody_else_and_pushed_out_by_nobody_else(monkeypatch):
    monkeypatch.setattr(forms, "_kept", OrderedDict())
    mine = forms.keep(forms.FormProblem(form="f", text="mine"), "ada")
    theirs = [forms.keep(forms.FormProblem(form="f", text=str(n)), "eve") for n in range(forms.MOST + 1)]
    assert forms.problem_of(mine, "ada").text == "mine"
    assert forms.problem_of(mine, "eve") is None
    assert forms.problem_of(mine) is None
    assert [bool(forms.problem_of(token, "eve")) for token in theirs].count(True) == forms.EACH
    assert forms.problem_of(theirs[-1], "eve") is not None


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    def act(desk, of, values):
        if values.text("line") == "refuse":
            raise BoussoleError("it is refused.", next_step="Do otherwise.")
        return f"/page?done={of}&{desk.query.get('lang', '')}&{desk.person.role}"

    home = Workspace.create(tmp_path / "w").home
    route = forms.form_route(
        "/f/{of}",
        home,
        ask=lambda _, of: FORM if of == "1" else None,
        act=act,
        back=lambda desk, of, token: f"/page?sent={token}",
    )
    monkeypatch.setitem(server.ROUTES, "/f/{of}", Action.SEE_COMPASS)
    return TestClient(Starlette(routes=server.guarded([route], home)), follow_redirects=False)


def send(client, path="/f/1?lang=fr&spoken=fr", **fields):
    headers = fields.pop("headers", {})
    return client.post(path, files={f"f-{name}": (None, value) for name, value in fields.items()}, headers=headers)


def test_what_was_done_leads_to_the_page_that_says_so(client):
    done = send(client, line="x")
    assert (done.status_code, done.headers["location"]) == (303, "/page?done=1&fr&steward")
    assert send(client, "/f/2?spoken=fr", line="x").status_code == 404


@pytest.mark.parametrize(("line", "told"), [("", "Rien n’est rempli : Line."), ("refuse", "it is refused. Do")])
def test_what_could_not_be_taken_leads_back_with_every_word(client, line, told):
    answer = send(client, line=line, text="Ma réponse")
    page, _, anchor = answer.headers["location"].partition("#")
    problem = forms.problem_of(page.partition("sent=")[2])
    assert anchor == "f"
    assert told in problem.text.replace("\u202f", " ")
    assert "ponse" not in answer.headers["location"], "what was typed is in no address"
    assert problem.typed["text"] == ["Ma réponse"]


def test_a_form_of_another_site_is_refused_and_so_is_what_is_too_long(client, monkeypatch):
    assert send(client, line="x", headers={"origin": "http://testserver:3000"}).status_code == 403
    assert send(client, line="x", headers={"origin": "http://testserver"}).status_code == 303
    monkeypatch.setattr("boussole.dashboard.server.forms.LARGEST_FORM", 10)
    assert send(client, line="x").status_code == 413
