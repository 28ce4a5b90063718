"""The demo's test with pairs: ChatFT writes less, and more familiarly, for some names, which question 3.6 must see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from boussole.audits.texts.pairs.prompts import drawn, prompt_set
from boussole.audits.workspace import Workspace
from boussole.charter.records import SealedStatement
from boussole.dashboard.cli.pairs_recording import record_pairs
from boussole.experiments.demo.paired import recorded_texts
from boussole.experiments.demo.planted import PLANTED, PlantedEffects

SYSTEM, ROLE, MODEL = "chatft", "Référent éthique de l’IA", "chatft-1 (textes inventés)"
DAYS_BEFORE = 20


def seal_pairs(
    workspace: Workspace, *, today: dt.date, planted: PlantedEffects = PLANTED, cues: Sequence[str] = ()
) -> SealedStatement:
    """Seals the test of some cues, or of all, made some days before."""
    prompts = list(drawn(prompt_set(), cues))
    texts = recorded_texts(prompts, planted)
    on = today - dt.timedelta(days=DAYS_BEFORE)
    return record_pairs(workspace, prompts, texts, system=SYSTEM, model=MODEL, role=ROLE, on=on)
