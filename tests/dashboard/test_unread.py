"""No page shows an error as emptiness: it shows its own data, or says that it could not be read and what to do."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.markup.words.addresses import pages
from boussole.dashboard.server.access import permissions, sessions
from boussole.dashboard.server.access.permissions import Role, allowed
from boussole.dashboard.server.access.places import page_actions
from tests.attacks import Tries
from tests.dashboard.unread import ADDRESSES, EMPTINESS, FAULTS, every_log, seen, sentences
from tests.sparing import slow_case

Shown = dict[tuple[str, str], str]
SIGNS = ('role="alert"', 'role="status"', "<q", "are not as they were sealed")
"""What stands where a page says why it shows less."""
DATED = ("As of ", "English · ", "Français · ")
"""How sentences begin that say when somebody looked: of a page, and of a figure that is cited."""
NOT_EMPTY = (
    "which nobody can read without it",  # the catalogue of a lake
    "Nobody can say at this moment",
    "what is known without it",
    "There is none to keep today: the ledger does not hold.",
    "does not hold",
    "a database is damaged, or is none",
    "Until it is restored, no page shows a verdict",
    "Where no backup is left",
)
"""Words like those of emptiness, in sentences that say that something could not be read."""


@pytest.fixture(scope="module")
def healthy(
    audited_offers: Callable[..., Workspace], empty_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> Workspace:
    workspace = audited_offers(tmp_path_factory.mktemp("unread") / "healthy")
    shutil.copyfile(empty_store, workspace.home / "mlflow.db")
    return every_log(workspace)


def walk(home: Path, lang: str = "en", *, only: Sequence[str] = ()) -> Shown:
    """Every page, or some, as somebody sees it who may see all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOUSSOLE_HOME", str(home))
        patch.setattr(sessions, "cookie", {permissions.COOKIE: "operator"}.get)
        found = {
            (page.name, str(asked)): seen(page.name, asked, lang=lang)
            for page in pages(speaker(lang))
            for asked in ADDRESSES.get(page.name, ({},))
            if page.name in only or not only
        }
    return {place: markup.replace(str(home), "HOME") for place, markup in found.items()}


@pytest.fixture(scope="module")
def shown(healthy: Workspace) -> Shown:
    return walk(healthy.home)


@pytest.mark.costly
@pytest.mark.parametrize("fault", [*list(FAULTS)[:4], *map(slow_case, list(FAULTS)[4:])])
def test_what_cannot_be_read_is_never_shown_as_nothing(
    fault: str, healthy: Workspace, shown: Shown, tmp_path: Path
) -> None:
    home = tmp_path / "w"
    shutil.copytree(healthy.home, home)
    FAULTS[fault](Workspace(home))
    for place, markup in walk(home).items():
        before, now = sentences(shown[place]), sentences(markup)
        new = {text for text in now - before if not text.startswith(DATED)}
        said = any(sign in markup for sign in SIGNS)
        assert said or not (new or before - now - {text for text in before if text.startswith(DATED)}), (place, new)
        assert "nobody foresaw" not in markup, place
        empty = {text for text in new if EMPTINESS.search(text) and not any(words in text for words in NOT_EMPTY)}
        assert not empty, place


@pytest.mark.attack("ledger", "its file is removed while the dashboard runs")
@pytest.mark.slow
def test_every_page_says_that_the_ledger_is_lost(healthy: Workspace, tmp_path: Path, tries: Tries) -> None:
    home = tmp_path / "w"
    shutil.copytree(healthy.home, home)
    walk(home, only=("compass",))  # what was shown before is not shown again
    FAULTS["lost records"](Workspace(home))
    (home / "governance.sqlite.bak").write_bytes(b"a copy")
    words = {"en": ("is missing", "from the newest backup"), "fr": ("manque", "la sauvegarde la plus récente")}
    for lang, told in words.items():
        for place, markup in walk(home, lang=lang).items():
            if not allowed(Role.STEWARD, page_actions()[place[0]]):  # as in local mode
                continue
            tries.add()
            assert all(each in markup for each in told), (place, lang)
            assert "<code>governance.sqlite.bak</code>" in markup, (place, lang)
            assert "lead-kept" not in markup, (place, lang)
