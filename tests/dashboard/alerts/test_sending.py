"""Alerts go out once over real connections; a channel that fails is tried again, and says why."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import logging
import socket
import sqlite3
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from benchmarks.serving import free_port
from boussole.audits.errors import BoussoleError
from boussole.dashboard.alerts import channels as sending_channels
from boussole.dashboard.alerts import outbox
from boussole.dashboard.alerts.changes import check
from boussole.dashboard.alerts.outbox import INTERRUPTED_AFTER, SENDING, SENT, WAITING, alerts
from boussole.dashboard.alerts.sending import MOST, message, send
from boussole.dashboard.server.access.database import now
from tests.dashboard.alerts.conftest import HIDDEN, Hook, House, Post, plugin
from tests.dashboard.certificate import certificate

LATER = dt.timedelta(days=1)


def changed(house: House, *channels: str, more: str = "") -> House:
    """The changes of one question and its article wait to be sent on each channel."""
    house.settings(*channels, more=more)
    house.audit(1, impact_ratio_gender="kept")
    check(house.workspace)
    house.audit(2, impact_ratio_gender="watch")
    check(house.workspace)
    return house


def states(house: House) -> set[tuple[str, str, str | None]]:
    return {(each.channel, each.state, each.problem) for each in alerts(house.workspace)}


@pytest.mark.costly
def test_an_e_mail_comes_once_in_the_languages_of_its_channel(house: House, post: Post) -> None:
    changed(house, post.channel(more='languages = ["en", "fr"]'), more='address = "https://b.example"')
    for _ in range(3):
        check(house.workspace)
        send(house.workspace)
    assert states(house) == {("comite", SENT, None)}
    (mail,) = post.mails
    assert mail["To"] == "comite@example.org"
    assert mail["Subject"] == "[Boussole] 2 changes, 2 of them for the worse"
    text = mail.get_content()
    for words in (
        "MatchFT: Fairness and non-discrimination, from “We cannot tell” to “Watch”",
        "MatchFT: one question of “Fairness and non-discrimination”, from “Kept” to “Watch”",
        "https://b.example/system?system=matchft&lang=en#equite",
        "de «\u202fTenu\u202f» à «\u202fÀ surveiller\u202f»",
    ):
        assert words in text


def test_a_webhook_gets_the_title_and_the_text(house: House, hook: Hook) -> None:
    changed(house, hook.channel())
    assert send(house.workspace).sent == {"hook": 2}
    (body,) = hook.bodies
    assert hook.paths == [f"/in/{HIDDEN}"]
    assert body["title"] == "[Boussole] 2 changes, 2 of them for the worse"
    assert "from “Kept” to “Watch”" in body["message"]


def test_what_is_too_long_says_how_much_more_there_is(house: House, dead_post: Post) -> None:
    changed(house, dead_post.channel())
    found = alerts(house.workspace) * MOST
    _, text = message(house.workspace, sending_channels.channels(house.workspace)["comite"], found)
    assert text.count("Found on") == MOST
    assert "And 20 more, on the pages." in text


def test_a_dead_server_loses_nothing_and_is_tried_again_at_the_next_run(house: House, dead_post: Post) -> None:
    changed(house, dead_post.channel())
    for tries in (1, 2):
        assert send(house.workspace).failed == {"comite": "nobody"}
        assert states(house) == {("comite", WAITING, "nobody")}
        assert {each.attempts for each in alerts(house.workspace)} == {tries}
    controller = dead_post.serve()
    try:
        assert send(house.workspace).sent == {"comite": 2}
    finally:
        controller.stop()
    assert states(house) == {("comite", SENT, None)}
    assert len(dead_post.mails) == 1


def test_a_channel_that_fails_keeps_no_other_from_being_served(house: House, hook: Hook, post: Post) -> None:
    hook.status = 500
    changed(house, hook.channel(), post.channel())
    assert send(house.workspace).failed == {"hook": "http 500"}
    assert states(house) == {("comite", SENT, None), ("hook", WAITING, "http 500")}
    hook.status = 200
    assert send(house.workspace).sent == {"hook": 2}
    assert len(hook.bodies) == len(post.mails) == 1


@pytest.mark.parametrize(("answer", "problem"), [("552 too large for comite@example.org", "mail 552")])
def test_a_server_that_refuses_the_text_keeps_it(house: House, post: Post, answer: str, problem: str) -> None:
    post.answer = answer
    changed(house, post.channel())
    assert send(house.workspace).failed == {"comite": problem}


def test_a_channel_has_one_recipient(house: House, post: Post) -> None:
    """A failure of one would send the message to the others again."""
    house.settings(post.channel(to="comite@example.org,chair@example.org"))
    with pytest.raises(BoussoleError, match="2 recipients"):
        plugin(house, "comite")


def test_what_a_process_began_and_never_ended_is_sent_by_a_later_run(
    house: House, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have arrived: it is rather sent twice than never."""
    changed(house, post.channel())

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "finish", killed)
        with pytest.raises(KeyboardInterrupt):
            send(house.workspace)
    assert states(house) == {("comite", SENDING, None)}
    later = now() + INTERRUPTED_AFTER + dt.timedelta(minutes=1)
    assert send(house.workspace).sent == {}, "another process may still be sending it"
    assert send(house.workspace, now=later).sent == {"comite": 2}
    assert len(post.mails) == 2


