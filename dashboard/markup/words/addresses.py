"""The addresses of pages, which anybody on this machine can open and share, and the menu: all pages in one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from boussole.dashboard.markup.words import Say

EVIDENCE = "/evidence"
FAIRNESS = "/fairness"
MINUTES_OF = "/session-minutes"


def compass_href(*, query: Mapping[str, str], anchor: str = "", **asked: str) -> str:
    """The compass page, or a place on it; `asked` is what is shown of it, where that is not the first of each list.

    >>> compass_href(query={}), compass_href(query={"lang": "en"}, changes="all", anchor="changes")
    ('/', '/?changes=all&lang=en#changes')
    """
    return address("/", {**asked, **query}, anchor)


def system_href(system: str, *, query: Mapping[str, str], anchor: str = "") -> str:
    """A system's page, or a place on it.

    >>> system_href("matchft", query={"lang": "en"}, anchor="equite")
    '/system?system=matchft&lang=en#equite'
    """
    return address("/system", {"system": system, **query}, anchor)


def answer_href(system: str, question: str, *, query: Mapping[str, str], anchor: str = "", **asked: str) -> str:
    """The answer of a system to a question, by the id of the verdict, or a place on its page.

    >>> answer_href("matchft", "impact_ratio_gender", query={"lang": "en"})
    '/answer?system=matchft&question=impact_ratio_gender&lang=en'
    """
    return address("/answer", {"system": system, "question": question, **asked, **query}, anchor)


def article_href(article: str, *, query: Mapping[str, str], anchor: str = "", **chosen: str) -> str:
    """An article's page, or a place on it; `chosen` is what is shown of it, where that is not all.

    >>> article_href("equite", query={"lang": "en"}, page="2", anchor="trend")
    '/article?article=equite&page=2&lang=en#trend'
    """
    return address("/article", {"article": article, **chosen, **query}, anchor)


def data_href(*, query: Mapping[str, str], anchor: str = "") -> str:
    """The data page, or a system on it.

    >>> data_href(query={"lang": "en"}, anchor="matchft"), data_href(query={})
    ('/data?lang=en#matchft', '/data')
    """
    return address("/data", query, anchor)


def charter_href(*, query: Mapping[str, str], against: str = "", anchor: str = "") -> str:
    """The charter page, with another version beside the one in force.

    >>> charter_href(query={"lang": "en"}, against="e7e75ecc0cbd", anchor="amendment")
    '/charter?against=e7e75ecc0cbd&lang=en#amendment'
    """
    return address("/charter", {"against": against, **query} if against else query, anchor)


def register_href(*, query: Mapping[str, str], anchor: str = "", **asked: str) -> str:
    """The register, the uses of it that are asked for, or a place on it.

    >>> register_href(query={"lang": "en"}, status="production", risk=""), register_href(query={}, anchor="due")
    ('/register?status=production&lang=en', '/register#due')
    """
    return address("/register", {**{key: value for key, value in asked.items() if value}, **query}, anchor)


def law_href(*, query: Mapping[str, str], anchor: str = "") -> str:
    """The law page, or one framework on it.

    >>> law_href(query={"lang": "en"}, anchor="gdpr")
    '/law?lang=en#law-gdpr'
    """
    return address("/law", query, f"law-{anchor}" if anchor else "")


def evidence_href(*, query: Mapping[str, str], **asked: str) -> str:
    """The evidence page, or what is asked there.

    >>> evidence_href(query={"lang": "en"}, entry="12"), evidence_href(query={})
    ('/evidence?lang=en&entry=12', '/evidence')
    """
    return address(EVIDENCE, {**query, **{key: value for key, value in asked.items() if value}})


def committee_href(committee: str, *, query: Mapping[str, str], anchor: str = "", **asked: str) -> str:
    """A committee's page, or a place on it; the first one's where none is named.

    >>> committee_href("internal", query={"lang": "en"}, anchor="members"), committee_href("", query={})
    ('/committee?committee=internal&lang=en#members', '/committee')
    """
    named = {"committee": committee} if committee else {}
    return address("/committee", {**named, **asked, **query}, anchor)


def session_href(entry: int, *, query: Mapping[str, str], anchor: str = "", **asked: str) -> str:
    """A session's page, or a place on it. A session is named by the entry of its first convocation.

    >>> session_href(20, query={"lang": "en"}, anchor="minutes"), session_href(20, query={}, done="31")
    ('/session?session=20&lang=en#minutes', '/session?session=20&done=31')
    """
    return address("/session", {"session": str(entry), **asked, **query}, anchor)


def minutes_href(entry: int, lang: str) -> str:
    """Where the minutes of a session are, in one language.

    >>> minutes_href(20, "en")
    '/session-minutes/20.en.md'
    """
    return f"{MINUTES_OF}/{entry}.{lang}.md"


def minutes_data_href(entry: int) -> str:
    """Where they are as data: what their fingerprint is made from."""
    return f"{MINUTES_OF}/{entry}.json"


def drift_href(system: str, *, query: Mapping[str, str], **asked: str) -> str:
    """The drift of a system; `asked` is what is not asked by itself.

    >>> drift_href("matchft", query={"lang": "en"}, against="previous")
    '/drift?system=matchft&against=previous&lang=en'
    """
    return address("/drift", {**({"system": system} if system else {}), **asked, **query})


def incidents_href(*, query: Mapping[str, str], anchor: str = "", **asked: str) -> str:
    """The page of incidents and appeals, or a place on it.

    >>> incidents_href(query={"lang": "en"}, anchor="i-40"), incidents_href(query={}, done="41")
    ('/incidents?lang=en#i-40', '/incidents?done=41')
    """
    return address("/incidents", {**asked, **query}, anchor)


def explain_href(*, query: Mapping[str, str], anchor: str = "", **asked: str) -> str:
    """The page on which one decision is explained, or the sheet that two people agreed to.

    >>> explain_href(query={"lang": "en"}, sheet="0a"), explain_href(query={}, anchor="open")
    ('/explain?sheet=0a&lang=en', '/explain#open')
    """
    return address("/explain", {**asked, **query}, anchor)


def fairness_href(*, query: Mapping[str, str], **asked: str) -> str:
    """The fairness explorer, or one view of it.

    >>> fairness_href(query={"lang": "en"}, system="matchft", level="")
    '/fairness?system=matchft&lang=en'
    """
    return address(FAIRNESS, {**{key: value for key, value in asked.items() if value}, **query})


def reports_href(*, query: Mapping[str, str], anchor: str = "", **asked: str) -> str:
    """The page of reports, or a place on it.

    >>> reports_href(query={"lang": "en"}, anchor="making")
    '/reports?lang=en#making'
    """
    return address("/reports", {**asked, **query}, anchor)


def glossary_href(word: str, *, query: Mapping[str, str]) -> str:
    """What a word means.

    >>> glossary_href("psi", query={"lang": "en"})
    '/glossary?lang=en#word-psi'
    """
    return address("/glossary", query, f"word-{word}")


def recommendations_href(*, query: Mapping[str, str], anchor: str = "", **asked: str) -> str:
    """The page of recommendations and opinions, what is asked of it, or a place on it.

    >>> recommendations_href(query={"lang": "en"}, state="overdue"), recommendations_href(query={}, anchor="o-12")
    ('/recommendations?state=overdue&lang=en', '/recommendations#o-12')
    """
    return address("/recommendations", {**asked, **query}, anchor)


def ask_href(system: str, question: str, *, query: Mapping[str, str], **asked: str) -> str:
    """The page on which a question is asked, about a figure or about none.

    >>> ask_href("matchft", "impact_ratio_gender", query={"lang": "en"}), ask_href("", "", query={})
    ('/ask?system=matchft&question=impact_ratio_gender&lang=en', '/ask')
    """
    about = {"system": system, "question": question} if question else {"system": system} if system else {}
    return address("/ask", {**about, **asked, **query})


def questions_href(*, query: Mapping[str, str], anchor: str = "", **asked: str) -> str:
    """The page of written questions, or a place on it.

    >>> questions_href(query={"lang": "en"}, anchor="q-12"), questions_href(query={}, done="41")
    ('/questions?lang=en#q-12', '/questions?done=41')
    """
    return address("/questions", {**asked, **query}, anchor)


def drafts_href(committee: str, *, query: Mapping[str, str], **asked: str) -> str:
    """What is being written in a committee; in the first one where none is named.

    >>> drafts_href("internal", query={"lang": "en"}), drafts_href("", query={})
    ('/drafts?committee=internal&lang=en', '/drafts')
    """
    return address("/drafts", {**({"committee": committee} if committee else {}), **asked, **query})


def draft_href(number: int, *, query: Mapping[str, str], anchor: str = "", **asked: str) -> str:
    """One draft, or a text of it that was kept aside, to go on from.

    >>> draft_href(3, query={"lang": "en"}, take="12")
    '/draft?number=3&take=12&lang=en'
    """
    return address("/draft", {"number": str(number), **asked, **query}, anchor)


def work_href(*, query: Mapping[str, str], anchor: str = "", **asked: str) -> str:
    """The page of effects on work, or a place on it.

    >>> work_href(query={"lang": "en"}, anchor="training"), work_href(query={}, done="41")
    ('/work?lang=en#training', '/work?done=41')
    """
    return address("/work", {**asked, **query}, anchor)


def address(path: str, query: Mapping[str, str], anchor: str = "") -> str:
    """A page's path with what is asked of it, and a place on it."""
    return path + (f"?{urlencode(query)}" if query else "") + (f"#{anchor}" if anchor else "")


