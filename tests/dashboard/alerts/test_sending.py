"""Messages go out once over real connections, and whatever dies meanwhile, none is lost."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import logging
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator

import jsonschema
import pytest

from boussole.audits.errors import BoussoleError
from boussole.audits.languages import LANGUAGES
from boussole.charter.drift.readings import THEMES
from boussole.charter.records import open_records
from boussole.dashboard.alerts import outbox, sending
from boussole.dashboard.alerts.channels import channels, place_of, plugin_of
from boussole.dashboard.alerts.detect import check
from boussole.dashboard.alerts.letters import schema_text
from boussole.dashboard.alerts.messages import DROPPED, SENT, WAITING
from boussole.dashboard.alerts.outbox import messages
from boussole.dashboard.alerts.sending import send, try_out
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.server.access.database import now
from boussole.dashboard.views.drift.words import theme_words
from tests.dashboard.alerts.conftest import HIDDEN, Hook, House, Post

LATER = dt.timedelta(days=1)


def changed(house: House, *channels: str, more: str = "") -> House:
    """One change waits to be sent on each channel."""
    house.settings(*channels, more=more)
    house.audit(1, impact_ratio_gender="kept")
    check(house.workspace)
    house.audit(2, impact_ratio_gender="watch")
    check(house.workspace)
    return house


def states(house: House) -> list[tuple[str, str, str | None]]:
    return sorted((each.channel, each.state, each.problem) for each in messages(house.workspace))


@pytest.mark.costly
def test_an_e_mail_says_all_in_both_forms_and_comes_once(house: House, post: Post) -> None:
    changed(house, post.channel(to="comite@example.org,chair@example.org"), more='address = "https://b.example"')
    for _ in range(3):
        check(house.workspace)
        send(house.workspace)
    assert [each["To"] for each in post.mails] == ["comite@example.org", "chair@example.org"]
    (message,) = messages(house.workspace)
    assert message.state == SENT
    first, second = post.mails
    assert first["Message-ID"] == second["Message-ID"] == f"<{message.id}@example.org>"
    assert first["Subject"] == ("[Boussole] MatchFT: Fairness and non-discrimination, from “We cannot tell” to “Watch”")
    text, page = first.get_body(("plain",)), first.get_body(("html",))
    assert text is not None
    assert page is not None
    assert page.get_content().replace("\r\n", "\n").startswith("<!DOCTYPE html>\n<html ")
    for body in (text.get_content(), page.get_content().replace("&amp;", "&").replace("<strong>", "")):
        words = " ".join(body.split())
        assert "from “We cannot tell” to “Watch”" in words
        assert "From “Kept” to “Watch”." in words
        assert "https://b.example/system?system=matchft&lang=en#equite" in body
        assert message.id in body
    assert first["Auto-Submitted"] == "auto-generated"


def test_a_webhook_gets_the_document_of_its_schema_and_the_text(house: House, hook: Hook) -> None:
    changed(house, hook.channel(more='languages = ["fr", "en"]'))
    assert len(send(house.workspace).done) == 1
    (body,) = hook.bodies
    assert (body["type"], hook.paths) == ("warning", [f"/in/{HIDDEN}"])
    assert "attachments" not in body
    schema = json.loads(schema_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(body["boussole"], schema)
    assert hook.headers[0]["Idempotency-Key"] == body["boussole"]["id"] == messages(house.workspace)[0].id
    moves = {(each["kind"], each["before"], each["after"]) for each in body["boussole"]["changes"]}
    assert ("question", "kept", "watch") in moves
    assert set(body["boussole"]["changes"][0]["texts"]) == {"fr", "en"}
    assert "De «\u202fTenu\u202f» à «\u202fÀ surveiller\u202f»" in body["message"].replace("\n    ", " ")


def test_the_schema_knows_every_part_of_drift() -> None:
    part = json.loads(schema_text())["$defs"]["change"]["properties"]["part"]
    assert part["anyOf"][0]["enum"] == list(THEMES)
    for lang in LANGUAGES:
        assert all(theme_words(theme, speaker(lang)) for theme in THEMES)


@pytest.mark.costly
def test_a_dead_mail_server_loses_nothing_and_is_asked_again_later_each_time(house: House, dead_post: Post) -> None:
    changed(house, dead_post.channel())
    moment, waits = now(), []
    for _ in range(7):
        assert len(send(house.workspace, now=moment).failed) == 1
        assert send(house.workspace, now=moment).failed == [], "not before its time"
        (message,) = messages(house.workspace)
        waits.append(dt.datetime.fromisoformat(message.try_at) - moment.replace(microsecond=0))
        moment = dt.datetime.fromisoformat(message.try_at)
    assert [wait.total_seconds() / 60 for wait in waits] == [1, 5, 30, 120, 360, 360, 360]
    assert states(house) == [("comite", WAITING, "nobody")]
    controller = dead_post.serve()
    try:
        assert len(send(house.workspace, now=moment).done) == 1
    finally:
        controller.stop()
    assert states(house) == [("comite", SENT, None)]
    assert len(dead_post.mails) == 1


def test_a_webhook_that_fails_keeps_the_message_and_no_other_channel(house: House, hook: Hook, post: Post) -> None:
    hook.status = 500
    changed(house, hook.channel(), post.channel())
    done = send(house.workspace)
    assert [problem for _, problem in done.failed] == ["http 500"]
    assert states(house) == [("comite", SENT, None), ("hook", WAITING, "http 500")]
    hook.status = 200
    assert len(send(house.workspace, at_once=True).done) == 1
    assert len(hook.bodies) == len(post.mails) == 1


def test_a_redirect_is_not_taken_for_delivery(house: House, hook: Hook) -> None:
    hook.status = 302
    changed(house, hook.channel())
    assert [problem for _, problem in send(house.workspace).failed] == ["http 302"]
    assert hook.paths == [f"/in/{HIDDEN}"]


@pytest.mark.costly
def test_a_refused_recipient_is_told_and_the_others_have_it_once(house: House, post: Post) -> None:
    post.refused = {"gone@example.org"}
    changed(house, post.channel(to="gone@example.org,comite@example.org"))
    for at in range(3):
        assert [problem for _, problem in send(house.workspace, now=now() + at * LATER).failed] == ["recipient 550"]
    post.refused = set()
    assert len(send(house.workspace, now=now() + 4 * LATER).done) == 1
    assert [each["To"] for each in post.mails] == ["comite@example.org", "gone@example.org"]


def test_a_server_that_refuses_the_text_keeps_it(house: House, post: Post) -> None:
    post.answer = "552 too large for comite@example.org"
    changed(house, post.channel())
    assert [problem for _, problem in send(house.workspace).failed] == ["mail 552"]


def test_a_crash_between_sending_and_marking_sends_again_under_the_same_number(
    house: House, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(house, post.channel())
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "accepted", _killed)
        patch.setattr(outbox, "sent", _killed)
        with pytest.raises(KeyboardInterrupt):
            send(house.workspace)
    assert len(post.mails) == 1
    assert send(house.workspace).done == [], "the lease still holds"
    assert len(send(house.workspace, now=now() + outbox.LEASE + dt.timedelta(minutes=1)).done) == 1
    assert [each["Message-ID"] for each in post.mails] == [post.mails[0]["Message-ID"]] * 2
    assert states(house) == [("comite", SENT, None)]


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.costly
def test_two_who_send_at_the_same_time_send_a_message_once(house: House, hook: Hook) -> None:
    house.settings(hook.channel())
    house.audit(1, impact_ratio_gender="kept")
    check(house.workspace)
    for month in range(2, 7):
        house.audit(month, impact_ratio_gender="watch" if month % 2 == 0 else "kept")
        check(house.workspace)
    gate = threading.Barrier(4)

    def run() -> None:
        gate.wait()
        send(house.workspace)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [each["boussole"]["id"] for each in hook.bodies]
    assert len(numbers) == len(set(numbers)) == 5


@pytest.mark.costly
def test_a_digest_is_one_message_and_waits_until_it_is_due(house: House, post: Post) -> None:
    house.settings(post.channel(more='digest = "daily"'), more="digest_hour = 7")
    noon = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
    house.audit(1, impact_ratio_gender="kept")
    check(house.workspace, now=noon)
    for month, verdict in ((2, "broken"), (3, "kept")):
        house.audit(month, impact_ratio_gender=verdict)
        check(house.workspace, now=noon)
    assert send(house.workspace, now=noon, at_once=True).done == []
    assert len(send(house.workspace, now=noon + LATER).done) == 1
    (found,) = post.mails
    body = found.get_body(("plain",))
    assert body is not None
    text = " ".join(body.get_content().split())
    assert text.index("From “Kept” to “Not kept”.") < text.index("From “Not kept” to “Kept”.")


@contextlib.contextmanager
def silent(answer: bytes = b"") -> Iterator[int]:
    """A server that takes connections, says something for ever or nothing at all, and never what is waited for."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        held: list[socket.socket] = []

        def take() -> None:
            while not over.is_set():
                with contextlib.suppress(TimeoutError, OSError):
                    held.append(server.accept()[0])
                for each in held:
                    with contextlib.suppress(OSError):
                        each.send(answer)

        thread = threading.Thread(target=take)
        thread.start()
        yield server.getsockname()[1]
        over.set()
        thread.join()
        for each in held:
            each.close()


