"""What no single file can show: references, duplicates across files, missing translations and reasons."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from boussole.audits.errors import nearest
from boussole.charter.text.draft import HEAD, INDICATOR, LAW, CharterDraft, CharterFault, draft_of
from boussole.charter.text.judged import judged
from boussole.charter.text.model import ARTICLES, OWN_FAMILIES, Charter
from boussole.charter.text.reach import unreachable

LONGEST = {
    "title": 160,
    "label": 60,
    "question": 320,
    "source": 300,
    "commitment": 600,
    "person": 600,
    "agent": 600,
    "words": 80,
}
LONGEST_OTHER = 1200
"""Most characters of a text, by the key it stands under."""
MARKUP = {
    "an HTML tag": re.compile(r"</?[A-Za-z!?][^>]{0,200}>?"),
    "an HTML entity": re.compile(r"&#?\w{1,31};"),
    "a Markdown link": re.compile(r"!?\[[^\]]{0,400}\]\([^)]{0,400}\)"),
    "Markdown emphasis": re.compile(r"\*\*|__"),
}
JOINERS = ("\u200c", "\u200d", "\u00ad")
"""Invisible characters that writing needs: joiners of scripts that have them, the soft hyphen."""
HIDDEN = ("Cc", "Cf", "Co", "Cs", "Cn")
"""Categories of characters that are not seen, or differ from reader to reader."""
PLACEHOLDER = re.compile(r"\{[^}]{0,100}\}")


def amiss(text: str, path: Sequence[str | int]) -> Iterator[str]:
    """What is wrong with a text that stands at a key path; one sentence each, with the next step.

    >>> list(amiss("<b>Fair</b>", ("title", "en")))
    ['title.en holds an HTML tag (<b>); texts are plain words: remove it.']
    """
    place = ".".join(str(part) for part in path)
    longest = limit(path)
    if len(text) > longest:
        yield f"{place} has {len(text):,} characters and may have {longest:,}: shorten it."
    elif not text.strip():
        yield f"{place} is empty: write it, or remove the key."
    start = text[: 4 * LONGEST_OTHER]
    for what, pattern in MARKUP.items():
        if found := pattern.search(start):
            yield f"{place} holds {what} ({found.group()[:40]}); texts are plain words: remove it."
    if hidden := next((c for c in start if hides(c)), None):
        name = unicodedata.name(hidden, "a control character").lower()
        yield f"{place} holds U+{ord(hidden):04X} ({name}), which no reader sees: remove it."
    if "question" not in path and (found := PLACEHOLDER.search(start)):
        yield f"{place} holds {found.group()[:40]}, which is filled in only in a question: write the words."


def limit(path: Sequence[str | int]) -> int:
    """Most characters of the text at a key path."""
    named = [part for part in path if isinstance(part, str)]
    if named[:1] == ["words"]:
        return LONGEST["words"]
    return next((LONGEST[part] for part in reversed(named) if part in LONGEST), LONGEST_OTHER)


def hides(character: str) -> bool:
    """Whether a character is invisible, turns the direction of writing, or means nothing.

    >>> [hides(c) for c in ("a", "\\n", "\\u202e", "\\x07", "\\u200d")]
    [False, False, True, True, False]
    """
    return unicodedata.category(character) in HIDDEN and character not in ("\n", *JOINERS)


__all__ = ["draft_faults", "faults"]

TESTED = ("ratio", "difference", "share", "effect")
"""The scales whose comparisons a test of its own holds to the watch level."""
PLACEHOLDERS = ("system", "decision", "group", "controls")


def faults(charter: Charter) -> list[str]:
    """Every fault of a charter whose parts are valid one by one; one sentence each, naming file and entry."""
    texts = [
        CharterFault(file="charter", what=what)
        for path, text in _strings(charter.document())
        for what in amiss(text, path)
    ]
    return [str(fault) for fault in (*draft_faults(draft_of(charter)), *texts)]


def draft_faults(draft: CharterDraft) -> list[CharterFault]:
    """Every fault between the readable parts of a charter."""
    checks = (
        _size,
        _duplicates,
        _references,
        _breaches,
        _watched_by_chance,
        _families,
        unreachable,
        _reasons,
        _placeholders,
        _translations,
    )
    return [fault for check in checks for fault in check(draft)]


def _strings(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _strings(inner, (*path, key))


def _size(draft: CharterDraft) -> Iterator[CharterFault]:
    fewest, most = ARTICLES
    if not fewest <= draft.articles <= most:
        what = f"a charter has {fewest} to {most} articles and this one has {draft.articles}: add or remove some."
        yield CharterFault(file=HEAD, what=what)


def _duplicates(draft: CharterDraft) -> Iterator[CharterFault]:
    first: dict[tuple[str, str], str] = {}
    for each in draft.names:
        name = (each.what, each.value)
        if name in first:
            told = f"{each.what} '{each.value}' is already used in {first[name]}: give one of them another."
            yield CharterFault(file=each.file, path=each.path, what=told)
        first.setdefault(name, each.file)


def _references(draft: CharterDraft) -> Iterator[CharterFault]:
    known = draft.question_names
    for each in (each for each in draft.asked if not each.earlier):
        for at, name in enumerate(each.indicator.law):
            if name not in draft.law_names and LAW not in draft.unreadable:
                yield each.fault(f"law '{name}' is not in {LAW}. {_offer(name, draft.law_names)}", "law", at)
        for at, name in enumerate(each.indicator.related):
            if name not in known and not draft.unreadable - {HEAD, LAW}:
                yield each.fault(f"the related question '{name}' does not exist. {_offer(name, known)}", "related", at)
    used = {name for each in draft.asked for name in each.indicator.law}
    for name, law in draft.laws.items():
        path: tuple[str, ...] = ("provisions", name, "framework")
        if law.framework is not None and law.framework not in draft.frameworks:
            told = f"{name}: there is no framework '{law.framework}'. {_offer(law.framework, draft.frameworks)}"
            yield CharterFault(file=LAW, path=path, what=told)
        if law.uncovered is not None and name in used:
            told = f"{name}: `uncovered` says why no question answers to it, and one does: remove it."
            yield CharterFault(file=LAW, path=("provisions", name, "uncovered"), what=told)


def _breaches(draft: CharterDraft) -> Iterator[CharterFault]:
    """What a question is broken with is another of its article, which is broken by itself."""
    for each in draft.asked:
        needed = each.indicator.breach_with
        if needed is None or each.earlier:
            continue
        own = [name.value for name in draft.names if name.what == INDICATOR and name.file == each.file]
        others = [name for name in own if name not in {way.id for way in each.first.ways}]
        if needed not in others:
            yield each.fault(
                f"'{needed}', without which it is not broken, is no other question of its article. "
                f"{_offer(needed, others)}",
                "breach_with",
            )
        elif any(other.indicator.id == needed and other.indicator.breach_with for other in draft.asked):
            yield each.fault(
                f"'{needed}', without which it is not broken, needs another question itself: name one that does not.",
                "breach_with",
            )
        elif each.indicator.breach_when == "broken" and not any(
            other.indicator.threshold.breach is not None or other.indicator.threshold.tolerance is not None
            for other in draft.asked
            if other.indicator.id == needed
        ):
            yield each.fault(
                f"'{needed}', without which it is not broken, is never broken itself: write `breach_when: watched`.",
                "breach_when",
            )


def _watched_by_chance(draft: CharterDraft) -> Iterator[CharterFault]:
    """A level of error of its own is smaller than the charter's, and of a question that chance can accuse."""
    for each in draft.asked:
        threshold = each.indicator.threshold
        own, path = threshold.watch_alpha, ("threshold", "watch_alpha")
        if own is None or (each.earlier and threshold is each.first.threshold):
            continue
        if judged(each.indicator.metric).scale not in TESTED:
            yield each.fault(
                "`watch_alpha` is of ratios, gaps, shares and effects, which this question is not held to: remove it.",
                *path,
            )
        elif judged(each.indicator.metric).scale == "effect" and threshold.breach is None:
            yield each.fault(
                "`watch_alpha` says nothing where all is watched that does not clearly help: remove it.", *path
            )
        elif draft.alpha is not None and own > draft.alpha:
            yield each.fault(
                f"`watch_alpha` is {own:g}, and the charter's `alpha` {draft.alpha:g}: write a smaller one.", *path
            )


