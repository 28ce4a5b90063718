"""A test with pairs, recorded: what the texts differ in is sealed, their measures are kept, and no text is."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from boussole.audits import private_files
from boussole.audits.hashing import canonical_json
from boussole.audits.texts.pairs.files import hash_of
from boussole.audits.texts.pairs.measures import Measure
from boussole.audits.texts.pairs.pairing import differences, measured_texts
from boussole.audits.texts.pairs.prompts import Prompt
from boussole.audits.workspace import Workspace
from boussole.charter.record_types.paired import PairedMeasure, PairedTexts
from boussole.charter.records import SealedStatement, seal
from boussole.charter.records.documents.files import keep_file

SCHEMA = "boussole.pairs/1"
FILE = "measures.json"


def record_pairs(
    workspace: Workspace,
    prompts: Sequence[Prompt],
    texts: Mapping[str, str],
    *,
    system: str,
    model: str,
    role: str,
    on: dt.date,
    signed_in: bool = False,
) -> SealedStatement:
    """Measures the texts of requests and seals what they differ in; the same test is sealed once.

    Raises BoussoleError where a request has no text or no other side, and as `seal` does.
    """
    found = measured_texts(prompts, texts)
    told = differences(prompts, found)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        private_files.write(path, canonical_json(_document(prompts, found)))
        document = keep_file(workspace, path)
    statement = PairedTexts(
        role=role,
        on=on,
        signed_in=signed_in,
        system=system,
        document=document,
        prompts=hash_of(prompts),
        model=model,
        texts=len(found),
        measured=[
            PairedMeasure(cue=each.cue, measure=each.measure, pairs=each.pairs, changes=list(each.changes))
            for each in told
        ],
    )
    return seal(workspace, statement)


def _document(prompts: Sequence[Prompt], found: Mapping[str, Mapping[Measure, int]]) -> dict[str, object]:
    """The measures of every text, with what says whose other side it is: no request, no value, no text."""
    rows = [
        {
            "cue": each.cue,
            "cluster": each.cluster,
            "request": each.request,
            "side": each.side,
            "measures": dict(found[each.id]),
        }
        for each in prompts
    ]
    return {"schema": SCHEMA, "prompts": hash_of(prompts), "texts": rows}
