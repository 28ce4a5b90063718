"""What differs between two charters: what tightened, loosened, appeared, and what is only worded otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from boussole.charter.amending.diff_questions import CharterChange, Effect, change, in_question
from boussole.charter.text.model import Article, Charter, Head, Indicator, LeftOut, Otherwise

SCHEMA = "boussole.charter_diff/1"
SETTINGS = ("id", "alpha", "power", "languages")
"""What a head file sets, each with a sentence of its own."""
HEAD_WORDS = ("title", "notice", "rules", "words")
"""What it only words."""
OWN = ("id", "order", "indicators")
"""Fields of an article whose changes are told one by one; the rest of it is words."""


def diff(before: Charter, after: Charter) -> list[CharterChange]:
    """Every change from one charter to another, in the order in which it is read; its version number is none.

    >>> from boussole.charter.text.loading import load_charter
    >>> diff(load_charter(), load_charter())
    []
    """
    return [*_head(before, after), *_articles(before, after), *_laws(before, after)]


def diff_document(before: Charter, after: Charter) -> dict[str, Any]:
    """The changes as one JSON document, `boussole.charter_diff/1`."""
    sides = [{"id": each.id, "version": each.version, "sha256": each.sha256} for each in (before, after)]
    changes = [change.document() for change in diff(before, after)]
    return {"schema": SCHEMA, "before": sides[0], "after": sides[1], "changes": changes}


def _head(before: Charter, after: Charter) -> Iterator[CharterChange]:
    if before.adopted_on != after.adopted_on:
        kind = "charter_adopted" if after.adopted_on else "charter_no_longer_adopted"
        yield change(kind, "neutral", "adopted_on", before.adopted_on, after.adopted_on)
    for name in SETTINGS:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            effect: Effect = "unclear" if name in ("alpha", "power") else "neutral"
            yield change(f"{name}_changed", effect, name, old, new)
    yield from _left_out(before.left_out, after.left_out)
    yield from _colleges(before, after)
    for name in Head.model_fields:
        old, new = getattr(before, name), getattr(after, name)
        if old != new and name not in ("adopted_on", "version", "colleges", "left_out", *SETTINGS, *HEAD_WORDS):
            yield change("head_changed", "unclear", name, old, new)
    names = [name for name in HEAD_WORDS if getattr(before, name) != getattr(after, name)]
    if names:
        yield change("charter_wording", "neutral", ", ".join(names))


def _left_out(before: LeftOut | None, after: LeftOut | None) -> Iterator[CharterChange]:
    """The share set aside from which on nothing is judged: a smaller one is tighter, none at all the loosest."""
    old, new = (None if rule is None else rule.limit for rule in (before, after))
    if old != new:
        tighter = new is not None and (old is None or new < old)
        kind, effect = ("left_out_tightened", "tighter") if tighter else ("left_out_loosened", "looser")
        yield change(kind, cast("Effect", effect), "left_out.limit", old, new)
    elif before != after:
        yield change("left_out_wording", "neutral", "left_out")


def _colleges(before: Charter, after: Charter) -> Iterator[CharterChange]:
    old, new = ({college.id: college.title for college in each.colleges} for each in (before, after))
    for name in [*old, *(name for name in new if name not in old)]:
        if name not in new:
            yield change("college_removed", "neutral", "colleges", old[name])
        elif name not in old:
            yield change("college_added", "neutral", "colleges", None, new[name])
        elif old[name] != new[name]:
            yield change("college_renamed", "neutral", "colleges", old[name], new[name])


def _articles(before: Charter, after: Charter) -> Iterator[CharterChange]:
    old, new = ({article.id: article for article in each.articles} for each in (before, after))
    places = {way.id: (article, way) for article in before.articles for way in article.ways}
    kept = {way.id for way in after.ways}
    shared = [_inherited(each) for each in (before, after)]
    for article in after.articles:
        if article.id in old:
            yield from _article(old[article.id], article)
        else:
            yield change("article_added", "tighter", article=article, after=article.title)
        for indicator in article.ways:
            if indicator.id in places:
                place, earlier = places[indicator.id]
                told = shared[0].get(indicator.id, set()) & shared[1].get(indicator.id, set())
                earlier = earlier.model_copy(update={name: getattr(indicator, name) for name in told})
                yield from in_question(earlier, indicator, (place, article), before, after)
            else:
                yield change("question_added", "tighter", article=article, of=indicator, after=indicator.question)
    for article in before.articles:
        if article.id not in new:
            yield change("article_removed", "looser", article=article, before=article.title)
        for indicator in article.ways:
            if indicator.id not in kept:
                yield change("question_removed", "looser", article=article, of=indicator, before=indicator.question)


def _inherited(charter: Charter) -> dict[str, set[str]]:
    fields = set(Indicator.model_fields) - set(Otherwise.model_fields)
    return {
        other.id: fields | ({"threshold"} if other.threshold is None else set())
        for article in charter.articles
        for indicator in article.indicators
        for other in indicator.otherwise
    }


def _article(before: Article, after: Article) -> Iterator[CharterChange]:
    if before.order != after.order:
        yield change("article_moved", "neutral", article=after, field="order", before=before.order, after=after.order)
    if before.text.status != after.text.status:
        kind = "text_official" if after.text.status == "official" else "text_draft"
        yield change(kind, "neutral", article=after, field="text.status")
    names = [name for name in Article.model_fields if name not in OWN and _worded(before, name) != _worded(after, name)]
    if names:
        yield change("article_wording", "neutral", article=after, field=", ".join(names))


def _worded(article: Article, name: str) -> Any:
    return article.text.model_dump(exclude={"status"}) if name == "text" else getattr(article, name)


def _laws(before: Charter, after: Charter) -> Iterator[CharterChange]:
    for name, law in after.laws.items():
        old, field = before.laws.get(name), f"law.{name}"
        if old is None:
            yield change("law_text_added", "neutral", field, None, law.title)
        elif old.in_force != law.in_force:
            yield change("law_text_dated", "neutral", field, old.in_force, law.in_force, title=law.title)
        elif old != law:
            yield change("law_text_wording", "neutral", field, None, law.title)
    for name, law in before.laws.items():
        if name not in after.laws:
            yield change("law_text_removed", "neutral", f"law.{name}", law.title)
