"""One table holds every page: what it names exists, what exists is named, and the sidebar leads to all of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from boussole import dashboard
from boussole.dashboard.app.frame import HERE
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.markup.words.addresses import FIRST, DashboardPage, current, groups, listed, pages
from boussole.dashboard.server.access.permissions import FIRST_PAGES, SIGNED_IN, allowed
from boussole.dashboard.server.access.places import page_actions

SCRIPTS = {path.parent.name for path in (Path(dashboard.__file__).parent / "pages").glob("*/page.py")}


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_page_has_its_script_and_every_script_its_page(lang: str) -> None:
    names = [page.name for page in pages(speaker(lang))]
    assert sorted(names) == sorted(SCRIPTS) == sorted(page_actions())
    assert FIRST in names
    titles = [page.title for page in pages(speaker(lang))]
    assert len(set(titles)) == len(titles), "two pages of one name cannot be told apart in a history"


def test_streamlit_finds_no_page_by_itself() -> None:
    """It lists whatever lies in a folder `pages` beside its script, before the script is asked."""
    assert not (HERE / "pages").exists()
    assert (HERE / "app.py").is_file()


def test_every_page_is_listed_in_one_group_or_stands_under_one_that_is() -> None:
    shown = pages(say := speaker("en"))
    names = [page.name for _, each in listed(shown, say) for page in each]
    assert len(names) == len(set(names))
    for page in shown:
        assert bool(page.group) != bool(page.under), page.name
        assert not page.group or page.group in groups(say)
        assert current(shown, page.name) in names


def test_each_role_finds_first_what_it_needs_first_and_everything_once() -> None:
    say = speaker("en")
    assert set(FIRST_PAGES) == set(SIGNED_IN)
    for role, first in FIRST_PAGES.items():
        shown = [page for page in pages(say) if allowed(role, page_actions()[page.name])]
        (name, top), *others = listed(shown, say, first=first)
        assert name == "For you"
        assert [page.name for page in top] == [FIRST, *first], "a page that the role cannot open, or that is not listed"
        every = [page.name for page in top] + [page.name for _, each in others for page in each]
        assert len(every) == len(set(every))
        assert set(every) == {page.name for page in shown if page.group}


def test_a_group_without_a_page_is_left_out() -> None:
    found = listed([DashboardPage(name="law", title="The law", group="proof", action="LEARN")], speaker("en"))
    assert [(name, [page.name for page in each]) for name, each in found] == [("To verify", ["law"])]
