"""The French model of names: an installed package of spaCy, of which only what finds names is loaded."""

from __future__ import annotations

import importlib
from functools import cache
from typing import TYPE_CHECKING

from boussole.audits.errors import BoussoleError

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
