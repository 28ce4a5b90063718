"""Alerts go out once over real connections; a channel that fails is tried again, and fails no other command."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import re
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
from boussole.dashboard.alerts.outbox import INTERRUPTED_AFTER, SENDING, SENT, WAITING, alerts
from boussole.dashboard.alerts.sending import MOST, message, send
from boussole.dashboard.server.access.database import now
from tests import offers
from tests.conftest import Run
from tests.dashboard.alerts.conftest import HIDDEN, Hook, House, Post, dripping, hostile, plugin
from tests.dashboard.certificate import certificate

LATER = dt.timedelta(days=1)


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
    _, text = message(house.workspace, sending_channels.channels(house.workspace)["comite"], found)
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
    house.settings(post.channel(to="comite@example.org,chair@example.org"))
    with pytest.raises(BoussoleError, match="2 recipients"):
        plugin(house, "comite")


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
    found = sending_channels.channels(house.workspace)
    told = [repr(send(house.workspace)), repr(house.workspace.settings), repr(found)]
    for name, channel in found.items():
        told += [sending_channels.deliver(house.workspace, channel, title="Title", text="Text"), name]
    out, err = capfd.readouterr()
    with sqlite3.connect(house.workspace.governance) as connection:
        kept = "\n".join(connection.iterdump())
    assert "filelock" in noted.getvalue(), "it listens"
    for text in (*told, out, err, noted.getvalue(), kept):
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
        ("strict", HIDDEN, "", {"post": "certificate"}),
        ("strict", "wrong", "&verify=no", {"post": "sign_in 535"}),
        ("post", HIDDEN, "", {"post": "no_tls"}),
    ],
)
def test_encryption_and_sign_in_are_what_the_address_says(  # noqa: PLR0917
    house: House, request: pytest.FixtureRequest, server: str, secret: str, more: str, problem: dict[str, str]
) -> None:
    there: Post = request.getfixturevalue(server)
    url = f"mailtos://bot:{secret}@127.0.0.1:{there.port}/?from=boussole@example.org&to=chair@example.org{more}"
    house.changed(f'[alerts.channels.post]\nurl = "{url}"\n')
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


def settle(home: Path, *channels: str) -> None:
    (home / SETTINGS_FILE).write_text("[alerts]\n" + "\n".join(channels), encoding="utf-8")


@pytest.mark.costly
def test_an_audit_tells_what_changed_and_never_fails(audited: Path, command: Run, post: Post, dead_post: Post) -> None:
    settle(audited, post.channel(), dead_post.channel("dead"))
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
    settle(audited, post.channel())

    def broken(*_: object, **__: object) -> str:
        raise error

    monkeypatch.setattr(sending, "check", broken)
    done = command("--workspace", audited, "audit", "--system", "offers", "--as-of", str(offers.AS_OF))
    assert done.returncode == 0, done.stderr
    assert f"Alerts: nothing was sent ({type(error).__name__})" in done.stderr
