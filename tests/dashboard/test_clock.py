"""Hours are those of the organisation, whatever the machine's clock says, and the clock is named."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from starlette.requests import Request

from boussole.audits.errors import BoussoleError
from boussole.audits.ledger.log import EntryLine
from boussole.audits.workspace import SETTINGS_FILE, Workspace
from boussole.dashboard.markup.words import chosen_language, speaker, speaker_for, speaker_in
from boussole.dashboard.views.evidence import content_words, moment_words

EVENING = dt.datetime(2026, 11, 29, 23, 29, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("lang", "zone", "written"),
    [
        ("fr", "Europe/Paris", "30 novembre 2026 à 0\u00a0h\u00a029 (heure de Paris)"),
        ("en", "Europe/Paris", "30 November 2026 at 00:29 (Paris time)"),
        ("fr", "Indian/Reunion", "30 novembre 2026 à 3\u00a0h\u00a029 (heure de La Réunion)"),
        ("fr", "Europe/Athens", "30 novembre 2026 à 1\u00a0h\u00a029 (heure d\u2019Athènes)"),
        ("en", "UTC", "29 November 2026 at 23:29 (UTC)"),
    ],
)
def test_a_moment_is_told_by_the_clock_of_the_organisation(lang, zone, written):
    assert speaker(lang, ZoneInfo(zone)).moment(EVENING).replace("\u202f", " ") == written


def test_sealed_moments_are_told_by_that_clock(scene):
    say = speaker("en", ZoneInfo("America/Guadeloupe"))
    assert moment_words("2026-11-29T23:29:00Z", say) == "29 November 2026 at 19:29 (Guadeloupe time)"
    assert moment_words("2026-11-29T23:29:00Z", say, beside=True) == "29 November 2026 at 19:29"
    assert moment_words("no moment", say) == "no moment"
    entry = EntryLine(index=1, kind="exclusion", payload={"at": "2026-11-29T23:29:00"}, time="", leaf_hash="ab")
    assert content_words(entry, scene, say) == [("When", "29 November 2026 at 19:29 (Guadeloupe time)")]


def test_the_settings_say_which_and_refuse_what_is_none(tmp_path):
    workspace = Workspace.create(tmp_path / "w")
    assert workspace.settings.zone == ZoneInfo("Europe/Paris")
    (workspace.home / SETTINGS_FILE).write_text('timezone = "Indian/Reunion"\n')
    assert Workspace(workspace.home).settings.zone == ZoneInfo("Indian/Reunion")
    (workspace.home / SETTINGS_FILE).write_text('timezone = "Europe/Pari"\n')
    with pytest.raises(BoussoleError, match="'Europe/Pari' is no time zone"):
        _ = Workspace(workspace.home).settings


def test_a_variable_that_is_no_json_is_named_and_not_quoted(tmp_path, monkeypatch):
    workspace = Workspace.create(tmp_path / "w")
    monkeypatch.setenv("BOUSSOLE_ALERTS", '{"channels": "of-a-password')
    with pytest.raises(BoussoleError, match="not valid JSON") as told:
        _ = Workspace(workspace.home).settings
    assert ("BOUSSOLE_ALERTS" in str(told.value), "password" in str(told.value)) == (True, False)


def test_the_day_is_that_of_the_workspace(tmp_path):
    """Kiritimati is 25 hours ahead of Midway: it is never the same day, whatever the machine says."""
    days = []
    for name in ("Pacific/Midway", "Pacific/Kiritimati"):
        workspace = Workspace.create(tmp_path / name.replace("/", "-"))
        (workspace.home / SETTINGS_FILE).write_text(f'timezone = "{name}"\n')
        days.append(Workspace(workspace.home).today())
    assert dt.timedelta(days=1) <= days[1] - days[0] <= dt.timedelta(days=2)


def test_whoever_sends_a_form_is_answered_by_that_clock_and_in_their_language(tmp_path):
    """Forms answered by the clock of Paris, and the evidence page took every record for French."""
    workspace = Workspace.create(tmp_path / "w")
    (workspace.home / SETTINGS_FILE).write_text('timezone = "Indian/Reunion"\nlanguage = "en"\n')
    sent = Request({"type": "http", "query_string": b"spoken=fr&lang=fr", "headers": []})
    say = speaker_for(sent, Workspace(workspace.home))
    assert (say.lang, say.main, say.zone) == ("fr", "en", ZoneInfo("Indian/Reunion"))
    assert say is speaker_in(Workspace(workspace.home), "fr")
    assert chosen_language(sent) == {"lang": "fr"}
    odd = Request({"type": "http", "query_string": b"spoken=%3Cb%3E&lang=de", "headers": []})
    assert chosen_language(odd) == {}
    assert speaker_for(odd, workspace).lang == "fr"
    (workspace.home / SETTINGS_FILE).write_text('timezone = "Europe/Pari"\n')
    assert speaker_in(Workspace(workspace.home), "en") == speaker("en")
