"""Names of people: what a French model finds, held to what a name looks like, and what titles and signatures tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from boussole.audits.texts.personal.findings import Span
from boussole.audits.texts.personal.names import COMPANIES, NOT_NAMES, SURNAMES, is_first_name, plain
from boussole.audits.texts.personal.words import either, listed

_CAPITALS = "".join(letter for letter in map(chr, (*range(0x41, 0x250), *range(0x1E00, 0x1F00))) if letter.isupper())
CAPITAL = rf"[{_CAPITALS}][^\W\d_]*(?:['’\-][^\W\d_]+)*"
PARTICLE = re.compile(either("particles"), re.IGNORECASE)
_WORD = rf"(?:{PARTICLE.pattern}[ ]|[dlDL]['’](?=[A-ZÀ-Ý]))?(?:[A-Z]\.(?:-?[A-Z]\.)?[ ]?)?{CAPITAL}"
NAME = rf"{_WORD}(?:[ ]{_WORD}){{0,4}}"
_PIECE = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*\.?")
_SMALL_PARTICLE = re.compile(PARTICLE.pattern.replace("[Ll]", "l").replace("[Dd]", "d"))
_ELISION = re.compile(r"[dlDL]['’](?=[a-zà-ÿ])")
_ELIDED = re.compile(r"[dlDL]['’](?=[A-ZÀ-Ý])")
_SHORT = re.compile(r"[a-zA-Z]{1,2}['’]")
_BETWEEN = re.compile(r"[ ]{1,2}-?")


def runs(text: str, span: Span, *, titled: bool = False, shouted: bool = False) -> Iterator[Span]:
    """Yield the runs of words that can be one name, after a title (`titled`) or in capitals (`shouted`)."""
    run: list[Span] = []
    for piece in _PIECE.finditer(text, *span):
        word, at = piece[0], piece.span()
        if len(word) == 1 and text[at[1] : at[1] + 1] == ".":
            word, at = f"{word}.", (at[0], at[1] + 1)
        initial = len(word) == 2 and word[1] == "." and word[0].isupper() and word != "M."
        ended = word.endswith(".") and not initial
        if ended:
            word, at = word[:-1], (at[0], at[1] - 1)
        if run and not _BETWEEN.fullmatch(text, run[-1][1], at[0]):
            yield from _whole(text, run)
            run = []
        first = titled and at[0] == span[0]
        if initial or _fits(word, inside=bool(run) or first, named=_named(text, run) or first):
            run.append(at)
        else:
            yield from _whole(text, run)
            run = []
        if ended or (shouted and run and not is_first_name(word)):
            yield from _whole(text, run)
            run = []
            if shouted:
                return
    yield from _whole(text, run)


def _named(text: str, run: list[Span]) -> bool:
    """Whether a run has begun with something that a surname follows: a first name, or a particle."""
    return bool(run) and (is_first_name(text[slice(*run[-1])]) or PARTICLE.fullmatch(text, *run[-1]) is not None)


def _fits(word: str, *, inside: bool, named: bool) -> bool:
    """Whether a word can stand in a name: with a capital and no common word, or a particle."""
    capital = _ELIDED.sub("", word, count=1)[:1].isupper() and not _ELISION.match(word)
    if PARTICLE.fullmatch(word):
        return inside or capital
    return capital and len(word) > 1 and (not common(word) or (named and plain(word) in SURNAMES))


def _whole(text: str, run: list[Span]) -> Iterator[Span]:
    """Yield a run of words as one span, without particles at its end, nor an initial that follows no first name."""
    while run and (
        _SMALL_PARTICLE.fullmatch(text, *run[-1])
        or (text[run[-1][1] - 1] == "." and not (len(run) > 1 and is_first_name(text[slice(*run[-2])])))
    ):
        run = run[:-1]
    while len(run) > 1 and text[run[0][0]].islower() and is_first_name(text[slice(*run[1])]):
        run = run[1:]
    if len(run) > 2 and text[run[0][0] : run[-1][1]].isupper():
        run = _beside_first_name(text, run)
    if run and run[-1][1] - run[0][0] > 1:
        yield run[0][0], run[-1][1]


def _beside_first_name(text: str, run: list[Span]) -> list[Span]:
    """Return, of words in capitals, the surname before the first name with its particle, or the one after it."""
    words = [text[slice(*each)] for each in run]
    at = next((place for place, word in enumerate(words) if is_first_name(word)), None)
    if at is None:
        return run
    if at == 0:
        end = 2 + sum(1 for word in words[1:3] if PARTICLE.fullmatch(word))
        return run[:end]
    start = at - 1
    while start > 0 and PARTICLE.fullmatch(words[start - 1]):
        start -= 1
    return run[start : at + 1]


def common(word: str) -> bool:
    """Whether a word is part of no name."""
    elided = _SHORT.match(word)
    return plain(word[elided.end() :] if elided else word) in NOT_NAMES


def standing(text: str, word: str) -> Iterator[Span]:
    """Where a word or a name stands by itself in a text; no pattern is made of it, for patterns are kept."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        before, after = text[at - 1 : at], text[end : end + 1]
        if not (before and (before.isalnum() or before in "_@.-")) and not (
            after and (after.isalnum() or after in "_@-")
        ):
            yield at, end
        at = text.find(word, end)


