"""Personal data in French texts, beside plain Presidio with the same French model: texts a second and core."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from boussole.audits.texts.personal.detector import find_all
from boussole.audits.texts.personal.findings import ENTITIES

SET = Path(__file__).parent.parent / "tests" / "data" / "texts" / "personal_dev.jsonl"
PLAIN = ("EMAIL_ADDRESS", "IBAN_CODE", "PHONE_NUMBER", "PERSON")


TEXTS = 3_000


def main() -> None:
    """Prints how many texts each reads in a second of one processor."""
    logging.disable(logging.CRITICAL)  # plain Presidio tells at length that it was refused a network
    held = [json.loads(line)["text"] for line in SET.read_text(encoding="utf-8").splitlines()]
    texts = [f"{at}. {held[at % len(held)]}" for at in range(TEXTS)]
    told = {
        "all": _each_second(texts, find_all),
        "without_names": _each_second(
            texts, lambda every: find_all(every, entities=[each for each in ENTITIES if each != "PERSON"])
        ),
        "plain": _each_second(texts, _plain()),
    }
    print(json.dumps(told))


def _each_second(texts: list[str], read: Callable[[Iterable[str]], Iterable[object]]) -> float:
    """Reads a few first, so that models are loaded, then all."""
    list(read(texts[:20]))
    started = time.process_time()
    list(read(texts))
    return len(texts) / (time.process_time() - started)


def _plain() -> Callable[[Iterable[str]], Iterable[object]]:
    """Presidio as it comes, set to French."""
    from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NlpEngineProvider
    from presidio_analyzer.predefined_recognizers import (
        EmailRecognizer,
        IbanRecognizer,
        PhoneRecognizer,
        SpacyRecognizer,
    )

    models = [{"lang_code": "fr", "model_name": "fr_core_news_md"}]
    engine = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models}).create_engine()
    kinds = (EmailRecognizer, IbanRecognizer, PhoneRecognizer, SpacyRecognizer)
    registry = RecognizerRegistry([kind(supported_language="fr") for kind in kinds], supported_languages=["fr"])
    analyser = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["fr"])
    batches = BatchAnalyzerEngine(analyzer_engine=analyser)
    return lambda texts: batches.analyze_iterator(list(texts), language="fr", batch_size=128, entities=list(PLAIN))


if __name__ == "__main__":
    main()
