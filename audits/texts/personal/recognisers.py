"""French recognisers for Presidio: what keys, forms and words find, and the model of names, behind one analyser."""

# ruff: noqa: ARG002 (the signatures are those of Presidio's classes)

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry, RecognizerResult
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

from boussole.audits.texts.personal.addresses import find_addresses
from boussole.audits.texts.personal.births import find_births
from boussole.audits.texts.personal.emails import find_emails
from boussole.audits.texts.personal.findings import Entity, Span
from boussole.audits.texts.personal.health import find_health
from boussole.audits.texts.personal.model import french
from boussole.audits.texts.personal.numbers import find_ft_id, find_iban, find_nir
from boussole.audits.texts.personal.people import confirm, find_listed, find_titled, repeated, unsure
from boussole.audits.texts.personal.phones import find_phones

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