def test_a_message_takes_less_than_the_time_after_which_it_counts_as_interrupted() -> None:
    assert INTERRUPTED_AFTER.total_seconds() > 2 * sending_channels.MESSAGE_SECONDS


@pytest.mark.costly
def test_several_that_send_at_the_same_time_send_each_alert_once(house: House, hook: Hook) -> None:
    changed(house, hook.channel())
    gate = threading.Barrier(4)

    def run() -> None:
        gate.wait()
        send(house.workspace)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(hook.bodies) == 1
    assert {each.attempts for each in alerts(house.workspace)} == {1}


@pytest.mark.costly
def test_a_digest_is_one_message_and_waits_until_it_is_due(house: House, post: Post) -> None:
    house.settings(post.channel(more='digest = "daily"'), more="digest_hour = 7")
    noon = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
    house.audit(1, impact_ratio_gender="kept")
    check(house.workspace, now=noon)
    for month, verdict in ((2, "broken"), (3, "kept")):
        house.audit(month, impact_ratio_gender=verdict)
        check(house.workspace, now=noon)
    assert send(house.workspace, now=noon).sent == {}
    assert send(house.workspace, now=noon + LATER).sent == {"comite": 4}
    (mail,) = post.mails
    text = mail.get_content()
    assert text.index("from “Kept” to “Not kept”") < text.index("from “Not kept” to “Kept”")


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
    monkeypatch.setattr(sending_channels, "CONNECT_SECONDS", 0.2)
    with silent() as port:
        changed(house, Post(port=port).channel())
        began = time.monotonic()
        assert send(house.workspace).failed == {"comite": "timeout"}
    assert time.monotonic() - began < 5


def test_nor_does_one_that_drips_for_ever(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending_channels, "MESSAGE_SECONDS", 0.5)
    with silent(b"2") as port:
        changed(house, Post(port=port).channel())
        began = time.monotonic()
        assert send(house.workspace).failed == {"comite": "timeout"}
    assert time.monotonic() - began < 5


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
    with sqlite3.connect(house.workspace.governance) as connection:  # of one change alone the subject is its title
        connection.execute("DELETE FROM alert_outbox WHERE subject LIKE 'article/%'")
    send(house.workspace)
    (mail,) = post.mails
    assert mail["Bcc"] is None
    assert "M Bcc: x@y.org" in mail["Subject"]