def test_a_server_that_says_nothing_keeps_nobody_waiting(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "CONNECT_SECONDS", 0.2)
    with silent() as port:
        changed(house, Post(port=port).channel())
        began = time.monotonic()
        assert [problem for _, problem in send(house.workspace).failed] == ["timeout"]
    assert time.monotonic() - began < 5


def test_nor_does_one_that_drips_for_ever(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MESSAGE_SECONDS", 0.5)
    with silent(b"2") as port:
        changed(house, Post(port=port).channel())
        began = time.monotonic()
        assert [problem for _, problem in send(house.workspace).failed] == ["timeout"]
    assert time.monotonic() - began < 5


def test_a_message_may_not_take_longer_than_its_lease() -> None:
    assert outbox.LEASE.total_seconds() > 2 * sending.MESSAGE_SECONDS


def test_no_name_can_begin_a_header(house: House, post: Post) -> None:
    house.settings(post.channel())
    path = house.home / "systems" / "matchft.yaml"
    text = path.read_text(encoding="utf-8")
    start = text.index("title:")
    line = text[start : text.index("\n", start)]
    path.write_text(
        text.replace(line, 'title: {fr: "M\\r\\nBcc: x@y.org", en: "M\\r\\nBcc: x@y.org"}'), encoding="utf-8"
    )
    house.audit(1, impact_ratio_gender="watch")
    check(house.workspace)
    send(house.workspace)
    assert post.mails
    for each in post.mails:
        assert each["Bcc"] is None
        assert "M Bcc: x@y.org" in each["Subject"]


def test_a_channel_that_is_gone_is_told_and_its_message_can_be_dropped(house: House, post: Post) -> None:
    changed(house, post.channel("old"))
    house.settings(post.channel("new"))
    assert [problem for _, problem in send(house.workspace).failed] == ["no_channel"]
    (message,) = messages(house.workspace)
    outbox.drop(house.workspace, message.id, now=now())
    assert states(house) == [("old", DROPPED, "no_channel")]
    assert send(house.workspace, now=now() + 9 * LATER).failed == []


def test_a_fault_of_ours_in_one_message_keeps_no_other(
    house: House, hook: Hook, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(house, hook.channel(), post.channel())
    monkeypatch.setattr(sending, "send_mail", lambda *_, **__: 1 / 0)
    assert [problem for _, problem in send(house.workspace).failed] == ["other ZeroDivisionError"]
    assert states(house) == [("comite", WAITING, "other ZeroDivisionError"), ("hook", SENT, None)]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that libraries note, down to what only a developer wants to see."""
    found, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(found), root.level
    handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield found
    root.removeHandler(handler)
    root.setLevel(level)


def test_no_secret_is_told_kept_or_noted(
    house: House, hook: Hook, dead_post: Post, log: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    hook.status = 403
    url = f"mailto://bot:{HIDDEN}@127.0.0.1:{dead_post.port}/?from=boussole@example.org&to=chief@example.org"
    house.settings(hook.channel(), f'[alerts.channels.post]\nurl = "{url}"\n')
    changed(house, hook.channel(), f'[alerts.channels.post]\nurl = "{url}"\n')
    told = [repr(send(house.workspace)), repr(house.workspace.settings), repr(channels(house.workspace))]
    for name, way in channels(house.workspace).items():
        told += [place_of(plugin_of(house.workspace, way)), try_out(house.workspace, way), name]
    out, err = capfd.readouterr()
    with sqlite3.connect(house.workspace.governance) as connection:
        kept = "\n".join(connection.iterdump())
    assert "filelock" in log.getvalue(), "it listens"
    for text in (*told, out, err, log.getvalue(), kept):
        assert HIDDEN not in text
        assert "chief@example.org" not in text


def test_a_password_is_not_sent_in_clear_to_another_machine(house: House) -> None:
    url = f"mailto://bot:{HIDDEN}@mail.example.org/?from=a@example.org&to=b@example.org"
    house.settings(f'[alerts.channels.post]\nurl = "{url}"\n')
    with pytest.raises(Exception, match="in clear") as caught:
        plugin_of(house.workspace, channels(house.workspace)["post"])
    assert HIDDEN not in str(caught.value)


@pytest.mark.attack("alerts", "somebody on the way answers in place of the server that is named")
@pytest.mark.parametrize(
    "url", ["mailtos://bot:x@mail.example.org/?from=a@b.org&to=c@b.org", "jsons://hooks.example.org/x?method=post"]
)
def test_no_server_elsewhere_goes_without_its_certificate(house: House, url: str) -> None:
    for ending, told in (("", None), ("verify=no", "no certificate would be asked for")):
        house.settings(f'[alerts.channels.post]\nurl = "{url}&{ending}"\n')
        if told is None:
            assert plugin_of(house.workspace, channels(house.workspace)["post"]).verify_certificate
        else:
            with pytest.raises(BoussoleError, match=told):
                plugin_of(house.workspace, channels(house.workspace)["post"])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ('url_env = "NO_SUCH_VARIABLE_HERE"', "NO_SUCH_VARIABLE_HERE holds no address"),
        ('url_file = "missing.txt"', "cannot be read (FileNotFoundError)"),
        ('url = "nosuchservice://x"', "does not understand"),
        ('url = "mailto://127.0.0.1"', "does not understand"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_by_its_channel(house: House, given: str, told: str) -> None:
    changed(house, f"[alerts.channels.post]\n{given}\n")
    with pytest.raises(Exception, match=r"alerts\.channels\.post") as caught:
        plugin_of(house.workspace, channels(house.workspace)["post"])
    assert told in str(caught.value)
    assert [problem for _, problem in send(house.workspace).failed] == ["settings"]


def test_an_address_comes_from_the_environment_or_a_file(
    house: House, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_FOR_TESTS", post.url())
    (house.home / "keys" / "mail.url").write_text(post.url() + "\n", encoding="utf-8")
    changed(
        house,
        '[alerts.channels.env]\nurl_env = "MAIL_FOR_TESTS"\n',
        '[alerts.channels.file]\nurl_file = "keys/mail.url"\n',
    )
    assert len(send(house.workspace).done) == 2
    assert len(post.mails) == 2


def test_nothing_to_send_writes_nothing(house: House, post: Post) -> None:
    changed(house, post.channel())
    send(house.workspace)
    with open_records(house.workspace).begin():  # somebody else holds the turn to write
        assert send(house.workspace).done == []
