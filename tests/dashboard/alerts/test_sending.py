"""Alerts go out once over real connections; a channel that fails is tried again, and fails no other command."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import re
import socket
import sqlite3
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from benchmarks.serving import free_port
from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import SETTINGS_FILE
from boussole.dashboard.alerts import channels as sending_channels
from boussole.dashboard.alerts import outbox, sending
from boussole.dashboard.alerts.changes import check
from boussole.dashboard.alerts.channels import channels, deliver, is_clear
from boussole.dashboard.alerts.outbox import INTERRUPTED_AFTER, SENDING, SENT, WAITING, alerts
from boussole.dashboard.alerts.sending import MOST, message, send
from boussole.dashboard.cli.doctor import examine
from boussole.dashboard.server.access.database import now
from tests import offers
from tests.attacks import Tries
from tests.conftest import Run
from tests.dashboard.alerts.conftest import HIDDEN, Hook, House, Post, dripping, hostile, plugin
from tests.dashboard.certificate import certificate

LATER = dt.timedelta(days=1)


def channel(url: str) -> str:
    return f'[alerts.channels.hook]\nurl = "{url}"\n'


def refused(house: House, url: str) -> str:
    """Why an address is refused, which is told without it."""
    house.settings(channel(url))
    with pytest.raises(BoussoleError) as caught:
        plugin(house, "hook")
    assert HIDDEN not in str(caught.value)
    assert "[alerts.channels.hook]" in str(caught.value)
    return str(caught.value)


def states(house: House) -> set[tuple[str, str, str | None]]:
    return {(each.channel, each.state, each.problem) for each in alerts(house.workspace)}


@pytest.mark.costly
def test_an_e_mail_comes_once_in_the_languages_of_its_channel(house: House, post: Post) -> None:
    house.changed(post.channel(more='languages = ["en", "fr"]'), more='address = "https://b.example"')
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


def test_what_is_too_long_says_how_much_more_there_is(house: House, dead_post: Post) -> None:
    house.changed(dead_post.channel())
    found = alerts(house.workspace) * MOST
    _, text = message(house.workspace, channels(house.workspace)["comite"], found)
    assert text.count("Found on") == MOST
    assert "And 20 more, on the pages." in text


def test_a_channel_that_fails_keeps_no_other_from_being_served(house: House, hook: Hook, post: Post) -> None:
    hook.status = 500
    house.changed(hook.channel(), post.channel())
    assert send(house.workspace).failed == {"hook": "http 500"}
    assert states(house) == {("comite", SENT, None), ("hook", WAITING, "http 500")}
    hook.status = 200
    assert send(house.workspace).sent == {"hook": 2}
    assert len(post.mails) == 1
    (body,) = hook.bodies
    assert set(hook.paths) == {f"/in/{HIDDEN}"}
    assert body["title"] == "[Boussole] 2 changes, 2 of them for the worse"
    assert "from “Kept” to “Watch”" in body["message"]


def test_a_server_that_refuses_the_text_keeps_it(house: House, post: Post) -> None:
    post.answer = "552 too large for comite@example.org"
    house.changed(post.channel())
    assert send(house.workspace).failed == {"comite": "mail 552"}


def test_a_channel_has_one_recipient(house: House, post: Post) -> None:
    """A failure of one would send the message to the others again."""
    assert "2 recipients" in refused(house, post.url(to="comite@example.org,chair@example.org"))


def test_what_was_begun_and_never_ended_is_sent_later(
    house: House, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have arrived: it is rather sent twice than never."""
    house.changed(post.channel())

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
    house.changed(hook.channel())
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


@pytest.mark.parametrize(("limit", "listens"), [("CONNECT_SECONDS", True), ("MESSAGE_SECONDS", False)])
def test_a_slow_server_stops_nobody(house: House, monkeypatch: pytest.MonkeyPatch, limit: str, listens: bool) -> None:
    monkeypatch.setattr(sending_channels, limit, 0.5)
    with hostile(dripping, listens=listens) as (port, _):
        house.changed(Post(port=port).channel())
        began = time.monotonic()
        assert send(house.workspace).failed == {"comite": "timeout"}
    assert time.monotonic() - began < 5