def test_a_channel_that_is_gone_keeps_its_alerts_until_it_returns(house: House, post: Post) -> None:
    changed(house, post.channel("old"))
    house.settings(post.channel("new"))
    assert send(house.workspace).sent == send(house.workspace).failed == {}
    assert states(house) == {("old", WAITING, None)}
    house.settings(post.channel("old"))
    assert send(house.workspace).sent == {"old": 2}


def test_a_fault_of_a_service_keeps_no_other_from_being_served(
    house: House, hook: Hook, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(house, hook.channel(), post.channel())
    monkeypatch.setattr("apprise.plugins.email.NotifyEmail.send", lambda *_, **__: 1 / 0)
    assert send(house.workspace).failed.keys() == {"comite"}
    assert states(house) >= {("hook", SENT, None)}


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
    changed(house, hook.channel(), f'[alerts.channels.post]\nurl = "{url}"\n')
    found = sending_channels.channels(house.workspace)
    told = [repr(send(house.workspace)), repr(house.workspace.settings), repr(found)]
    for name, channel in found.items():
        told += [sending_channels.deliver(house.workspace, channel, title="Title", text="Text"), name]
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
        plugin(house, "post")
    assert HIDDEN not in str(caught.value)


@pytest.mark.attack("alerts", "somebody on the way answers in place of the server that is named")
@pytest.mark.parametrize(
    "url", ["mailtos://bot:x@mail.example.org/?from=a@b.org&to=c@b.org", "jsons://hooks.example.org/x?method=post"]
)
def test_no_server_elsewhere_goes_without_its_certificate(house: House, url: str) -> None:
    for ending, told in (("", None), ("verify=no", "no certificate would be asked for")):
        house.settings(f'[alerts.channels.post]\nurl = "{url}&{ending}"\n')
        if told is None:
            assert plugin(house, "post").verify_certificate
        else:
            with pytest.raises(BoussoleError, match=told):
                plugin(house, "post")


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
        plugin(house, "post")
    assert told in str(caught.value)
    assert send(house.workspace).failed == {"post": "settings"}


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
    assert send(house.workspace).sent == {"env": 2, "file": 2}
    assert len(post.mails) == 2


def known(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and data.password == HIDDEN.encode()
    return AuthResult(success=right, handled=False)


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Post]:
    found = Post(port=free_port())
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate(tmp_path, "localhost"))
    controller = Controller(
        found,
        hostname="127.0.0.1",
        port=found.port,
        ready_timeout=30,
        tls_context=context,
        require_starttls=True,
        authenticator=known,
        auth_required=True,
    )
    controller.start()
    yield found
    controller.stop()


@pytest.mark.parametrize(
    ("secret", "more", "problem"),
    [
        (HIDDEN, "&verify=no", {}),
        (HIDDEN, "", {"post": "certificate"}),
        ("wrong", "&verify=no", {"post": "sign_in 535"}),
    ],
)
def test_encryption_and_sign_in_are_what_the_address_says(
    house: House, strict: Post, secret: str, more: str, problem: dict[str, str]
) -> None:
    url = f"mailtos://bot:{secret}@127.0.0.1:{strict.port}/?from=boussole@example.org&to=chair@example.org{more}"
    house.settings(f'[alerts.channels.post]\nurl = "{url}"\n')
    house.audit(1, impact_ratio_gender="broken")
    check(house.workspace)
    assert send(house.workspace).failed == problem
    assert len(strict.mails) == (0 if problem else 1)


def test_a_server_without_encryption_gets_no_password(house: House, post: Post) -> None:
    url = f"mailtos://bot:{HIDDEN}@127.0.0.1:{post.port}/?from=boussole@example.org&to=chair@example.org"
    house.settings(f'[alerts.channels.post]\nurl = "{url}"\n')
    house.audit(1, impact_ratio_gender="broken")
    check(house.workspace)
    assert send(house.workspace).failed == {"post": "no_tls"}
    assert post.mails == []
