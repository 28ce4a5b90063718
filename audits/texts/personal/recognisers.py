"""French recognisers for Presidio: what keys, forms and words find, and the model of names, behind one analyser."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry, RecognizerResult
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

from boussole.audits.errors import BoussoleError
from boussole.audits.texts.personal.addresses import find_addresses
from boussole.audits.texts.personal.findings import Entity, Span
from boussole.audits.texts.personal.health import find_health
from boussole.audits.texts.personal.names import is_first_name
from boussole.audits.texts.personal.numbers import find_ft_id, find_iban, find_nir, find_phones
from boussole.audits.texts.personal.people import confirm, find_listed, find_titled, repeated, unsure
from boussole.audits.texts.personal.words import either, listed

if TYPE_CHECKING:
    from spacy.language import Language


MODEL = "fr_core_news_md"
_UNUSED = ["morphologizer", "parser", "senter", "attribute_ruler", "lemmatizer"]


class TextsError(BoussoleError):
    """Texts that cannot be read, or something that reading them needs is missing."""


@cache
def french() -> Language:
    """Load the model from the installed package. Raises TextsError where the extra `texts` is not installed."""
    try:
        package = importlib.import_module(MODEL)
    except ImportError as error:
        raise TextsError(
            f"the French model {MODEL} or spaCy, which reads it, is not installed.",
            next_step='Install them: pip install "boussole-charter[texts]".',
        ) from error
    nlp: Language = package.load(exclude=_UNUSED)
    return nlp


_MONTH = either("months")
_UNITS = r"(?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize)"
_TENS = r"(?:vingts?|trente|quarante|cinquante|soixante|quatre[- ]vingts?|dix)"
_BELOW_100 = rf"(?:{_TENS}(?:[- ](?:et[- ])?(?:dix[- ])?{_UNITS})?|{_UNITS})"
_DAY_WORDS = rf"(?:premier|(?:vingt|trente)(?:[- ](?:et[- ])?{_UNITS})?|dix[- ](?:sept|huit|neuf)|{_UNITS})"
_YEAR_WORDS = rf"(?:(?:mille|mil)[- ]neuf[- ]cents?(?:[- ]{_BELOW_100})?|deux[- ]mille(?:[- ](?:et[- ])?{_BELOW_100})?)"
_YEAR = r"(?:(?:19|20)\d{2})"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_MONTH_NUMBER = r"(?:1[0-2]|0?[1-9])"
_GAP = r"[ ]{0,2}[/.\-][ ]{0,2}"
_DATE = re.compile(
    rf"(?<![\w/.])(?:"
    rf"{_DAY}{_GAP}{_MONTH_NUMBER}{_GAP}(?:{_YEAR}|\d{{2}})(?![\d/]|[.\-]\d)"
    rf"|{_YEAR}{_GAP}{_MONTH_NUMBER}{_GAP}{_DAY}(?!\d)"
    rf"|{_DAY} {_MONTH_NUMBER} {_YEAR}(?!\d)"
    rf"|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2]){_YEAR}(?!\d)"
    rf"|(?:1[ ]?er|{_DAY}|{_DAY_WORDS})[ -]{_MONTH}[ -](?:{_YEAR}|{_YEAR_WORDS}|['’]?\d{{2}}(?!\d))"
    rf")(?!\w)",
    re.IGNORECASE,
)
_BORN = re.compile(either("born"), re.IGNORECASE)
_NOT_OF_A_PERSON = re.compile(rf"\b{either('not_people')}s?\b", re.IGNORECASE)
_OTHER_BIRTH = re.compile(
    rf"\b{either('deeds_of_birth')}\s+(?:(?:de|d['’]|la|sa|ma|une?)\s*)*$|\blieu\s+(?:et\s+\w+\s+)?de\s+$",
    re.IGNORECASE,
)
_DATE_AND_PLACE = re.compile(r"\bdates?\s+(?:et|/|,)\s+lieux?\s+de\s+$", re.IGNORECASE)
_BETWEEN = re.compile(rf"\b{either('no_birth_between')}", re.IGNORECASE)
_CALLED_SO = re.compile(
    r"[ ,:(\[-]{0,4}(?:(?:est|c’est|qui est)\s)?(?:(?:la|ma|sa|votre|notre|le|mon|son)\s)?(?:date|jour)\s+de\s+"
    r"(?:(?:la|ma|sa|votre|notre)\s)?naissance|[ ,(]{0,3}(?:DDN|mon anniversaire|son anniversaire)\b",
    re.IGNORECASE,
)
_LONG_AGO = re.compile(r"(?<!\d)(?:19[3-9]\d|200\d)(?!\d)|(?:mille|mil)[- ]neuf[- ]cent", re.IGNORECASE)
_AFTER_WHOM = re.compile(
    r"\b(?:(?P<kin>(?i:conjointe?|mari|femme|[ée]poux|[ée]pouse|fils|fille|m[èe]re|p[èe]re|fr[èe]re|s[œo]e?ur))"
    r"|(?P<name>[A-ZÀ-Ý][\w’'-]*(?:[ ][A-ZÀ-Ý][\w’'-]*){1,3}))[ ]?(?:[,(:-]|,?[ ]le)[ ]?$"
)
_STOP = re.compile(r"[!?;]|(?<![A-Z])\.(?=\s+[A-ZÀ-Ý])|\n\s*\n")


def find_births(text: str) -> Iterator[Span]:
    """Find whole dates with a word of birth before them in their sentence or right after them, or after a person."""
    for match in _DATE.finditer(text):
        start, end = match.span()
        if _born_before(text, start) or _CALLED_SO.match(text, end) or _of_a_person(text, start, match[0]):
            yield start, end


def _born_before(text: str, start: int) -> bool:
    """Whether the words between a word of birth and a date let it be the date of that birth."""
    before = text[max(0, start - 90) : start]
    told = list(_BORN.finditer(before))
    if not told:
        return False
    word, between = told[-1], before[told[-1].end() :]
    if _STOP.search(between) or _DATE.search(between) or len(between) > 75:
        return False
    if _BETWEEN.search(between) or re.match(r"rena|rené", word[0], re.IGNORECASE):
        return False
    ahead = text[max(0, start - 90 - 60) : max(0, start - 90) + word.start()]
    ahead = re.split(r"[.!?;\n]\s", ahead)[-1]
    if word[0].lower().startswith("naiss") and _OTHER_BIRTH.search(ahead) and not _DATE_AND_PLACE.search(ahead):
        return False
    if re.match(r"\s*pr[ée]vue?|\s*attendue?", between, re.IGNORECASE):
        return False
    return not (word[0].lower().startswith("n") and _NOT_OF_A_PERSON.search(ahead[-45:]))


def _of_a_person(text: str, start: int, date: str) -> bool:
    """Whether a date of long ago stands right after a name or a relative: « Amandine Collet, 02/02/1991 »."""
    year = _LONG_AGO.search(date)
    before = _AFTER_WHOM.search(text, max(0, start - 45), start)
    if year is None or before is None:
        return False
    return before["kin"] is not None or any(is_first_name(word) for word in before["name"].split())


_LOCAL = r"(?<![\w.+%@-])(?P<local>\w(?:[\w.+%&'’-]{0,62}[\w+-])?)"
_LABEL = r"\w(?:[\w-]{0,62}\w)?"
_DOMAIN = (
    rf"(?P<domain>{_LABEL}(?:\.{_LABEL}){{0,4}}\.(?P<last>[^\W\d_]{{2,24}}|xn--[\w-]{{2,40}}))"
    r"(?![\w-]|\.[^\W\d_]{2,}\b(?=\S))"
)
_PLAIN = re.compile(rf"{_LOCAL}@{_DOMAIN}")
_SPACED = re.compile(rf"{_LOCAL}(?:[ \t]{{1,2}}@[ \t]{{0,2}}|@[ \t]{{1,2}}){_DOMAIN}")
_DOT = r"(?:\.|[ \t]{0,2}[(\[{][ \t]?(?:point|dot|\.)[ \t]?[)\]}][ \t]{0,2}|[ \t]{1,2}(?:point|dot)[ \t]{1,2})"
_AT = (
    r"(?:[ \t]{0,2}[(\[{<][ \t]?(?:at|arobase|arrobase|chez|à|a|@)[ \t]?[)\]}>][ \t]{0,2}"
    r"|[ \t]{1,2}(?:arobase|arrobase|AT)[ \t]{1,2})"
)
_HIDDEN = re.compile(
    rf"(?<![\w.+%@-])(?P<local>\w[\w+-]{{0,62}}(?:{_DOT}\w[\w+-]{{0,62}}){{0,4}}){_AT}"
    rf"\w[\w-]{{0,62}}(?:{_DOT}\w[\w-]{{0,62}}){{0,3}}{_DOT}(?P<last>[^\W\d_]{{2,12}})(?![\w-])"
)
_ELISION = re.compile(r"(?:[cdjlmnst]|qu)['’](?=\w)", re.IGNORECASE)
_WORD_BETWEEN = re.compile(r"[(\[{<][ \t]?(?:a|à|chez)[ \t]?[)\]}>]")
_NEXT_SENTENCE = re.compile(r"(?<=[a-z]{2})\.[A-ZÀ-Ý][a-zà-ÿ]*$")
_FILES = frozenset(listed("file_names"))


def find_emails(text: str) -> Iterator[Span]:
    """E-mail addresses; names of files with an @ (`photo@2x.png`) are none."""
    if "@" in text:
        yield from _of(_PLAIN, text)
        yield from (
            span for span in _of(_SPACED, text) if re.search(r"[\d._]", text[span[0] : span[1]].partition("@")[0])
        )
    if re.search(r"(?i:arr?obase)|[(\[{<][ \t]?(?:at|AT|chez|à|a|@)[ \t]?[)\]}>]|[ \t]AT[ \t]", text):
        yield from _of(_HIDDEN, text)


def _of(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    """Where a pattern of addresses is met, without an article elided before it."""
    for match in pattern.finditer(text):
        if match["last"].lower() in _FILES:
            continue
        if match.re is _HIDDEN and _WORD_BETWEEN.search(match[0]) and not re.search(r"[\d._]", match["local"]):
            continue
        elided = _ELISION.match(match["local"])
        yield match.start("local") + (elided.end() if elided else 0), _end(match)


def _end(match: re.Match[str]) -> int:
    """Where an address ends: a sentence that begins right after its full stop is no part of it."""
    found = _NEXT_SENTENCE.search(match[0])
    return match.start() + found.start() if found else match.end()


# ruff: noqa: ARG002 (the signatures are those of Presidio's classes)


LANGUAGE = "fr"
PATTERNS: dict[Entity, Callable[[str], Iterator[Span]]] = {
    "EMAIL": find_emails,
    "IBAN": find_iban,
    "NIR": find_nir,
    "FT_ID": find_ft_id,
    "PHONE": find_phones,
    "DATE_OF_BIRTH": find_births,
    "ADDRESS": find_addresses,
    "HEALTH": find_health,
}
"""What is found without the model."""


class Name(NamedTuple):
    """A name in a text, as an entity of the artifacts that Presidio hands to recognisers."""

    start_char: int
    end_char: int
    label_: str


class FrenchNames(NlpEngine):
    """The NLP engine of the analyser: rules name people first, the model reads only lines where they leave a doubt."""

    def load(self) -> None:
        """Loads the model: the installed package, never a download."""
        french()

    def is_loaded(self) -> bool:
        """Whether it is ready: the model itself comes with the first line that needs it."""
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """The names in a text."""
        return next(self.process_batch([text], language))[1]

    def process_batch(
        self,
        texts: Iterable[str],
        language: str,
        batch_size: int = 128,
        n_process: int = 1,
        as_tuples: bool = False,
        **_: Any,
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        """The names in each text; all lines that the model has to read go through it in one stream."""
        held = list(texts)
        known = [[*find_titled(text), *find_listed(text)] for text in held]
        asked = [list(_doubtful(text, spans)) for text, spans in zip(held, known, strict=True)]
        lines = [text[start:end] for text, wanted in zip(held, asked, strict=True) for start, end in wanted]
        read = french().pipe(lines, batch_size=batch_size, n_process=n_process) if lines else iter(())
        for text, spans, wanted in zip(held, known, asked, strict=True):
            told = [
                (start + entity.start_char, start + entity.end_char)
                for start, _end in wanted
                for entity in next(read).ents
                if entity.label_ == "PER"
            ]
            found = [*spans, *confirm(text, told)]
            yield text, self._artifacts([*found, *repeated(text, found)], language)

    def _artifacts(self, spans: Iterable[Span], language: str) -> NlpArtifacts:
        names: list[Any] = [Name(start, end, "PERSON") for start, end in spans]
        nothing: list[Any] = []
        return NlpArtifacts(names, nothing, [], [], None, language)  # type: ignore[arg-type]

    def is_stopword(self, word: str, language: str) -> bool:
        """Whether a word is a stop word: no recogniser asks."""
        return french().vocab[word].is_stop

    def is_punct(self, word: str, language: str) -> bool:
        """Whether a word is punctuation: no recogniser asks."""
        return french().vocab[word].is_punct

    def get_supported_entities(self) -> list[str]:
        """What it finds."""
        return ["PERSON"]

    def get_supported_languages(self) -> list[str]:
        """The language that it reads."""
        return [LANGUAGE]


class PatternFinder(EntityRecognizer):
    """A recogniser of one kind that needs no model."""

    def __init__(self, entity: Entity) -> None:
        self._find = PATTERNS[entity]
        super().__init__(supported_entities=[entity], supported_language=LANGUAGE, name=f"French {entity}")

    def load(self) -> None:
        """Nothing to load."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts) -> list[RecognizerResult]:
        """Where that kind stands in a text."""
        (entity,) = self.supported_entities
        return [RecognizerResult(entity, start, end, 1.0) for start, end in self._find(text)]