def test_no_name_can_begin_a_header(house: House, post: Post) -> None:
    house.settings(post.channel())
    path = house.home / "systems" / "matchft.yaml"
    title = 'title: {fr: "M\\r\\nBcc: x@y.org", en: "M\\r\\nBcc: x@y.org"}'
    text = re.sub("(?m)^title:.*$", lambda _: title, path.read_text(encoding="utf-8"), count=1)
    path.write_text(text, encoding="utf-8")
    house.audit(1, impact_ratio_gender="watch")
    check(house.workspace)
    with sqlite3.connect(house.workspace.governance) as connection:  # of one change alone the subject is its title
        connection.execute("DELETE FROM alert_outbox WHERE subject LIKE 'article/%'")
    send(house.workspace)
    (mail,) = post.mails
    assert mail["Bcc"] is None
    assert "M Bcc: x@y.org" in mail["Subject"]


def test_a_channel_that_is_gone_keeps_its_alerts_until_it_returns(house: House, post: Post) -> None:
    house.changed(post.channel("old"))
    house.settings(post.channel("new"))
    assert send(house.workspace).sent == send(house.workspace).failed == {}
    assert states(house) == {("old", WAITING, None)}
    house.settings(post.channel("old"))
    assert send(house.workspace).sent == {"old": 2}


