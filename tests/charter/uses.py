"""Uses of a register made by hand, with their verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from audits.systems import System
from charter.coverage import Use
from charter.model import Charter
from charter.verdicts import summarise


def use_of(charter: Charter, system: System, verdicts: Sequence[Mapping[str, Any]], audit: Any = None) -> Use:
    articles = {summary["article"]: summary["verdict"] for summary in summarise(charter, verdicts)}
    return Use(system=system, verdicts=verdicts, articles=articles, audit=audit)
