"""Uses of a register made by hand, with their verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from boussole.audits.systems import System
from boussole.charter.document import AuditDocument, VerdictDocument
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.judging.coverage import Use
from boussole.charter.text.model import Charter
from tests.as_json import read, summarise
from tests.written import verdict


def use_of(charter: Charter, system: System, verdicts: Sequence[Mapping[str, Any]], audit: Any = None) -> Use:
    told = [VerdictDocument.of(verdict(**each)) for each in verdicts]
    articles = {each["article"]: Verdict(each["verdict"]) for each in summarise(charter, told)}
    return Use(
        system=system, verdicts=told, articles=articles, audit=None if audit is None else read(audit, AuditDocument)
    )
