"""A system that keeps what it writes for thirty days, and readers of texts that take no seconds to start."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from boussole.audits.decisions import ingest
from boussole.audits.texts import reading
from boussole.audits.texts.personal import examples as redaction
from boussole.audits.workspace import Workspace

WRITER = """
id: writer
kind: generation
title: {fr: Plume, en: Quill}
purpose: {fr: "Écrit.", en: "Writes."}
owner: Direction
status: pilot
risk: limited
risk_reason: x
generations:
  {id: id, at: at, input: asked, output: draft, use: task,
   texts: {adverts: [advert], personal: [NIR], retain_days: 30}}
"""
AGE, NAMED, PLAIN = "moins de 30 ans", "Zibeline", "Nous recherchons une personne pour ce poste à pourvoir."
UNLAWFUL = f"Bonjour {NAMED}, nous recherchons une personne de {AGE} pour ce poste à pourvoir."
ASKED = "Écrivez à Zibeline Capucine Trencavel"


def plain_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    """An age and a number are found as texts come in; of an example the one name goes, and nothing more is found."""
    worded = reading.Remembered(lambda texts: ["age" if AGE in text else "" for text in texts])
    named = reading.Remembered(lambda texts: ["NIR" if "006 084" in text else "" for text in texts])
    monkeypatch.setattr(reading, "wording", lambda: worded)
    monkeypatch.setattr(reading, "personal", lambda _: named)
    monkeypatch.setattr(redaction, "redact", lambda text: text.replace(NAMED, "[PERSON]"))
    monkeypatch.setattr(redaction, "find", lambda _: [])
    monkeypatch.setattr(redaction, "without_strange_words", lambda text: text)


def made(home: Path, *texts: tuple[str, dt.date], system: str = WRITER) -> Workspace:
    """A workspace with these texts, each of a day."""
    workspace = Workspace.create(home)
    (home / "systems" / "writer.yaml").write_text(system, encoding="utf-8")
    rows = [
        {"id": f"g{n}", "at": f"{day}T09:00:00", "asked": ASKED, "draft": text, "task": "advert"}
        for n, (text, day) in enumerate(texts)
    ]
    path = home.parent / "texts.parquet"
    pd.DataFrame(rows).to_parquet(path)
    ingest(workspace, workspace.system("writer"), path, log="generations")
    path.unlink()
    return Workspace(home)
