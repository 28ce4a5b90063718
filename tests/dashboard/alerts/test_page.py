"""The settings page shows what waits and why, and what was sent, in the reader's language."""

from __future__ import annotations

import pytest

from boussole.dashboard.alerts import outbox
from boussole.dashboard.alerts.changes import check
from boussole.dashboard.alerts.page import AlertFacts, alert_facts, section, troubles
from boussole.dashboard.alerts.sending import send
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.server.access.database import now
from tests.dashboard.alerts.conftest import House, Post


def test_what_waits_is_shown_with_its_reason(house: House, post: Post, dead_post: Post) -> None:
    house.settings(post.channel("good"), dead_post.channel("dead"))
    house.audit(1, impact_ratio_gender="broken")
    check(house.workspace)
    assert troubles(alert_facts(house.workspace), "en") == []
    assert "To be sent from" in section(alert_facts(house.workspace), speaker("en"))
    send(house.workspace)
    facts = alert_facts(house.workspace)
    for lang, words in (
        ("en", ("Waits for the next run after one try. Nobody answers at that address", "Sent on", "Every change")),
        ("fr", ("Attend le prochain envoi après un essai. Personne ne répond", "Envoyé le", "Tous les changements")),
    ):
        shown = section(facts, speaker(lang))
        assert all(each in shown for each in words)
        assert "MatchFT" in shown
        assert "@example.org" not in shown
    (trouble,) = troubles(facts, "en")
    assert trouble[0].startswith("Two alerts cannot be sent. Nobody answers")
    assert trouble[1:] == ("[alerts.channels.dead]", "boussole alerts send")
    controller = dead_post.serve()
    try:
        send(house.workspace)
    finally:
        controller.stop()
    assert troubles(alert_facts(house.workspace), "en") == []


def test_what_no_run_sends_by_itself_is_shown_with_the_way_out(house: House, dead_post: Post) -> None:
    """A process that never ended, and a channel that is gone."""
    house.settings(dead_post.channel("dead"))
    house.audit(1, impact_ratio_gender="broken")
    check(house.workspace)
    outbox.claim(house.workspace, "dead", now=now())
    facts = alert_facts(house.workspace)
    assert "Being sent since" in section(facts, speaker("en"))
    assert troubles(facts, "en") == [], "it may still be at it"
    outbox.finish(house.workspace, outbox.alerts(house.workspace), problem="", now=now())
    assert troubles(alert_facts(house.workspace), "en") == []
    house.settings(dead_post.channel("dead"))
    house.audit(2, impact_ratio_gender="kept")
    check(house.workspace)
    house.settings(dead_post.channel("other"))
    (trouble,) = troubles(alert_facts(house.workspace), "fr")
    assert "n’a plus ce canal" in trouble[0]
    assert trouble[2] == "boussole alerts drop dead"


def test_an_interrupted_sending_is_shown(house: House, dead_post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    house.settings(dead_post.channel("dead"))
    house.audit(1, impact_ratio_gender="broken")
    check(house.workspace)
    began = now()
    outbox.claim(house.workspace, "dead", now=began)
    later = began + 2 * outbox.INTERRUPTED_AFTER
    monkeypatch.setattr("boussole.dashboard.alerts.page.now", lambda: later)
    facts: AlertFacts = alert_facts(house.workspace)
    (trouble,) = troubles(facts, "en")
    assert "never finished" in trouble[0]
    assert trouble[2] == "boussole alerts send --interrupted"
