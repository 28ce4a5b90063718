"""Redacted examples by page, route, API and command: who may, who may not, and what they see."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
import yaml
from starlette.applications import Starlette
from starlette.testclient import TestClient

from boussole import dashboard
from boussole.audits.systems import System
from boussole.audits.texts.personal import examples as redaction
from boussole.audits.texts.personal.findings import PersonalFinding
from boussole.charter.record_types.examples import TextExample, TextExampleEnd
from boussole.charter.records.examples.released import examples, text_of
from boussole.charter.records.facts import Facts
from boussole.charter.records.statements import SealedStatement
from boussole.dashboard.app.server import routes
from boussole.dashboard.markup.elements import PREFIX
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.generations.examples import pieces
from boussole.dashboard.server.access import sessions
from boussole.dashboard.server.access.log import entries
from boussole.dashboard.server.access.permissions import COOKIE, SIGNED_IN, TABLE, Action, Role
from boussole.dashboard.views.text_examples import ABOUT, examples_about
from tests.dashboard.app_at import app_at
from tests.kept_texts import AGE, NAMED, PLAIN, UNLAWFUL, WRITER, made, plain_readers

EN, FR = speaker("en"), speaker("fr")
DAY = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=5)
MONTH = DAY.replace(day=1).isoformat()
SEEN_BY = {Role.MEMBER, Role.CHAIR, Role.SECRETARY, Role.FOLLOW_UP, Role.STEWARD}
SOURCE = Path(dashboard.__file__).resolve().parents[1]
TRAP = '<script>alert(1)</script> <img src=x onerror="alert(2)">'


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    plain_readers(monkeypatch)
    here = made(tmp_path / "w", (f"{UNLAWFUL} {TRAP}", DAY), (PLAIN, DAY))
    monkeypatch.setenv("BOUSSOLE_HOME", str(here.home))
    return here


@pytest.fixture
def client(workspace):
    return TestClient(Starlette(routes=routes(workspace.home)), follow_redirects=False)


def sent(client, role: str, path: str, **fields: str | list[str]):
    client.cookies.set(COOKIE, role)
    several = [(name, one) for name, value in fields.items() for one in ([value] if isinstance(value, str) else value)]
    return client.post(f"{path}?spoken=en", files=[(PREFIX + name, (None, value)) for name, value in several])


def drawn(client, finding: str = "age", role: str = "steward", text: str = "") -> str:
    answer = sent(client, role, "/generations/draw/writer", month=MONTH, finding=finding, text=text)
    found = re.search(r"example=([\w-]+)", answer.headers["location"])
    assert found, answer.headers["location"]
    return found[1]


def released(client) -> int:
    until = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=3)
    answer = sent(client, "steward", f"/generations/release/{drawn(client)}", read="yes", until=until.isoformat())
    return int(re.search(r"done=(\d+)", answer.headers["location"])[1])


def page(monkeypatch, role: str, name: str = "generations", **asked: str) -> str:
    monkeypatch.setattr(sessions, "cookie", lambda _: role)
    seen = app_at(name, lang="en", **asked).run()
    assert not seen.exception
    return " ".join(each.proto.body for each in seen.get("html"))


def test_committees_and_the_steward_see_them_and_the_steward_alone_releases() -> None:
    assert TABLE[Action.SEE_EXAMPLES] == SEEN_BY
    assert TABLE[Action.RELEASE_EXAMPLES] == {Role.STEWARD}


def test_a_text_is_shown_as_it_is_with_what_was_found_and_taken_out_named() -> None:
    text = f"[PERSON], {TRAP} nous cherchons une personne de {AGE} pour […]."
    found = pieces(text, EN)
    assert "".join(each.text for each in found) == text
    assert [(each.criterion, each.taken) for each in found if each.criterion or each.taken] == [
        ("", "name"), ("age", ""), ("", "…"),
    ]  # fmt: skip
    shown = Template("pages/generations/examples.html", EN)("quoted", found)
    assert "<script" not in shown
    assert "<img" not in shown
    assert unescape(re.sub(r"<(?:span|mark)[^>]*>|</(?:span|mark)>", "", shown)).count(TRAP) == 1
    assert "moins de 30 ans</mark>" in shown
    assert 'lang="fr" dir="ltr"' in shown


@pytest.mark.costly
def test_from_the_draw_to_what_a_member_sees_and_to_its_end(workspace, client, monkeypatch) -> None:
    reference = drawn(client)
    read = page(monkeypatch, "steward", example=reference)
    assert "Of 127 names in texts that it had never seen it missed 3" in read
    assert NAMED not in read
    assert "<script>alert" not in read
    offered = dict(re.findall(r'value="(\d+-\d+)"[^>]*> ([^<]+)</label>', read))
    assert "[name]" in "".join(offered.values())
    assert "[PERSON]" not in read
    (word,) = [span for span, text in offered.items() if text == "Bonjour"]
    less = sent(client, "steward", f"/generations/black-out/{reference}", out=[word])
    again = re.search(r"example=([\w-]+)", less.headers["location"])[1]
    assert "Bonjour" not in page(monkeypatch, "steward", example=again).partition('id="black-out"')[0]
    until = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=3)).isoformat()
    unread = sent(client, "steward", f"/generations/release/{again}", until=until)
    assert "sent=" in unread.headers["location"]  # nobody releases what they have not read
    assert not examples(workspace)
    done = sent(client, "steward", f"/generations/release/{again}", read="yes", until=until)
    assert done.headers["location"].startswith("/generations?done=")
    (made_one,) = examples(workspace)
    assert text_of(workspace, made_one, today=workspace.today()).startswith("[…] [PERSON], nous recherchons")
    assert (made_one.said.role, made_one.said.signed_in) == ("steward", False)
    for role in SIGNED_IN:
        shown = page(monkeypatch, role.value)
        assert ("moins de 30 ans</mark>" in shown) == (role in SEEN_BY), role
        assert ("/generations/withdraw/" in shown, "/generations/draw/" in shown) == ((role is Role.STEWARD,) * 2), role
    gone = sent(client, "steward", f"/generations/withdraw/{made_one.entry}", reason="personal")
    assert gone.headers["location"].startswith("/generations?done=")
    shown = page(monkeypatch, "member")
    assert AGE not in shown
    assert "One example is no longer shown" in shown
    assert sent(client, "steward", f"/generations/withdraw/{made_one.entry}", reason="personal").status_code == 404


@pytest.mark.costly
def test_no_other_role_draws_reads_takes_out_releases_or_withdraws(workspace, client, monkeypatch) -> None:
    reference, entry = drawn(client), released(client)
    for role in set(SIGNED_IN) - {Role.STEWARD}:
        for path, fields in (
            ("draw/writer", {"month": MONTH, "finding": "any"}),
            (f"black-out/{reference}", {"out": "0-5"}),
            (f"release/{reference}", {"read": "yes", "until": DAY.isoformat()}),
            (f"withdraw/{entry}", {"reason": "asked"}),
        ):
            assert sent(client, role.value, f"/generations/{path}", **fields).status_code == 403, (role, path)
        assert "Read it before you release it" not in page(monkeypatch, role.value, example=reference), role
    assert len(examples(workspace)) == 1


@pytest.mark.costly
def test_the_api_tells_committees_of_what_it_is_an_example_and_nobody_the_text(workspace, client) -> None:
    entry = released(client)
    for role in SIGNED_IN:
        client.cookies.set(COOKIE, role.value)
        answer = client.get("/api/records/text_example")
        assert answer.status_code == (200 if role in SEEN_BY else 403), role
        told = answer.text + "".join(client.get(f"/api/{each}").text for each in (f"ledger/{entry}", "systems/writer"))
        assert AGE not in told
        assert "recherchons" not in told


@pytest.mark.costly
def test_what_a_steward_draws_is_noted_without_a_word_of_it(workspace, client, monkeypatch) -> None:
    page(monkeypatch, "steward", example=drawn(client))
    places = [each.place for each in entries(workspace)]
    assert places.count("/generations/draw/{of}") == 1
    assert places.count("/generations example") == 1


@pytest.mark.costly
def test_a_refusal_is_told_in_the_language_of_the_page_and_what_is_over_is_said(workspace, client, monkeypatch) -> None:
    monkeypatch.setattr(redaction, "find", lambda _: [PersonalFinding(0, 9, "PERSON")])
    answer = sent(client, "steward", "/generations/draw/writer", month=MONTH, finding="age", text="")
    token = re.search(r"sent=([\w-]+)", answer.headers["location"])[1]
    assert "something was still found in the text that was drawn" in page(monkeypatch, "steward", sent=token)
    for path, fields in (("black-out", {"out": "0-5"}), ("release", {"read": "yes", "until": DAY.isoformat()})):
        assert sent(client, "steward", f"/generations/{path}/AAAA", **fields).status_code == 404
    assert "This text can no longer be released" in page(monkeypatch, "steward", example="AAAA")
    assert sent(client, "steward", "/generations/draw/nobody", month=MONTH, finding="any").status_code == 404


@pytest.mark.costly
def test_a_system_that_keeps_no_text_says_so_in_one_line(workspace, client, monkeypatch) -> None:
    file = workspace.home / "systems" / "writer.yaml"
    file.write_text(WRITER.replace("retain_days: 30", "kept: false"), encoding="utf-8")
    for role in ("steward", "member"):
        shown = page(monkeypatch, role)
        assert "None of its texts is kept: there is no example to show." in shown
        assert 'class="examples-of"' not in shown
        assert "encrypted; shown only redacted" not in shown
    file.write_text(WRITER.replace(", retain_days: 30", ""), encoding="utf-8")
    assert "does not say for how long its texts are kept" in page(monkeypatch, "member")
    assert sent(client, "steward", "/generations/draw/writer", month=MONTH, finding="any").status_code == 404


@pytest.mark.costly
def test_by_command(workspace, command) -> None:
    home = ("--workspace", str(workspace.home))
    refused = command(*home, "--as", "member", "texts", "example", "draw", "--system", "writer")
    assert (refused.returncode, "may not draw redacted examples" in refused.stderr) == (2, True)
    draw = command(*home, "texts", "example", "draw", "--system", "writer", "--finding", "age")
    assert draw.returncode == 0, draw.stderr
    assert NAMED not in draw.stdout
    *_, reference = draw.stdout.split()
    words = workspace.home.parent / "out.txt"
    words.write_text("Bonjour\n", encoding="utf-8")
    again = command(
        *home, "texts", "example", "draw", "--system", "writer", "--reference", reference, "--black-out", str(words)
    )
    assert again.stdout.startswith("[…] [PERSON], nous")
    words.write_text("Nowhere\n", encoding="utf-8")
    missing = command(
        *home, "texts", "example", "draw", "--system", "writer", "--reference", reference, "--black-out", str(words)
    )
    assert (missing.returncode, "passage 1 does not stand in the text" in missing.stderr) == (2, True)
    done = command(*home, "texts", "example", "release", again.stdout.split()[-1], "--role", "steward")
    assert done.returncode == 0, done.stderr
    (entry,) = [str(each.entry) for each in examples(workspace)]
    assert command(*home, "--as", "member", "texts", "example", "show", entry).stdout.startswith("[…] [PERSON], nous")
    assert command(*home, "--as", "reader", "texts", "example", "show", entry).returncode == 2
    assert "shown" in command(*home, "texts", "example", "list").stdout
    assert "Redacted examples of texts that are shown: 1." in command(*home, "verify", "--ledger").stderr
    assert "1 redacted example(s) of texts shown" in command(*home, "doctor").stdout
    gone = command(*home, "texts", "example", "withdraw", entry, "--reason", "asked", "--role", "steward")
    assert gone.returncode == 0, gone.stderr
    assert command(*home, "texts", "example", "show", entry).returncode == 2
    assert "withdrawn" in command(*home, "texts", "example", "list").stdout


def test_a_text_is_opened_by_the_page_and_the_command_alone() -> None:
    """So that none gets into a report, a register, a pack, the search or the API."""
    opening = {
        path.relative_to(SOURCE).as_posix()
        for package in ("audits", "charter", "dashboard", "experiments")
        for path in (SOURCE / package).rglob("*.py")
        if re.search(r"examples\.released import [^)]*\b(text_of|_opened)\b", path.read_text(encoding="utf-8"))
    }
    assert opening == {"dashboard/cli/examples.py", "dashboard/pages/generations/examples.py"}


@pytest.mark.costly
def test_a_search_finds_no_word_of_an_example(workspace, client, monkeypatch) -> None:
    released(client)
    for asked in ("recherchons", "moins de 30 ans"):
        found = page(monkeypatch, "member", "search", q=asked)
        assert "personne de moins de 30 ans pour" not in found


def test_an_answer_says_how_many_examples_of_it_are_shown(scene) -> None:
    system = System.model_validate(yaml.safe_load(WRITER))
    said = {
        "role": "steward", "on": DAY, "system": "writer", "start": DAY, "end": DAY, "fingerprint": "0" * 64,
        "until": DAY + dt.timedelta(days=9),
    }  # fmt: skip
    sealed = [
        SealedStatement(entry=n, sealed_on=DAY, statement=TextExample(**said, finding=finding))
        for n, finding in enumerate(("age", "sex", "NIR", "any"))
    ]
    ended = TextExampleEnd(role="steward", on=DAY, of=1, reason="asked", system="writer")
    sealed.append(SealedStatement(entry=9, sealed_on=DAY, statement=ended))
    facts = Facts(as_of=DAY + dt.timedelta(days=1), sealed=tuple(sealed))
    seen = replace(scene, systems={**scene.systems, "writer": system}, facts=facts)
    questions = {each.metric: each.id for each in seen.charter.ways}
    about = [examples_about(seen, "writer", questions[metric]) for metric in ABOUT]
    assert about == [1, 1]
    other = next(id_ for metric, id_ in questions.items() if metric not in ABOUT)
    assert examples_about(seen, "writer", other) == 0
    late = replace(seen, facts=replace(facts, as_of=DAY + dt.timedelta(days=10)))
    assert examples_about(late, "writer", questions["unlawful_adverts_share"]) == 0