_TITLE = either("titles")
_TITLED = re.compile(
    rf"(?<![\w’'.-])(?<!exe : )(?<!exe: ){_TITLE}[ ]{{1,2}}(?:(?:et|ou)[ ]{_TITLE}[ ])?(?P<name>{NAME})"
)
_TITLED_LOW = re.compile(
    r"(?<![\w’'-])(?P<title>mme|mlle|mr|monsieur|madame|mademoiselle|dame|m)\.?[ ]"
    r"(?P<name>(?:(?:el|le|de|ben)[ ])?[a-zà-öø-ÿ][\w’'-]{2,}(?:[ ](?P<second>[a-zà-öø-ÿ][\w’'-]{2,}))?)",
    re.IGNORECASE,
)
_VERBS = frozenset(listed("small_words"))
_TOLD = re.compile(rf"{either('name_follows')}[ ]*", re.IGNORECASE)
_TOLD_NAME = re.compile(NAME)
_TOLD_LOW = re.compile(r"(?:[^\W\d_]+(?:['’\-][^\W\d_]+)*)(?:[ ][^\W\d_]+(?:['’\-][^\W\d_]+)*){0,2}")
_WORDS = re.compile(rf"(?<![\w’'@.-]){NAME}(?![\w@])")
_CLOSING = re.compile(rf"{either('closings')}[ ]?[,.!;]*[ ]*\n+[ ]*(?P<name>[^\n,]{{2,50}})", re.IGNORECASE)
_INLINE_CLOSING = re.compile(
    r"(?:[Cc]ordialement|CORDIALEMENT|[Rr]espectueusement|[Bb]ien à vous|[Ss]incèrement|[Ss]alutations(?: distinguées)?"
    rf"|[Aa]micalement)[ ]?[,.]?[ ](?P<name>{NAME})(?=[ ]?(?:$|\n|[.,;(]))"
)
_GREETING = re.compile(rf"(?<!\w){either('greetings')}[ ],?[ ]?(?P<name>{NAME})(?=[ ]?[,.!\n;:?]|[ ]-|$)")
_CALLED = re.compile(rf"^[ ]*(?P<name>{CAPITAL})[ ]?,[ ]?(?=[a-zà-ÿ]|\n)", re.MULTILINE)
_GREETING_LOW = re.compile(
    r"(?<!\w)(?:bonjour|bonsoir|salut|coucou|cher|chère)[ ](?P<name>[^\W\d_]{3,15})(?=[ ]?[,!\n])", re.IGNORECASE
)
_NAME_IN_LIST = re.compile(CAPITAL)
_LIST = re.compile(rf"(?<![\w’'-]){CAPITAL}(?:,[ ]{CAPITAL}){{0,5}}[ ]et[ ]{CAPITAL}(?![\w-])")
_FIRST_NAME_AND_VERB = re.compile(rf"(?<![\w’'-])(?P<name>{CAPITAL})[ ]{either('verbs_of_people')}(?!\w)")
_INITIAL = re.compile(
    rf"(?<![\w.’'/-])(?!M\.[ ])[A-ZÀ-Ý]\.(?:[ -]?[A-ZÀ-Ý]\.)?[ ]?(?P<surname>{CAPITAL}[a-zà-ÿ](?:[ ]{CAPITAL})?)(?!\w)"
)
_PARTS = re.compile(r"[^\n,;:()\"«»/|]+")
_INSIDE = re.compile(r"[a-zà-ÿ,)] $")
_JOINED = re.compile(r"[-'’]")
_COMPANY = re.compile(rf"\b(?:{'|'.join(each for each in COMPANIES if ' ' in each)})\b")
_ORGANISATION_BEFORE = re.compile(
    rf"\b{either('organisation_before')}(?:[ ](?:de[ ]la|de|du|des|d['’]|la|le|l['’]|les))?[ ]?[«\"“]?[ ]?$",
    re.IGNORECASE,
)
_OWNED = re.compile(rf"{either('owned')} d(?:e |['’])", re.IGNORECASE)
_PLACE_BEFORE = re.compile(r"\b(?:[àaÀ]|en|vers|dans|ville de|commune de) [«\"“]?[ ]?$", re.IGNORECASE)
_ORGANISATION_AFTER = re.compile(
    r"[ ]?(?:(?:&|et)[ ](?:[Ff]ils|[Ff]r[èe]res|[Ff]ille|[Aa]ssoci[ée]s|Cie|[Cc]o\b|[Vv]acances)"
    rf"|{either('organisation_after')})"
)


