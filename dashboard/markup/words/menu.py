"""The pages of the dashboard in one table: their folders, their names, and where the sidebar lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boussole.dashboard.markup.words.say import Say

FIRST = "compass"


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page. `name` is its folder in pages/ and, but for the first page, its address.

    A page that is reached from another one names it (`under`): the sidebar lists only that one, and marks it.
    """

    name: str
    title: str
    group: str = ""
    under: str = ""

    @property
    def path(self) -> str:
        """Its address, without what is asked of it.

        >>> Page(name="register", title="").path, Page(name="compass", title="").path
        ('/register', '/')
        """
        return "/" if self.name == FIRST else f"/{self.name}"


def pages(say: Say) -> list[Page]:
    """Every page, in the order of the sidebar."""
    promises, systems, committee, proof, helps = "promises", "systems", "committee", "proof", "help"
    return [
        Page(name=FIRST, title=say("The compass"), group=promises),
        Page(name="article", title=say("The articles"), group=promises),
        Page(name="charter", title=say("The charter"), group=promises),
        Page(name="register", title=say("The register"), group=systems),
        Page(name="system", title=say("Examined systems"), group=systems),
        Page(name="answer", title=say("One answer"), under="system"),
        Page(name="fairness", title=say("Fairness, closer"), group=systems),
        Page(name="drift", title=say("What has moved"), group=systems),
        Page(name="plan", title=say("How many decisions it takes"), group=systems),
        Page(name="generations", title=say("Generated texts"), group=systems),
        Page(name="committee", title=say("The committee"), group=committee),
        Page(name="session", title=say("One session"), under="committee"),
        Page(name="drafts", title=say("Drafts of opinions"), group=committee),
        Page(name="draft", title=say("One draft"), under="drafts"),
        Page(name="concerns", title=say("What concerns you"), under="committee"),
        Page(name="questions", title=say("Questions and answers"), group=committee),
        Page(name="ask", title=say("Ask a question"), under="questions"),
        Page(name="recommendations", title=say("Recommendations"), group=committee),
        Page(name="work", title=say("Effects on work"), group=committee),
        Page(name="incidents", title=say("Incidents and appeals"), group=committee),
        Page(name="explain", title=say("Explain a decision"), group=committee),
        Page(name="evidence", title=say("The evidence"), group=proof),
        Page(name="reports", title=say("Reports"), group=proof),
        Page(name="law", title=say("The law"), group=proof),
        Page(name="data", title=say("The data"), group=proof),
        Page(name="search", title=say("Search"), group=helps),
        Page(name="glossary", title=say("Glossary"), group=helps),
        Page(name="settings", title=say("Settings"), group=helps),
    ]


def groups(say: Say) -> dict[str, str]:
    """The names of the groups, in the order of the sidebar; a group without a name stands alone."""
    return {
        "promises": say("The promises"),
        "systems": say("The systems"),
        "committee": say("Committee work"),
        "proof": say("To verify"),
        "help": say("Help and settings"),
    }


def listed(shown: Sequence[Page], say: Say, *, first: Sequence[str] = ()) -> list[tuple[str, list[Page]]]:
    """The pages that the sidebar lists, by the name of their group; groups without a page are left out.

    `first`: the names of pages that somebody needs first; they stand at the top after the first page, and nowhere else.
    """
    on_top = (FIRST, *first) if first else ()
    known = {page.name: page for page in shown}
    found = {say("For you"): [known[name] for name in on_top if name in known]}
    for group, name in groups(say).items():
        found[name] = [page for page in shown if page.group == group and page.name not in on_top]
    return [(name, each) for name, each in found.items() if each]


def current(shown: Sequence[Page], name: str) -> str:
    """The listed page that is marked while a page is shown.

    >>> current([Page(name="committee", title=""), Page(name="session", title="", under="committee")], "session")
    'committee'
    """
    return next((page.under or page.name for page in shown if page.name == name), name)