def number_of(text: str) -> int | None:
    """The number in an address; None where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


FIRST = "compass"


@dataclass(frozen=True, kw_only=True)
class DashboardPage:
    """One page. Its `name` is its folder in pages/ and its address, and `under` the page from which it is reached."""

    name: str
    title: str
    action: str
    group: str = ""
    under: str = ""

    @property
    def path(self) -> str:
        """Its address, without what is asked of it.

        >>> [DashboardPage(name=name, title="", action="").path for name in ("register", "compass")]
        ['/register', '/']
        """
        return "/" if self.name == FIRST else f"/{self.name}"


def pages(say: Callable[[str], str]) -> list[DashboardPage]:
    """Every page, in the order of the sidebar: what is declared of it stands here, once."""
    promises, systems, committee, proof, helps = "promises", "systems", "committee", "proof", "help"
    return [
        DashboardPage(name=FIRST, title=say("The compass"), group=promises, action="SEE_COMPASS"),
        DashboardPage(name="article", title=say("The articles"), group=promises, action="SEE_ARTICLE"),
        DashboardPage(name="charter", title=say("The charter"), group=promises, action="SEE_CHARTER"),
        DashboardPage(name="register", title=say("The register"), group=systems, action="SEE_REGISTER"),
        DashboardPage(name="system", title=say("Examined systems"), group=systems, action="SEE_SYSTEM"),
        DashboardPage(name="answer", title=say("One answer"), under="system", action="SEE_SYSTEM"),
        DashboardPage(name="fairness", title=say("Fairness, closer"), group=systems, action="SEE_SYSTEM"),
        DashboardPage(name="drift", title=say("What has moved"), group=systems, action="SEE_DRIFT"),
        DashboardPage(name="generations", title=say("Generated texts"), group=systems, action="SEE_SYSTEM"),
        DashboardPage(name="committee", title=say("The committee"), group=committee, action="SEE_COMMITTEE"),
        DashboardPage(name="session", title=say("One session"), under="committee", action="SEE_COMMITTEE"),
        DashboardPage(name="drafts", title=say("Drafts of opinions"), group=committee, action="DRAFT"),
        DashboardPage(name="draft", title=say("One draft"), under="drafts", action="DRAFT"),
        DashboardPage(name="questions", title=say("Questions and answers"), group=committee, action="SEE_COMMITTEE"),
        DashboardPage(name="ask", title=say("Ask a question"), under="questions", action="TAKE_PART"),
        DashboardPage(name="recommendations", title=say("Recommendations"), group=committee, action="SEE_COMMITTEE"),
        DashboardPage(name="work", title=say("Effects on work"), group=committee, action="SEE_COMMITTEE"),
        DashboardPage(name="incidents", title=say("Incidents and appeals"), group=committee, action="SEE_INCIDENTS"),
        DashboardPage(name="explain", title=say("Explain a decision"), group=committee, action="SEE_SHEET"),
        DashboardPage(name="evidence", title=say("The evidence"), group=proof, action="SEE_EVIDENCE"),
        DashboardPage(name="reports", title=say("Reports"), group=proof, action="SEE_REPORTS"),
        DashboardPage(name="law", title=say("The law"), group=proof, action="SEE_LAW"),
        DashboardPage(name="data", title=say("The data"), group=proof, action="SEE_DATA"),
        DashboardPage(name="sitemap", title=say("Site map"), group=helps, action="LEARN"),
        DashboardPage(name="glossary", title=say("Glossary"), group=helps, action="LEARN"),
        DashboardPage(name="settings", title=say("Settings"), group=helps, action="LEARN"),
    ]


DECLARED = tuple(pages(str))
"""Every page; its title is the message that is translated."""


def groups(say: Say) -> dict[str, str]:
    """The names of the groups, in the order of the sidebar; a group without a name stands alone."""
    return {
        "promises": say("The promises"),
        "systems": say("The systems"),
        "committee": say("Committee work"),
        "proof": say("To verify"),
        "help": say("Help and settings"),
    }


def listed(
    shown: Sequence[DashboardPage], say: Say, *, first: Sequence[str] = ()
) -> list[tuple[str, list[DashboardPage]]]:
    """The pages that the sidebar lists, by the name of their group; those named `first` stand at the top only."""
    on_top = (FIRST, *first) if first else ()
    known = {page.name: page for page in shown}
    found = {say("For you"): [known[name] for name in on_top if name in known]}
    for group, name in groups(say).items():
        found[name] = [page for page in shown if page.group == group and page.name not in on_top]
    return [(name, each) for name, each in found.items() if each]


def current(shown: Sequence[DashboardPage], name: str) -> str:
    """The listed page that is marked while a page is shown.

    >>> current([DashboardPage(name="committee", title="", action=""), DECLARED[10]], "session")
    'committee'
    """
    return next((page.under or page.name for page in shown if page.name == name), name)