def find_titled(text: str) -> Iterator[Span]:
    """Names after a title, a greeting, before the end of a letter, or after words that introduce a name."""
    for match in _TITLED.finditer(text):
        yield from runs(text, match.span("name"), titled=True, shouted=match[0].isupper())
    for match in _TITLED_LOW.finditer(text):
        yield from _small(match)
    for match in (*_GREETING.finditer(text), *_INLINE_CLOSING.finditer(text)):
        yield from runs(text, match.span("name"))
    for match in (*_GREETING_LOW.finditer(text), *_CALLED.finditer(text)):
        if is_first_name(match["name"]):
            yield match.span("name")
    for match in _CLOSING.finditer(text):
        yield from _signature(text, match.span("name"))
    for match in _TOLD.finditer(text):
        yield from _told(text, match.end())


def _small(match: re.Match[str]) -> Iterator[Span]:
    """A name in small letters after a title: a first name and the word behind it, or a surname after « mme »."""
    name, start = match["name"], match.start("name")
    first, _, second = name.partition(" ")
    if not name.islower():
        return
    if is_first_name(first, sure=True):
        known = second and not common(second) and second not in _VERBS
        yield start, start + (len(name) if known else len(first))
    elif match["title"].lower() in {"mme", "mlle", "mr"} and not common(first) and first not in _VERBS:
        yield start, start + (len(name) if PARTICLE.fullmatch(first) else len(first))


def find_listed(text: str) -> Iterator[Span]:
    """Names that a first name shows, beside a surname or alone, and initials beside a surname."""
    for match in _WORDS.finditer(text):
        for start, end in runs(text, match.span()):
            if _listed(text, start, end) and not organisation(text, start, end):
                yield start, end
    for match in _LIST.finditer(text):
        words = list(_NAME_IN_LIST.finditer(text, *match.span()))
        if all(is_first_name(word[0]) for word in words):
            yield from (word.span() for word in words)
    for match in _FIRST_NAME_AND_VERB.finditer(text):
        if is_first_name(match["name"]):
            yield match.span("name")
    for match in _INITIAL.finditer(text):
        word = match["surname"]
        if not common(word.split()[0]) and not organisation(text, *match.span()) and len(word) > 2:
            yield match.span()


