"""What an item of an agenda rests on, with where it is read: its question, its draft, its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from boussole.charter.amending.plain import plainly
from boussole.charter.text.model import Charter
from boussole.dashboard.views.answers.asked import way_called
from boussole.dashboard.words.addresses import article_href, draft_href, evidence_href
from boussole.dashboard.words.say import Say

Linked = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class ItemLink:
    """`name` says what it is: the question, the draft or the evidence; `places` where each is read."""

    name: str
    places: list[Linked]


def item_links(
    charter: Charter | None, item: Mapping[str, Any], say: Say, *, query: Mapping[str, str]
) -> list[ItemLink]:
    """What an item of minutes rests on; nothing where its agenda does not say."""
    found = []
    if question := item.get("question"):
        found.append(ItemLink(name=say("Question"), places=[_question(charter, question, say, query=query)]))
    if draft := item.get("draft"):
        named = say("Draft no. {n}", n=str(draft))
        found.append(ItemLink(name=say("Draft"), places=[(named, draft_href(draft, query=query))]))
    if evidence := item.get("evidence"):
        places = [(say("entry {n}", n=str(each)), evidence_href(query=query, entry=str(each))) for each in evidence]
        found.append(ItemLink(name=say("Evidence"), places=places))
    return found


def _question(charter: Charter | None, name: str, say: Say, *, query: Mapping[str, str]) -> Linked:
    """As the charter in force asks it; its name where it asks it no more."""
    indicator = way_called(charter, name) if charter else None
    if charter is None or indicator is None:
        return name, ""
    asked = f"{indicator.number} {plainly(indicator.question, say.lang)}"
    article = next(each.id for each in charter.articles if indicator in each.indicators)
    return asked, article_href(article, query=query, anchor=f"q-{indicator.id}")
