"""`boussole alerts`, and what other commands do for it: nothing that they are for ever fails because of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boussole.audits.workspace import SETTINGS_FILE
from boussole.dashboard.alerts import sending
from boussole.dashboard.alerts.changes import check
from boussole.dashboard.alerts.outbox import alerts
from tests import offers
from tests.dashboard.alerts.conftest import House, Post

Run = Callable[..., Any]


@pytest.fixture
def said(house: House, command: Run) -> Run:
    return lambda *arguments, **options: command("--workspace", house.home, *arguments, **options)


def waiting(house: House, *channels: str) -> None:
    house.settings(*channels)
    house.audit(1, impact_ratio_gender="kept")
    check(house.workspace)
    house.audit(2, impact_ratio_gender="watch")


def test_a_dry_run_prints_the_changes_and_writes_nothing(house: House, said: Run, post: Post) -> None:
    waiting(house, post.channel())
    done = said("alerts", "check", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "matchft\tquestion/equite/impact_ratio_gender\tkept\twatch\n" in done.stdout
    assert done.stderr == "2 change(s) found; nothing was written.\n"
    assert alerts(house.workspace) == []


@pytest.mark.costly
def test_what_is_not_sent_is_told_by_exit_code_and_listed_until_it_is(house: House, said: Run, dead_post: Post) -> None:
    waiting(house, dead_post.channel())
    assert said("alerts", "check").returncode == 0
    failed = said("alerts", "send")
    assert failed.returncode == 1
    assert "Nobody answers at that address" in failed.stderr
    listed = said("alerts", "list")
    assert listed.stdout.split("\t")[1:3] == ["comite", "waiting"]
    assert "2 alert(s) wait, 2 of them failed before" in listed.stderr
    controller = dead_post.serve()
    try:
        assert said("alerts", "send").stderr == "2 change(s) sent on comite.\n"
    finally:
        controller.stop()
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
def test_an_audit_tells_what_changed_and_does_not_fail_where_it_cannot(
    audited: Path, command: Run, post: Post, dead_post: Post
) -> None:
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