def confirm(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """What of the spans that a model calls people looks like a name of a person."""
    for start, end in spans:
        for line in _PARTS.finditer(text, start, end):
            for found in runs(text, line.span()):
                if not organisation(text, *found) and _likely(text, *found):
                    yield found


def unsure(text: str, known: list[Span]) -> Iterator[Span]:
    """Runs of words with capitals that may be a name and were not found as one, in the order of the text."""
    covered = sorted(known)
    at = 0
    for match in _WORDS.finditer(text):
        for start, end in runs(text, match.span()):
            while at < len(covered) and covered[at][1] <= start:
                at += 1
            if at < len(covered) and covered[at][0] <= start and end <= covered[at][1]:
                continue
            if _likely(text, start, end) and not organisation(text, start, end):
                yield start, end


def _listed(text: str, start: int, end: int) -> bool:
    """Whether a run of words is a name by its first name: beside another word, or by itself where it is sure."""
    words = text[start:end].split()
    if len(words) == 1:
        return is_first_name(words[0], sure=True)
    return any(is_first_name(word) for word in words[:2]) or (is_first_name(words[-1], sure=True))


def _likely(text: str, start: int, end: int) -> bool:
    """Whether what a model calls a person has the look of one: two words, a first name, or a word inside a sentence."""
    word = text[start:end]
    if " " in word or is_first_name(word):
        return True
    inside = _INSIDE.search(text, max(0, start - 2), start) or _FIRST_NAME_AND_VERB.match(text, start)
    return len(word) > 2 and word[1:].islower() and inside is not None


def organisation(text: str, start: int, end: int) -> bool:
    """Whether the words in or around a name say that it is one of a company, a school, a street, or a place."""
    words = _JOINED.sub(" ", plain(text[start:end]))
    if words in COMPANIES or _COMPANY.search(words):
        return True
    first, last = text.find(" ", start, end) + 1, text.rfind(" ", start, end)
    if _ORGANISATION_AFTER.match(text, end) or (last > 0 and _ORGANISATION_AFTER.match(text, last)):
        return True
    before = _ORGANISATION_BEFORE.search(text, max(0, start - 40), start)
    owned = before and is_first_name(text[start:end].split(maxsplit=1)[0]) and _OWNED.match(before[0])
    if (before and not owned) or (first and _ORGANISATION_BEFORE.search(text, max(0, start - 1), first)):
        return True
    named = is_first_name(text[start:end].split(maxsplit=1)[0], sure=first == 0)
    return not named and _PLACE_BEFORE.search(text, max(0, start - 14), start) is not None


def _told(text: str, start: int) -> Iterator[Span]:
    """A name that words introduce: with capitals, or in small letters where one of its words is a first name."""
    match = _TOLD_NAME.match(text, start)
    if match:
        found = runs(text, match.span(), titled=True)
        yield from (
            span
            for span in found
            if span[0] == start and text[start].isupper() and not _short(text, span) and not organisation(text, *span)
        )
        return
    low = _TOLD_LOW.match(text, start)
    if low:
        words = low[0].split()
        taken = 0
        for word in words:
            if common(word) or (taken and not is_first_name(words[0])):
                break
            taken += 1
        if taken and any(is_first_name(word, sure=True) for word in words[:taken]):
            yield start, start + len(" ".join(words[:taken]))


def _short(text: str, span: Span) -> bool:
    """Whether a word is one of at most four capitals, which is an abbreviation."""
    word = text[slice(*span)]
    return len(word) <= 4 and word.isupper()


def _signature(text: str, span: Span) -> Iterator[Span]:
    """The name of who signs: a line of two to four words with capitals, or a first name."""
    line = text[slice(*span)].strip()
    for found in runs(text, span):
        words = text[slice(*found)].split()
        whole = found[1] - found[0] >= len(line) - 2
        if (whole and 2 <= len(words) <= 4 and not organisation(text, *found)) or any(
            is_first_name(word) for word in words
        ):
            yield found
    words = line.split()
    if 1 <= len(words) <= 3 and line.islower() and is_first_name(words[0]):
        start = text.index(line, span[0])
        yield start, start + len(line)


def repeated(text: str, spans: list[Span]) -> Iterator[Span]:
    """Where a name that was found once stands again: whole, or its surname alone with a capital."""
    wanted = set[str]()
    for start, end in spans:
        words = text[start:end].split()
        if len(words) > 1 or not common(words[0]):
            wanted.add(" ".join(words))
        wanted.update(word for word in words if len(word) > 3 and word[0].isupper() and not common(word))
    small = text.lower()
    small = small if len(small) == len(text) else text
    wanted.update(word.lower() for word in list(wanted) if " " in word)
    for word in sorted(wanted):
        for found in standing(small if word.islower() else text, word):
            if not organisation(text, *found):
                yield found