def _offer(name: str, known: Any) -> str:
    return nearest(name, known) if known else "There is none yet: add it."


def _families(draft: CharterDraft) -> Iterator[CharterFault]:
    """A name that no other question of the article bears is a slip, and would let false alarms through."""
    questions = [each for each in draft.asked if not each.earlier]
    for each in questions:
        family = each.indicator.family
        others = {o.indicator.family for o in questions if o.file == each.file and o is not each}
        if family not in (*OWN_FAMILIES, *others) and each.file not in draft.partial:
            yield each.fault(
                f"the family '{family}' holds one indicator only: write `family: indicator`, or name the family of "
                "another one.",
                "family",
            )


def _reasons(draft: CharterDraft) -> Iterator[CharterFault]:
    for each in draft.asked:
        threshold = each.indicator.threshold
        if each.earlier and threshold is each.first.threshold:
            continue
        missing = [name for name in ("justification", "source") if not getattr(threshold, name)]
        if missing:
            told = f"the threshold lacks its {' and its '.join(missing)}: say why this level, and where it comes from."
            yield each.fault(told, "threshold")


def _placeholders(draft: CharterDraft) -> Iterator[CharterFault]:
    for each in draft.asked:
        for lang, text in each.indicator.question.items():
            for name in re.findall(r"\{([^}]*)\}", text):
                if name not in PLACEHOLDERS:
                    told = f"question.{lang} names '{{{name}}}'. {nearest(name, PLACEHOLDERS)}"
                    yield each.fault(told, "question", lang)


def _translations(draft: CharterDraft) -> Iterator[CharterFault]:
    languages = set(draft.languages)
    for file, path, text in draft.texts if languages else ():
        missing, extra = sorted(languages - set(text)), sorted(set(text) - languages)
        place = ".".join(str(part) for part in path)
        if missing:
            yield CharterFault(file=file, path=path, what=f"{place} is missing in: {', '.join(missing)}. Translate it.")
        if extra:
            told = f"{place} is written in {', '.join(extra)}, which the charter does not declare in `languages`."
            yield CharterFault(file=file, path=(*path, extra[0]), what=f"{told} Add the language, or remove the text.")
