"""What goes from an example besides what the detector finds: a word too many is no harm there, a name too few is.

Words that no French vocabulary holds, first names in any writing, numbers and addresses in words, letters set apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from boussole.audits.texts.personal.findings import PersonalFinding, Span, without_overlaps
from boussole.audits.texts.personal.model import french
from boussole.audits.texts.personal.names import COMPANIES, is_first_name, plain
from boussole.audits.texts.personal.redact import replaced
from boussole.audits.texts.personal.runs import PARTICLE, common
from boussole.audits.texts.personal.words import either, listed

TAKEN_OUT = "[…]"
"""What stands for words that a person, or a rule of this module, took out."""
_CUT = re.compile(r"(?<=[^\W\d_])-[ ]*\n[ ]*(?=[^\W\d_])")
_WORD = re.compile(r"\[(?:[A-Z_]+|…)\]|[^\W\d_]+(?:-[^\W\d_]+)*")
_PART = re.compile(r"[^\W\d_]{3,}")
_INSIDE = re.compile(r"[a-zà-öø-ÿœ,)»’'][ ]{1,3}$")
_PLACE = re.compile(r"(?:^|[^\w])(?:[àÀ]|en|vers|sur|dans)[ ]$")
_TITLE = re.compile(r"(?<!\w)(?:m\.|mr|mm|mmes?|mlles?|monsieur|madame|mademoiselle|docteure?|ma[iî]tre)\.?[ ]*$", re.I)
_WORDS_TOO = frozenset(map(plain, listed("first_names_and_words")))
"""First names that are words in small letters, without accents."""
_SMALL = frozenset(map(plain, listed("small_words")))
_LAST = re.compile(r"(?:^|\n|,)[ ]*(?P<name>[^\W\d_][\w.’' -]{1,40}?)[ .!]*$")
_BEHIND = re.compile(rf"[ ](?:{PARTICLE.pattern}|el|le|la|ben|van|von)[ ](?P<name>[^\W\d_]{{3,}})")
_ONE = (
    r"(?:z[ée]ro|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?"
    r"|trente|quarante|cinquante|soixante|cents?|mille|\d{1,2})"
)
_STREETS = either("streets")
_RULES = tuple(
    re.compile(rule)
    for rule in (
        r"(?:[\w\[\]-]++[ ]?\.[ ]?)*+[^\s@]*[ ]?@[ ]?\S*(?:[ ]\.[ ]?\w+|\.[ ]\w{2,3}\b)*",  # e-mail, with blanks in it
        rf"(?i)(?<!\w){_ONE}(?:(?:[ ]?[,.-][ ]?|[ ])(?:et[ -])?{_ONE}){{4,}}(?!\w)",  # a number in words
        r"(?<!\w)[^\W\d_](?:[ ._*-]{1,3}[^\W\d_]){3,}(?!\w)",  # letters set apart
        r"(?<!\S)[\w.+-]*_\w[\w.]*|(?<=\])_\w+",  # the name of an account
        r"(?<![\w+=])[\w+=]{24,}",  # a code: no word is as long
        r"(?<![\w=])(?=[\w=]*[a-z][\w=]*[A-Z])(?=[\w=]*[0-9=])[\w=]{7,}",
        rf"(?i)(?<!\w)(?:{_ONE}[ ,]{{1,2}})?{_STREETS}[ ](?:(?:de[ ]la|du|des|de|la|le|les)[ ]|[dl]['’])*"
        r"(?-i:[A-ZÀ-Ý])[\w’'-]*(?:[ -](?-i:[A-ZÀ-Ý])[\w’'-]*)*",  # a street without a number
        rf"(?i)(?<!\w){_ONE}[ ,]{{1,2}}(?:bis[ ])?{_STREETS}[ ][^\n,.;()\[\]]{{2,40}}",  # one without capitals
    )
)


def joined(text: str) -> str:
    """A text in which no word is cut at the end of a line.

    >>> joined("Madame Benarfa-\\nLecoeur")
    'Madame Benarfa-Lecoeur'
    """
    return _CUT.sub("-", text)


def without_forms(text: str) -> str:
    """A text without what looks like an address, a number or a code, however it is written.

    >>> without_forms("Écrivez à lea . martin @ exemple . fr, ou au zéro six douze trente quarante deux.")
    'Écrivez à […], ou au […].'
    """
    for rule in _RULES:
        text = rule.sub(TAKEN_OUT, text)
    return text


def without_strange_words(text: str) -> str:
    """A text without first names in any writing, words after a title, words with a capital inside a sentence that are
    no place there, and words that French does not have; a name of one goes wherever it stands.

    Raises TextsError where the extra `texts` is not installed.
    """
    names = [PersonalFinding(*span, "PERSON") for span in _names(text)]
    text = replaced(text, without_overlaps(names))
    parts, last = list[str](), 0
    for start, end in _strange(text):
        parts += text[last:start], TAKEN_OUT
        last = end
    return "".join([*parts, text[last:]])


def _names(text: str) -> Iterator[Span]:
    """First names, words after a title, and the last line where it is a name."""
    for match in _words(text):
        word, start = match[0], match.start()
        before = text[max(0, start - 16) : start]
        titled = len(word) > 2 and not common(word) and plain(word) not in _SMALL and _TITLE.search(before)
        if len(word) > 2 and _first_name(word, inside=_INSIDE.search(before) is not None):
            yield start, _with_particle(text, match.end())
        elif titled:
            yield match.span()
    last = _LAST.search(text)
    if last and last["name"][0].isupper() and 1 <= len(last["name"].split()) <= 3:
        words = last["name"].split()
        if all(word[0].isupper() and not _short(word) and not common(word) for word in words):
            yield last.span("name")


def _first_name(word: str, *, inside: bool) -> bool:
    """Whether a word is a first name: with a capital inside a sentence any, elsewhere one that is hardly a word."""
    if word[0].isupper() and inside:
        return is_first_name(word)
    return is_first_name(word, sure=True) and not (word.islower() and plain(word) in _WORDS_TOO)


def _short(word: str) -> bool:
    """Whether a word is in capitals and as short as an abbreviation."""
    return word.isupper() and len(word) <= 5


def _with_particle(text: str, end: int) -> int:
    """Where a name ends: after a particle and the word behind it, where they follow a first name."""
    found = _BEHIND.match(text, end)
    return found.end() if found and not common(found["name"]) and plain(found["name"]) not in _SMALL else end


def _strange(text: str) -> Iterator[Span]:
    """Words that no vocabulary of French holds, and those with a capital inside a sentence that are no place there."""
    vocabulary = french().vocab
    for match in _words(text):
        word, start = match[0], match.start()
        if common(word) or plain(word) in COMPANIES:
            continue
        before = text[max(0, start - 16) : start]
        inside = word[0].isupper() and len(word) > 2 and _INSIDE.search(before) and not _PLACE.search(before)
        unknown = any(
            not (vocabulary.has_vector(part.lower()) or vocabulary.has_vector(plain(part)))
            for part in _PART.findall(word)
        )
        if not _short(word) and (inside or unknown):
            yield match.span()


def _words(text: str) -> Iterator[re.Match[str]]:
    """The words of a text that are no mark."""
    return (match for match in _WORD.finditer(text) if match[0][0] != "[")