def test_a_fault_of_a_service_keeps_no_other_from_being_served(
    house: House, hook: Hook, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.changed(hook.channel(), post.channel())
    monkeypatch.setattr("apprise.plugins.email.NotifyEmail.send", lambda *_, **__: 1 / 0)
    assert send(house.workspace).failed.keys() == {"comite"}
    assert states(house) >= {("hook", SENT, None)}


def test_no_secret_is_told_kept_or_noted(
    house: House, hook: Hook, dead_post: Post, noted: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    hook.status = 403
    url = f"mailto://bot:{HIDDEN}@127.0.0.1:{dead_post.port}/?from=boussole@example.org&to=chief@example.org"
    house.changed(hook.channel(), f'[alerts.channels.post]\nurl = "{url}"\n')
    found = channels(house.workspace)
    told = [repr(send(house.workspace)), repr(house.workspace.settings), repr(found)]
    for name, channel in found.items():
        told += [deliver(house.workspace, channel, title="Title", text="Text"), name]
    out, err = capfd.readouterr()
    with sqlite3.connect(house.workspace.governance) as connection:
        kept = "\n".join(connection.iterdump())
    assert "filelock" in noted.getvalue(), "it listens"
    for text in (*told, out, err, noted.getvalue(), kept):
        assert HIDDEN not in text
        assert "chief@example.org" not in text


def test_a_password_is_not_sent_in_clear_to_another_machine(house: House) -> None:
    url = f"mailto://bot:{HIDDEN}@mail.example.org/?from=a@example.org&to=b@example.org"
    assert "in clear" in refused(house, url)


@pytest.mark.attack("alerts", "somebody on the way answers in place of the server that is named")
@pytest.mark.parametrize(
    "url", ["mailtos://bot:x@mail.example.org/?from=a@b.org&to=c@b.org", "jsons://hooks.example.org/x?method=post"]
)
def test_no_server_elsewhere_goes_without_its_certificate(house: House, url: str) -> None:
    house.settings(channel(f"{url}&"))
    assert plugin(house, "hook").verify_certificate
    assert "no certificate would be asked for" in refused(house, f"{url}&verify=no")


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
    house.changed(f"[alerts.channels.post]\n{given}\n")
    with pytest.raises(Exception, match=r"alerts\.channels\.post") as caught:
        plugin(house, "post")
    assert told in str(caught.value)
    assert send(house.workspace).failed == {"post": "settings"}


def test_an_address_comes_from_the_environment_or_a_file(
    house: House, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_FOR_TESTS", post.url())
    (house.home / "keys" / "mail.url").write_text(post.url() + "\n", encoding="utf-8")
    named = {"env": 'url_env = "MAIL_FOR_TESTS"', "file": 'url_file = "keys/mail.url"'}
    house.changed(*(f"[alerts.channels.{name}]\n{line}\n" for name, line in named.items()))
    assert send(house.workspace).sent == {"env": 2, "file": 2}
    assert len(post.mails) == 2


def known(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and data.password == HIDDEN.encode()
    return AuthResult(success=right, handled=False)


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Post]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate(tmp_path, "localhost"))
    asks = {"require_starttls": True, "authenticator": known, "auth_required": True}
    with Post(port=free_port()).serve(tls_context=context, **asks) as found:
        yield found


@pytest.mark.parametrize(
    ("server", "secret", "more", "problem"),
    [
        ("strict", HIDDEN, "&verify=no", {}),
        ("strict", HIDDEN, "", {"hook": "certificate"}),
        ("strict", "wrong", "&verify=no", {"hook": "sign_in 535"}),
        ("post", HIDDEN, "", {"hook": "no_tls"}),
    ],
)
def test_encryption_and_sign_in_are_what_the_address_says(  # noqa: PLR0917
    house: House, request: pytest.FixtureRequest, server: str, secret: str, more: str, problem: dict[str, str]
) -> None:
    there: Post = request.getfixturevalue(server)
    url = f"mailtos://bot:{secret}@127.0.0.1:{there.port}/?from=boussole@example.org&to=chair@example.org{more}"
    house.changed(channel(url))
    assert send(house.workspace).failed == problem
    assert len(there.mails) == (0 if problem else 1)


@pytest.fixture
def said(house: House, command: Run) -> Run:
    return lambda *arguments, **options: command("--workspace", house.home, *arguments, **options)


def files(home: Path) -> dict[str, str]:
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file() and path.suffix not in (".sqlite-shm", ".sqlite-wal")  # every reader makes them
    }


def test_a_dry_run_prints_the_changes_and_writes_nothing(house: House, said: Run, dead_post: Post) -> None:
    house.moved(dead_post.channel())
    before = files(house.home)
    done = said("alerts", "check", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "matchft\tquestion/equite/impact_ratio_gender\tkept\twatch\n" in done.stdout
    assert done.stderr == "2 change(s) found; nothing was written.\n"
    assert files(house.home) == before
    dry = check(house.workspace, dry_run=True)
    assert dry == check(house.workspace)
    assert len(dry) == 2


@pytest.mark.costly
def test_a_dead_server_loses_nothing_and_is_tried_again(house: House, said: Run, dead_post: Post) -> None:
    house.moved(dead_post.channel())
    assert said("alerts", "check").returncode == 0
    failed = said("alerts", "send")
    assert failed.returncode == 1
    assert "Nobody answers at that address" in failed.stderr
    listed = said("alerts", "list")
    assert listed.stdout.split("\t")[1:3] == ["comite", "waiting"]
    assert "2 alert(s) wait, 2 of them failed before" in listed.stderr
    with dead_post.serve():
        assert said("alerts", "send").stderr == "2 change(s) sent on comite.\n"
    rows = json.loads(said("alerts", "list", "--json", "-").stdout)
    assert {(row["state"], row["attempts"], row["problem"]) for row in rows} == {("sent", 2, "-")}
    assert said("alerts", "send").stderr == "Nothing is due.\n"
    assert len(dead_post.mails) == 1


@pytest.fixture
def audited(audited_offers: Callable[..., Any], tmp_path: Path) -> Path:
    return Path(audited_offers(tmp_path / "offers").home)


@pytest.mark.costly
def test_an_audit_tells_what_changed_and_never_fails(audited: Path, command: Run, post: Post, dead_post: Post) -> None:
    channels = f"{post.channel()}\n{dead_post.channel('dead')}"
    (audited / SETTINGS_FILE).write_text(f"[alerts]\n{channels}", encoding="utf-8")
    run = ("--workspace", audited, "audit", "--system", "offers", "--from", "2026-02-01", "--to", "2026-02-28")
    quiet = command("--workspace", audited, "audit", "--dry-run")
    assert (quiet.returncode, "Alerts" in quiet.stderr) == (0, False)
    done = command(*run, "--as-of", str(offers.AS_OF), "--json", "-")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["system"] == "offers", "nothing but JSON on stdout"
    if post.mails:  # the offers need attention somewhere
        assert "sent on 1 channel(s), kept for the next run on 1: dead: Nobody answers" in done.stderr
    assert "Alerts: " in done.stderr


@pytest.mark.costly
@pytest.mark.parametrize("error", [RuntimeError("boom"), sqlite3.OperationalError("disk I/O error")])
def test_whatever_goes_wrong_an_audit_stays_sealed_and_says_so(
    audited: Path, command: Run, post: Post, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    (audited / SETTINGS_FILE).write_text(f"[alerts]\n{post.channel()}", encoding="utf-8")

    def broken(*_: object, **__: object) -> str:
        raise error

    monkeypatch.setattr(sending, "check", broken)
    done = command("--workspace", audited, "audit", "--system", "offers", "--as-of", str(offers.AS_OF))
    assert done.returncode == 0, done.stderr
    assert f"Alerts: nothing was sent ({type(error).__name__})" in done.stderr


OK = b"HTTP/1.1 200 OK\r\n"


NO_ADDRESS = ["file:///etc/passwd", f"file:///{HIDDEN}", "gopher://127.0.0.1/x", "ftp://127.0.0.1/x", "unix:///run/x"]


@pytest.mark.attack("webhooks", "addresses that are none: file:, gopher:, ftp:, a socket")
def test_what_is_no_service_is_refused(house: House, tries: Tries) -> None:
    for url in NO_ADDRESS:
        assert "does not understand" in refused(house, url)
        tries.add()


@pytest.mark.attack(
    "webhooks", "an address whose template or key is a file of the server, such as a key of the workspace"
)
def test_no_address_reads_a_file(house: House, tries: Tries) -> None:
    secret = house.home / "keys" / "pseudonym.key"
    secret.parent.mkdir(exist_ok=True)
    secret.write_text(f'{{"text": "{HIDDEN}"}}', encoding="utf-8")
    token = "0123456789abcdefghijklmn"  # noqa: S105 (made up)
    places = [
        f"workflows://127.0.0.1:9/{'a' * 32}/{'b' * 43}/?template={{}}",
        f"slack://T1JJ3T3L2/A1BRTD4JD/{token}/?template={{}}",
        f"discord://123456789012345678/{'a' * 68}/?template={{}}",
        f"tgram://123456789:{'a' * 35}/12315544/?template={{}}",
        "fcm://project@apikey/123456789?keyfile={}",
    ]
    for place in places:
        for file in (secret, f"file://{secret}", "http://127.0.0.1:9/x.json"):
            said = refused(house, place.format(file))
            assert "names a file" in said or "does not understand" in said
            tries.add()


@pytest.mark.parametrize("method", ["GET", "DELETE", "HEAD"])
@pytest.mark.attack("webhooks", "an address that asks for another method, to erase or fetch something inside")
def test_no_address_erases_anything(house: House, method: str) -> None:
    assert f"asks for {method}" in refused(house, f"json://127.0.0.1:9/{HIDDEN}?method={method.lower()}")


@pytest.mark.parametrize("host", ["169.254.169.254", "[fe80::1]"])
@pytest.mark.attack("webhooks", "an address that is link-local, where clouds tell a machine its secrets")
def test_nothing_is_sent_to_where_clouds_keep_secrets(house: House, host: str) -> None:
    for scheme in ("json", "jsons", "form", "xml"):
        assert "link-local" in refused(house, f"{scheme}://{host}/{HIDDEN}")


def try_out(house: House) -> str:
    """Sends a message on the channel; the code of the problem, or nothing."""
    return deliver(house.workspace, channels(house.workspace)["hook"], title="Title", text="Text")


@pytest.mark.attack(
    "webhooks", "a server that answers with a redirect to a place inside, though the address asks for it"
)
def test_no_redirect_is_followed(house: House, hook: Hook, tries: Tries) -> None:
    hook.status = 302
    for asked in ("yes", "no", "true", "1"):
        url = f"json://127.0.0.1:{hook.port}/in/{HIDDEN}?redirect={asked}"
        house.settings(channel(url))
        assert try_out(house) == "http 302"
        tries.add()
    assert set(hook.paths) == {f"/in/{HIDDEN}"}


ANSWERS: dict[str, tuple[Callable[[socket.socket], None], str]] = {
    "that drips": (lambda connection: dripping(connection, OK + b"Content-Length: 1000\r\n\r\n"), "timeout"),
    "that is no HTTP": (lambda connection: connection.sendall(b"\0" * 100), "broken"),
    "that says nothing": (lambda connection: connection.close(), "broken"),
    "that says what was sent": (
        lambda connection: connection.sendall(b"HTTP/1.1 400 " + HIDDEN.encode() + b"\r\n\r\n"),
        "http 400",
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.attack("webhooks", "a server whose answer drips, or is none")
def test_an_answer_costs_little(house: House, name: str, monkeypatch: pytest.MonkeyPatch, tries: Tries) -> None:
    monkeypatch.setattr(sending_channels, "MESSAGE_SECONDS", 1.5)
    answer, expected = ANSWERS[name]
    with hostile(answer) as (port, got):
        house.changed(channel(f"json://127.0.0.1:{port}/{HIDDEN}"))
        began = time.monotonic()
        found = send(house.workspace)
        assert time.monotonic() - began < 15
        assert len(got) == 1
    assert found.failed == {"hook": expected}
    assert HIDDEN not in repr([each.problem for each in alerts(house.workspace)])
    tries.add()


@pytest.mark.attack("webhooks", "headers of an address that begin another header or another request")
def test_no_header_of_an_address_begins_another(house: House, hook: Hook, tries: Tries) -> None:
    for header in ("X-A=1%0d%0aEvil:%201", "X-A=1%0aEvil:%201", "X-A%0d%0aEvil=1", "X-A=1%00", "Host=evil.example"):
        house.settings(channel(f"json://127.0.0.1:{hook.port}/in?+{header}"))
        try_out(house)
        tries.add()
    assert not any("Evil" in name for each in hook.headers for name in each)
    assert len(hook.paths) <= 2


@pytest.mark.costly
@pytest.mark.attack("webhooks", "a channel without encryption, of which whoever reads the settings is not warned")
def test_what_is_not_safe_is_told_by_doctor(house: House, tries: Tries) -> None:
    told = {
        "json://hooks.example.org/x": True,
        "jsons://hooks.example.org/x": False,
        "json://localhost:8080/x": False,
        "mmost://chat.example.org/" + "a" * 26: True,
        "mailto://mail.example.org/?from=a@example.org&to=b@example.org": True,
        "mailtos://mail.example.org/?from=a@example.org&to=b@example.org": False,
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/": False,
    }
    for url, clear in told.items():
        house.settings(channel(url))
        assert is_clear(plugin(house, "hook")) is clear, url
        row = [each.what for each in examine(house.workspace) if "[alerts.channels.hook]" in each.what]
        assert bool(row) is clear
        assert url.partition("://")[2] not in repr(row)
        tries.add()


@pytest.mark.attack("webhooks", "mail of which the address asks that it be encrypted, and that would not be")
def test_mail_that_should_be_encrypted_is_not_sent_as_it_is(house: House) -> None:
    said = refused(house, "mailtos://mail.example.org/?from=a@example.org&to=b@example.org&pgp=encrypt")
    assert "asks for PGP" in said or "does not understand" in said


@pytest.mark.attack("webhooks", "the secret of an address, looked for in payloads, the outbox and what is printed")
def test_no_payload_holds_the_secret_of_an_address(house: House, hook: Hook, post: Post, tries: Tries) -> None:
    house.changed(hook.channel(), post.channel())
    send(house.workspace)
    for body in hook.bodies:
        assert HIDDEN not in json.dumps(body)
        tries.add()
    for mail in post.mails:
        assert HIDDEN not in mail.as_string()
        tries.add()
    assert HIDDEN not in repr(check(house.workspace, dry_run=True)) + repr(alerts(house.workspace))
