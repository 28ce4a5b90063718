"""Letters to members: one a day unless it cannot wait, each thing once, to nobody whom it does not concern."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from boussole.audits.workspace import SETTINGS_FILE, Workspace
from boussole.charter.committee import acting
from boussole.charter.committee.acting import do
from boussole.charter.committee.acts.meeting import convene, open_session
from boussole.charter.committee.people.directory import name_member
from boussole.charter.record_types.acts import Attendance, Cancellation, Mandate, MandateEnd
from boussole.dashboard.alerts import outbox, personal
from boussole.dashboard.alerts.page import alert_facts, troubles
from boussole.dashboard.alerts.personal import send_letters
from boussole.dashboard.server.access.database import Wish, forget_reader, remember, seen, write_wish
from tests.charter.committee.desk import AGENDA, CALLED, HOUR, SAID, START, m
from tests.charter.committee.hall import NAME, Hall, who
from tests.dashboard.alerts.conftest import Post

CLOCK = dt.datetime(2026, 9, 3, 9, 0)  # noqa: DTZ001 (on the committee's own clock)
DAY_LATER = dt.timedelta(days=1)


def at(clock: dt.datetime) -> dt.datetime:
    """The moment at which it is that late in Paris in September."""
    return clock.replace(tzinfo=dt.UTC) - dt.timedelta(hours=2)


class Town:
    """A committee of five with addresses, and a session two weeks ahead, at a moment that is set."""

    def __init__(self, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
        self.hall, self.clock = hall, CLOCK
        monkeypatch.setattr(acting, "here_and_now", lambda _: self.clock)
        for number, name in ((1, "Cora"), (2, "Ada")):
            name_member(hall.workspace, m(number), name=name, contact=f"{name.lower()}@example.org")

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.hall.workspace.home)

    def settings(self, post: Post, more: str = "") -> None:
        text = 'organisation = "Maison\\r\\nBcc: x@y.org"\nlanguage = "en"\n[alerts]\n'
        text += 'members = "comite"\naddress = "https://b.example"\n' + more + post.channel()
        (self.workspace.home / SETTINGS_FILE).write_text(text, encoding="utf-8")

    def call(self, **changes: Any) -> int:
        values = {"starts": START, "ends": START + 2 * HOUR, "place": "Room 1", "agenda": AGENDA} | changes
        return convene(self.workspace, NAME, who=who(CALLED), **values).entry

    def send(self, clock: dt.datetime | None = None, **more: Any) -> personal.LettersSent:
        self.clock = clock or self.clock
        return send_letters(self.workspace, now=at(self.clock), **more)


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    return Town(Hall.seat(tmp_path / "house"), monkeypatch)


def told(post: Post) -> list[tuple[str, str]]:
    return [(str(each["To"]), str(each["Subject"])) for each in post.mails]


@pytest.mark.costly
def test_each_member_gets_one_letter_a_day_and_each_thing_once(town: Town, post: Post) -> None:
    town.settings(post)
    town.call()
    assert town.send(CLOCK.replace(hour=6)).done == 0  # before the hour of the digest
    assert town.send(CLOCK).done == 2
    subject = "[Boussole] A session is called for 15 September 2026 at 14:00"
    assert sorted(told(post)) == [("ada@example.org", subject), ("cora@example.org", subject)]
    assert post.mails[0]["Bcc"] is None
    assert post.mails[0]["Message-ID"] != post.mails[1]["Message-ID"]
    body = post.mails[0].get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "https://b.example/session?session=" in text
    assert "https://b.example/concerns?lang=en#by-mail" in text
    assert not [each for each in ("Ada", "Cora", "Room 1", "comite@example.org") if each in text]
    town.call(starts=START + DAY_LATER, ends=START + DAY_LATER + HOUR)
    assert town.send(CLOCK.replace(hour=18)).done == 0  # a second one the same day would be one too many
    assert town.send(CLOCK + DAY_LATER).done == 2
    assert town.send(CLOCK + 2 * DAY_LATER).done == 0
    assert len(post.mails) == 4


@pytest.mark.costly
def test_what_cannot_wait_goes_at_once_and_only_to_who_may_vote(town: Town, post: Post) -> None:
    town.settings(post)
    of = town.call()
    assert town.send().done == 2
    town.clock = START
    for number in (1, 3, 4):
        town.hall.do(Attendance, of=of, member=m(number), mode="in_person", at=START)
    open_session(town.workspace, NAME, of=of, who=who())
    town.hall.vote(of)
    before = len(post.mails)
    town.send(START)
    town.send(START + HOUR)
    vote = "[Boussole] A vote is open in the session of 15 September 2026"
    ada, cora = sorted(told(post)[before:])  # a digest of the day, and what cannot wait: Ada is not there to vote
    assert ada == ("ada@example.org", vote)
    assert cora == ("cora@example.org", f"{vote}: yours is awaited before it closes")


def test_who_opted_out_is_sent_nothing_and_a_letter_speaks_the_language_that_was_chosen(town: Town, post: Post) -> None:
    town.settings(post)
    write_wish(town.workspace, m(1), Wish(letters=False, lang="fr"))
    write_wish(town.workspace, m(2), Wish(lang="fr"))
    town.call()
    town.send()
    ((to, subject),) = told(post)
    assert to == "ada@example.org"
    assert subject.startswith("[Boussole] Une séance est convoquée pour le 15 septembre 2026")


def test_what_was_seen_on_the_page_or_is_over_is_not_sent(town: Town, post: Post) -> None:
    town.settings(post)
    entry = town.call()
    remember(town.workspace, m(1), [f"session/{entry}"], now=at(CLOCK))
    town.send()
    assert [to for to, _ in told(post)] == ["ada@example.org"]


def test_whose_mandate_ended_is_sent_nothing_not_even_what_waits(town: Town, dead_post: Post) -> None:
    town.settings(dead_post)
    town.call()
    assert [problem for _, problem in town.send().failed] == ["nobody"]
    (waits,) = outbox.stuck(town.workspace)
    number = 1 if waits.reader == m(1) else 2
    mandate = next(entry for entry, act in town.hall.house.standing(Mandate) if act.member == m(number))
    do(town.workspace, MandateEnd(**SAID, on=CALLED, of=mandate, last_day=dt.date(2026, 9, 3)))
    write_wish(town.workspace, m(3 - number), Wish(letters=False))
    done = town.send(CLOCK + DAY_LATER, at_once=True)
    assert (done.done, list(done.failed)) == (0, [])
    assert outbox.stuck(town.workspace) == []


@pytest.mark.costly
def test_what_cannot_be_sent_is_told_and_sent_later_once(town: Town, dead_post: Post) -> None:
    town.settings(dead_post)
    town.call()
    assert len(town.send().failed) == 1  # a dead server is asked once
    (what, where, _), *_ = troubles(alert_facts(town.workspace), "en")
    assert what.startswith("One letter to a member or secretary cannot be sent. Nobody answers")
    assert where == "[alerts] members"
    assert "Cora" not in what + where
    controller = dead_post.serve()
    try:
        town.send(at_once=True)
        town.send(at_once=True)
    finally:
        controller.stop()
    assert sorted(to for to, _ in told(dead_post)) == ["ada@example.org", "cora@example.org"]


@pytest.mark.costly
def test_a_kill_between_sending_and_noting_sends_again_under_the_same_number(
    town: Town, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.settings(post)
    write_wish(town.workspace, m(2), Wish(letters=False))
    town.call()

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "letter_sent", killed)
        with pytest.raises(KeyboardInterrupt):
            town.send()
    assert town.send(CLOCK + dt.timedelta(minutes=1)).done == 0  # its lease lasts
    assert town.send(CLOCK + dt.timedelta(minutes=6)).done == 1
    assert town.send(CLOCK + dt.timedelta(minutes=12)).done == 0
    assert len({each["Message-ID"] for each in post.mails}) == 1
    assert len(post.mails) == 2


@pytest.mark.parametrize(
    "contact", ["ada@example.org\r\nBcc: eve@example.org", "Ada <ada@example.org>, eve@example.org", "cora@example.org"]
)
def test_a_contact_that_is_more_than_an_address_or_somebody_elses_is_not_written_to(
    town: Town, post: Post, contact: str
) -> None:
    """One address for two members: whoever reads there would learn what concerns the other."""
    town.settings(post)
    name_member(town.workspace, m(2), name="Ada", contact=contact)
    town.call()
    town.send()
    expected = [] if contact == "cora@example.org" else ["cora@example.org"]
    assert [to for to, _ in told(post)] == expected
    assert alert_facts(town.workspace).letters.unreached == 5 - len(expected)


def test_a_member_forgotten_leaves_nothing_behind(town: Town, post: Post) -> None:
    town.settings(post)
    entry = town.call()
    town.send()
    remember(town.workspace, m(1), [f"session/{entry}"], now=at(CLOCK))
    write_wish(town.workspace, m(1), Wish(lang="fr"))
    forget_reader(town.workspace, m(1))
    assert seen(town.workspace, m(1)) == {}
    assert m(1).encode() not in town.workspace.access.read_bytes()


def test_settings_that_name_no_channel_are_refused(town: Town) -> None:
    (town.workspace.home / SETTINGS_FILE).write_text('[alerts]\nmembers = "x"\n', encoding="utf-8")
    with pytest.raises(Exception, match="members names no channel"):
        _ = Workspace(town.workspace.home).settings


@pytest.mark.costly
def test_what_is_told_for_longer_than_letters_are_kept_is_told_once(town: Town, dead_post: Post) -> None:
    town.settings(dead_post, "keep_days = 30\n")
    write_wish(town.workspace, m(2), Wish(letters=False))
    ahead = START + dt.timedelta(days=90)
    town.call(starts=ahead, ends=ahead + HOUR)
    assert len(town.send().failed) == 1
    controller = dead_post.serve()
    try:
        assert town.send(CLOCK + 2 * DAY_LATER, at_once=True).done == 1
        for day in range(3, 70):
            assert town.send(CLOCK + day * DAY_LATER).done == 0, day
    finally:
        controller.stop()
    assert len(dead_post.mails) == 1


def test_what_waited_longer_than_a_week_for_a_server_is_sent(town: Town, dead_post: Post) -> None:
    town.settings(dead_post)
    write_wish(town.workspace, m(2), Wish(letters=False))
    of = town.call()
    do(town.workspace, Cancellation(**SAID, on=CALLED, of=of, text="x"))
    assert len(town.send().failed) == 1
    controller = dead_post.serve()
    try:
        assert town.send(CLOCK + 9 * DAY_LATER, at_once=True).done == 1
    finally:
        controller.stop()
    assert told(dead_post) == [("cora@example.org", "[Boussole] The session of 15 September 2026 was cancelled")]
