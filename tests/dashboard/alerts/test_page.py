"""The settings page shows what waits and why, and what was sent, in the reader's language."""

from __future__ import annotations

from boussole.dashboard.alerts.detect import check
from boussole.dashboard.alerts.page import alert_facts, section, troubles
from boussole.dashboard.alerts.sending import send
from boussole.dashboard.markup.words import speaker
from tests.dashboard.alerts.conftest import House, Post


def test_what_waits_is_told_with_its_reason_and_when_it_is_tried_again(
    house: House, post: Post, dead_post: Post
) -> None:
    house.settings(post.channel("good"), dead_post.channel("dead"))
    house.audit(1, impact_ratio_gender="broken")
    check(house.workspace)
    assert troubles(alert_facts(house.workspace), "en") == []
    assert "To be sent from" in section(alert_facts(house.workspace), speaker("en"))
    send(house.workspace)
    facts = alert_facts(house.workspace)
    english, french = section(facts, speaker("en")), section(facts, speaker("fr"))
    for told, words in (
        (english, ("Waits after one try, the next on", "Nobody answers at that address", "Sent on", "one address")),
        (french, ("En attente après un essai", "Personne ne répond à cette adresse", "Envoyé le", "une adresse")),
    ):
        assert all(each in told for each in words)
        assert "MatchFT" in told
        assert "@example.org" not in told
    (trouble,) = troubles(facts, "en")
    assert trouble[0].startswith("One message about changes cannot be sent. Nobody answers")
    assert trouble[1] == "[alerts.channels.dead]"
    assert "Nothing is lost" in trouble[2]
    controller = dead_post.serve()
    try:
        send(house.workspace, at_once=True)
    finally:
        controller.stop()
    assert troubles(alert_facts(house.workspace), "en") == []
