"""Pages are kept between two looks, and never older than the records."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from boussole.audits.workspace import Workspace
from boussole.charter.committee import acting
from boussole.charter.committee.acting import do
from boussole.charter.committee.acts.meeting import convene
from boussole.charter.record_types.acts import Mandate, MandateEnd
from boussole.charter.records import save_audit
from boussole.charter.text.loading import load_charter
from boussole.dashboard.app.server import warm
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.article.view import ArticleQuery, kept_article
from boussole.dashboard.pages.system.view import system_page
from boussole.dashboard.server.process import stamp
from boussole.dashboard.views import store
from boussole.dashboard.views.concerns import Whose
from tests.charter.committee.desk import AGENDA, CALLED, HOUR, SAID, START, m
from tests.charter.committee.hall import NAME, Hall, who
from tests.conftest import SYSTEMS


@pytest.mark.costly
def test_a_new_audit_shows_at_the_next_look(
    tmp_path: Path, matchft_before: dict[str, Any], matchft: dict[str, Any]
) -> None:
    workspace = Workspace.create(tmp_path / "workspace", organisation="Test")
    charter = load_charter(workspace)
    assert store.scene(workspace).latest == {}
    for document, decisions in ((matchft_before, 20_110), (matchft, 21_840)):
        document["charter"]["sha256"] = charter.sha256
        save_audit(workspace, document, charter=charter)
        assert store.scene(workspace).latest["matchft"].decisions == decisions
    assert store.scene(workspace).previous["matchft"].decisions == 20_110
    kept = system_page(workspace, "matchft", "fr")
    assert system_page(workspace, "matchft", "fr") is kept
    assert system_page(workspace, "matchft", "en").head.title == "matchft"
    warm(workspace)


def test_an_article_is_kept_until_something_changes_and_an_empty_journal_changes_nothing(
    tmp_path: Path, matchft: dict[str, Any]
) -> None:
    workspace = Workspace.create(tmp_path / "workspace", organisation="Test")
    charter = load_charter(workspace)
    matchft["charter"]["sha256"] = charter.sha256
    save_audit(workspace, matchft, charter=charter)
    kept = kept_article(workspace, ArticleQuery(article="equite"), "fr")
    assert kept is not None
    assert kept_article(workspace, ArticleQuery(article="equite"), "fr") is kept
    assert kept_article(workspace, ArticleQuery(article="nothing"), "fr") is None
    journal = workspace.governance.with_name(f"{workspace.governance.name}-wal")
    journal.unlink(missing_ok=True)
    before = stamp(workspace)
    journal.touch()
    assert stamp(workspace) == before


def test_what_the_lake_held_a_moment_ago_will_do_only_where_a_page_says_so(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "workspace")
    seen = store.facts(workspace)
    (workspace.lake / "sync.json").write_text("{}", encoding="utf-8")
    assert store.facts(workspace, within=store.A_MINUTE) is seen
    seen_later = store.facts(workspace)
    assert seen_later is not seen
    (workspace.home / "systems" / "compas.yaml").write_text((SYSTEMS / "compas.yaml").read_text(encoding="utf-8"))
    assert store.facts(workspace, within=store.A_MINUTE) is not seen_later


def test_what_concerns_somebody_turns_with_the_day_of_their_committee(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = Hall.seat(tmp_path / "workspace")
    workspace, house = hall.workspace, hall.house
    convene(workspace, NAME, starts=START, ends=START + HOUR, place="x", agenda=AGENDA, who=who(CALLED))
    mandate = next(entry for entry, act in house.standing(Mandate) if act.member == m(1))
    do(workspace, MandateEnd(**SAID, on=CALLED, of=mandate, last_day=CALLED + dt.timedelta(days=1)))
    somebody, day = Whose(name=m(1), member=m(1)), CALLED + dt.timedelta(days=2)
    monkeypatch.setattr(Workspace, "today", lambda _: day)  # where the organisation is, a new day has begun
    told = []
    for clock in (dt.time(23, 50), dt.time(0, 10)):
        its_day = day - dt.timedelta(days=clock.hour > 12)
        now = dt.datetime.combine(its_day, clock)
        monkeypatch.setattr(acting, "here_and_now", lambda _, now=now: now)
        told.append(len(store.concerns(workspace, somebody, speaker("en"), {})))
    assert told == [1, 0]