class NameFinder(EntityRecognizer):
    """The recogniser of people: the names that the engine found."""

    def __init__(self) -> None:
        super().__init__(supported_entities=["PERSON"], supported_language=LANGUAGE, name="French PERSON")

    def load(self) -> None:
        """Nothing to load."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts) -> list[RecognizerResult]:
        """Where people are named in a text."""
        return [RecognizerResult("PERSON", each.start_char, each.end_char, 1.0) for each in nlp_artifacts.entities]


class NoEnhancer(ContextAwareEnhancer):
    """Leaves scores as they are: each recogniser reads the words around by itself."""

    def __init__(self) -> None:
        super().__init__(0.0, 0.0, 0, 0)

    def enhance_using_context(
        self,
        text: str,
        raw_results: list[RecognizerResult],
        nlp_artifacts: NlpArtifacts,
        recognizers: list[EntityRecognizer],
        context: list[str] | None = None,
    ) -> list[RecognizerResult]:
        """The results as they are."""
        return raw_results


@cache
def analyser() -> AnalyzerEngine:
    """Presidio's analyser with the French recognisers and no others."""
    finders = [NameFinder(), *(PatternFinder(entity) for entity in PATTERNS)]
    return AnalyzerEngine(
        registry=RecognizerRegistry(recognizers=finders, supported_languages=[LANGUAGE]),
        nlp_engine=FrenchNames(),
        supported_languages=[LANGUAGE],
        context_aware_enhancer=NoEnhancer(),
    )


def nothing_read() -> NlpArtifacts:
    """The artifacts of a text that no model reads: for kinds that patterns find."""
    return NlpArtifacts([], [], [], [], None, LANGUAGE)  # type: ignore[arg-type]


def _doubtful(text: str, known: list[Span]) -> Iterator[Span]:
    """The lines where words with capitals may be a name that no rule found: the model reads no others."""
    places = list(unsure(text, known))
    at = 0
    for line in re.finditer(r"[^\n]+", text):
        while at < len(places) and places[at][0] < line.start():
            at += 1
        if at < len(places) and places[at][0] < line.end():
            yield line.span()
