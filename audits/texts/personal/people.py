"""Names of people: what a French model finds, held to what a name looks like, and what titles and signatures tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from boussole.audits.texts.personal.findings import Span
from boussole.audits.texts.personal.names import COMPANIES, NOT_NAMES, is_first_name, plain
from boussole.audits.texts.personal.words import either

_CAPITAL = r"[A-ZÀ-ÖØ-ÝŒŠŽŁÇŞİĞ][^\W\d_]*(?:['’\-][^\W\d_]+)*"
_PARTICLE = either("particles")
_WORD = rf"(?:{_PARTICLE}[ ]|[dlDL]['’](?=[A-ZÀ-Ý]))?(?:[A-Z]\.(?:-?[A-Z]\.)?[ ]?)?{_CAPITAL}"
_NAME = rf"{_WORD}(?:[ ]{_WORD}){{0,4}}"
_TITLE = either("titles")
_TITLED = re.compile(rf"(?<![\w’'.-]){_TITLE}[ ]{{1,2}}(?:(?:et|ou)[ ]{_TITLE}[ ])?(?P<name>{_NAME})")
_TITLED_LOW = re.compile(
    r"(?<![\w’'-])(?:mme|mlle|mr\.?|Mme|Mlle|Mr)[ ](?P<name>(?:(?:el|le|de|ben)[ ])?[a-zà-öø-ÿ][\w’'-]{2,})"
)
_TOLD = re.compile(rf"{either('name_follows')}[ ]*", re.IGNORECASE)
_TOLD_NAME = re.compile(_NAME)
_TOLD_LOW = re.compile(r"(?:[^\W\d_]+(?:['’\-][^\W\d_]+)*)(?:[ ][^\W\d_]+(?:['’\-][^\W\d_]+)*){0,2}")
_WORDS = re.compile(rf"(?<![\w’'@.-]){_NAME}(?![\w@])")
_PIECE = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*\.?")
_CLOSING = re.compile(rf"{either('closings')}[ ]?[,.!;]*[ ]*\n+[ ]*(?P<name>[^\n,]{{2,50}})", re.IGNORECASE)
_INLINE_CLOSING = re.compile(
    r"(?:[Cc]ordialement|CORDIALEMENT|[Rr]espectueusement|[Bb]ien à vous|[Ss]incèrement|[Ss]alutations(?: distinguées)?"
    rf"|[Aa]micalement)[ ]?[,.]?[ ](?P<name>{_NAME})(?=[ ]?(?:$|\n|[.,;(]))"
)
_GREETING = re.compile(rf"(?<!\w){either('greetings')}[ ],?[ ]?(?P<name>{_NAME})(?=[ ]?[,.!\n;:?]|[ ]-|$)")
_GREETING_LOW = re.compile(
    r"(?<!\w)(?:bonjour|bonsoir|salut|coucou|cher|chère)[ ](?P<name>[^\W\d_]{3,15})(?=[ ]?[,!\n])", re.IGNORECASE
)
_INITIAL = re.compile(
    rf"(?<![\w.’'-])[A-ZÀ-Ý]\.(?:[ -]?[A-ZÀ-Ý]\.)?[ ]?(?P<surname>{_CAPITAL}[a-zà-ÿ](?:[ ]{_CAPITAL})?)(?!\w)"
)
_ORGANISATION_BEFORE = re.compile(
    rf"(?:\b{either('organisation_before')}(?:[ ](?:de[ ]la|de|du|des|d['’]|la|le|l['’]|les))?[ ]?"
    r"|\b(?:[àaÀ]|en|vers|dans|ville[ ]de|commune[ ]de)[ ])[«\"“]?[ ]?$",
    re.IGNORECASE,
)
_ORGANISATION_AFTER = re.compile(
    r"[ ]?(?:(?:&|et)[ ](?:[Ff]ils|[Ff]r[èe]res|[Ff]ille|[Aa]ssoci[ée]s|Cie|[Cc]o\b|[Vv]acances)"
    rf"|{either('organisation_after')})"
)


def find_titled(text: str) -> Iterator[Span]:
    """Names after a title, a greeting, before the end of a letter, or after words that introduce a name."""
    for match in _TITLED.finditer(text):
        yield from _names(text, match.span("name"), shouted=match[0].isupper())
    for match in _TITLED_LOW.finditer(text):
        if not _common(match["name"].split()[-1]):
            yield match.span("name")
    for match in (*_GREETING.finditer(text), *_INLINE_CLOSING.finditer(text)):
        yield from _names(text, match.span("name"))
    for match in _GREETING_LOW.finditer(text):
        if is_first_name(match["name"]):
            yield match.span("name")
    for match in _CLOSING.finditer(text):
        yield from _signature(text, match.span("name"))
    for match in _TOLD.finditer(text):
        yield from _told(text, match.end())


def find_listed(text: str) -> Iterator[Span]:
    """Names that a first name shows, beside a surname or alone, and initials beside a surname."""
    for match in _WORDS.finditer(text):
        for start, end in _names(text, match.span()):
            if _listed(text, start, end) and not organisation(text, start, end):
                yield start, end
    for match in _INITIAL.finditer(text):
        word = match["surname"]
        if not _common(word.split()[0]) and not organisation(text, *match.span()) and len(word) > 2:
            yield match.span()


def confirm(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """What of the spans that a model calls people looks like a name of a person."""
    for start, end in spans:
        for line in re.finditer(r"[^\n,;:()\"«»/|]+", text[start:end]):
            for found in _names(text, (start + line.start(), start + line.end())):
                if not organisation(text, *found) and _likely(text, *found):
                    yield found


def unsure(text: str, known: list[Span]) -> Iterator[Span]:
    """Runs of words with capitals that may be a name and were not found as one, in the order of the text."""
    covered = sorted(known)
    at = 0
    for match in _WORDS.finditer(text):
        for start, end in _names(text, match.span()):
            while at < len(covered) and covered[at][1] <= start:
                at += 1
            if at < len(covered) and covered[at][0] <= start and end <= covered[at][1]:
                continue
            if _likely(text, start, end) and not organisation(text, start, end):
                yield start, end


def _names(text: str, span: Span, *, shouted: bool = False) -> Iterator[Span]:
    """The runs of words in a span that can be one name: cut at words that are none."""
    run: list[Span] = []
    for piece in _PIECE.finditer(text, *span):
        word, at = piece[0], piece.span()
        initial = len(word) == 2 and word[1] == "." and word != "M."
        if not initial and word.endswith("."):
            word, at = word[:-1], (at[0], at[1] - 1)
        particle = re.fullmatch(_PARTICLE, word) is not None
        if run and not re.fullmatch(r"[ ]{1,2}-?", text[run[-1][1] : at[0]]):
            yield from _run(text, run)
            run = []
        if (
            (not particle or not run)
            and not initial
            and (_common(word) or not _capital(word))
            and not (particle and _capital(word))
        ):
            yield from _run(text, run)
            run = []
        else:
            run.append(at)
        if shouted and run and not is_first_name(word):
            yield from _run(text, run)
            return
        if piece[0].endswith(".") and not initial:
            yield from _run(text, run)
            run = []
    yield from _run(text, run)


def _run(text: str, run: list[Span]) -> Iterator[Span]:
    """A run of words as one span, without particles and initials at its end."""
    while run and (
        re.fullmatch(_PARTICLE.replace("[Ll]", "l").replace("[Dd]", "d"), text[slice(*run[-1])])
        or text[run[-1][1] - 1] == "."
    ):
        run = run[:-1]
    if run and run[-1][1] - run[0][0] > 1:
        yield run[0][0], run[-1][1]


def _capital(word: str) -> bool:
    """Whether a word begins with a capital letter, an article elided before it left aside."""
    bare = re.sub(r"^[dlDL]['’](?=[A-ZÀ-Ý])", "", word)
    return bare[:1].isupper()


def _common(word: str) -> bool:
    """Whether a word is none of a name."""
    return plain(re.split(r"['’]", word)[-1] if re.match(r"[a-zA-Z]{1,2}['’]", word) else word) in NOT_NAMES


def _listed(text: str, start: int, end: int) -> bool:
    """Whether a run of words is a name by its first name: beside another word, or by itself where it is sure."""
    words = text[start:end].split()
    if len(words) == 1:
        return is_first_name(words[0], sure=True)
    return any(is_first_name(word) for word in words[:2]) or (is_first_name(words[-1], sure=True))


def _likely(text: str, start: int, end: int) -> bool:
    """Whether what a model calls a person has the look of one: two words, or one that is a first name."""
    words = text[start:end].split()
    return len(words) > 1 or is_first_name(words[0])


def organisation(text: str, start: int, end: int) -> bool:
    """Whether the words around say that a name is one of a company, a school, a street, or a place."""
    words = plain(text[start:end])
    words = re.sub(r"[-'’]", " ", words)
    if words in COMPANIES or any(f" {each} " in f" {words} " for each in COMPANIES if " " in each):
        return True
    return bool(_ORGANISATION_AFTER.match(text, end) or _ORGANISATION_BEFORE.search(text, max(0, start - 40), start))


def _told(text: str, start: int) -> Iterator[Span]:
    """A name that words introduce: with capitals, or in small letters where one of its words is a first name."""
    match = _TOLD_NAME.match(text, start)
    if match:
        yield from (span for span in _names(text, match.span()) if span[0] == start)
        return
    low = _TOLD_LOW.match(text, start)
    if low:
        words = low[0].split()
        taken = 0
        for word in words:
            if _common(word) or (taken and not is_first_name(words[0])):
                break
            taken += 1
        if taken and any(is_first_name(word) for word in words[:taken]):
            yield start, start + len(" ".join(words[:taken]))


def _signature(text: str, span: Span) -> Iterator[Span]:
    """The name of who signs: a line of two to four words with capitals, or a first name."""
    line = text[slice(*span)].strip()
    for found in _names(text, span):
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
    wanted = set()
    for start, end in spans:
        words = text[start:end].split()
        wanted.add(" ".join(words))
        wanted.update(
            word
            for word in words
            if len(word) > 3 and not _common(word) and _capital(word) and not re.fullmatch(_PARTICLE, word)
        )
    if wanted and len(wanted) < 500:
        every = "|".join(re.escape(word) for word in sorted(wanted, key=len, reverse=True))
        yield from (match.span() for match in re.finditer(rf"(?<![\w@.-])(?:{every})(?![\w@-])", text))
