"""Pages are kept between two looks, and never older than the records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from boussole.audits.workspace import Workspace
from boussole.charter.records import save_audit
from boussole.charter.text.loading import load_charter
from boussole.dashboard.app.server import warm
from boussole.dashboard.pages.article.view import ArticleQuery, kept_article
from boussole.dashboard.pages.system.view import system_page
from boussole.dashboard.server.process import stamp
from boussole.dashboard.views import store
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
    assert system_page(workspace, "matchft", "en")["head"].title == "matchft"
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
