"""Personal data found in texts, one after the other or in several processes, and texts without it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import cast

from boussole.audits.texts.personal.clean import CleanText, clean
from boussole.audits.texts.personal.findings import ENTITIES, Entity, PersonalFinding, Span, without_overlaps
from boussole.audits.texts.personal.spread import batches, spread

BATCH = 256
"""Texts that go through the model together."""
_PIECE = 20_000
_OVERLAP = 400
"""A long text is read in pieces of so many characters; what stands across a cut is whole in one of the two."""


def find(text: str, *, entities: Collection[Entity] = ENTITIES) -> list[PersonalFinding]:
    """The personal data in a text, by kind and place, in the order of the text.

    `start` and `end` count characters (code points) of the text as it was given, whatever hides in it. Kinds that
    patterns find (all but PERSON) need no model.

    Raises TextsError where the extra `texts` is not installed.

    >>> find("Écrivez à lea@exemple.fr ou au 06 12 34 56 78.", entities={"EMAIL", "PHONE"})
    [PersonalFinding(start=10, end=24, entity='EMAIL'), PersonalFinding(start=31, end=45, entity='PHONE')]
    """
    return next(find_all([text], entities=entities))


def find_all(
    texts: Iterable[str], *, entities: Collection[Entity] = ENTITIES, jobs: int = 1
) -> Iterator[list[PersonalFinding]]:
    """The personal data in each text, in their order; `jobs` processes read batches beside each other.

    Texts are read as they are asked for, so that there may be more of them than memory holds.
    """
    kinds = tuple(entity for entity in ENTITIES if entity in entities)
    for found in spread(find_batch, ((batch, kinds) for batch in batches(texts, BATCH)), jobs=jobs):
        yield from found


def find_batch(texts: list[str], entities: tuple[Entity, ...]) -> list[list[PersonalFinding]]:
    """The personal data in each text of a batch."""
    from boussole.audits.texts.personal.recognisers import LANGUAGE, analyser, nothing_read

    cleaned = [clean(text) for text in texts]
    pieces = [(at, span) for at, each in enumerate(cleaned) for span in _pieces(each.text)]
    read = [cleaned[at].text[start:end] for at, (start, end) in pieces]
    engine = analyser()
    if "PERSON" in entities:
        artifacts = (each for _, each in engine.nlp_engine.process_batch(read, LANGUAGE))
    else:
        artifacts = (nothing_read() for _ in read)
    found: list[list[PersonalFinding]] = [[] for _ in texts]
    for (at, (start, _)), text, each in zip(pieces, read, artifacts, strict=True):
        if entities:
            results = engine.analyze(text, LANGUAGE, entities=list(entities), nlp_artifacts=each)
            found[at] += (
                PersonalFinding(start + one.start, start + one.end, cast("Entity", one.entity_type)) for one in results
            )
    return [_original(each, kept) for each, kept in zip(cleaned, found, strict=True)]


def _pieces(text: str) -> Iterator[Span]:
    """A text in pieces that overlap, each short enough to be read at once."""
    start = 0
    while start == 0 or start + _OVERLAP < len(text):
        yield start, min(len(text), start + _PIECE)
        start += _PIECE - _OVERLAP


def _original(cleaned: CleanText, found: list[PersonalFinding]) -> list[PersonalFinding]:
    """Findings without overlaps, where they stand in the text as it was given."""
    return [PersonalFinding(*cleaned.original((each.start, each.end)), each.entity) for each in without_overlaps(found)]
