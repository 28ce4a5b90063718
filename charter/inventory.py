"""The register as one document for an auditor: uses, their verdicts by article and question, threshold history.

It holds what pages show and nothing else: verdicts and their reasons, no measure and no count of a group.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from audits.workspace import Workspace
from charter.coverage import Use, coverage
from charter.loading import load_charter
from charter.model import Charter
from charter.records.database import reading
from charter.records.models import CharterVersion
from charter.register import register_of

SCHEMA = "boussole.register/1"
Document = dict[str, Any]
LEVELS = ("watch", "breach", "tolerance", "status", "since", "source")


def inventory(workspace: Workspace, *, today: dt.date) -> Document:
    """The register of a workspace, ready for JSON; dates are ISO, money is in euros, what is not known is null."""
    charter, uses = load_charter(workspace), register_of(workspace, today=today)
    found = coverage(charter, uses)
    return {
        "schema": SCHEMA,
        "organisation": workspace.settings.organisation,
        "on": today.isoformat(),
        "charter": {"id": charter.id, "version": charter.version, "sha256": charter.sha256},
        "coverage": {
            "uses": found.uses,
            "on_trial_or_in_service": found.live,
            "examined": list(found.whole),
            "partly_examined": list(found.part),
            "not_examined": list(found.none),
            "articles_never_evidenced": list(found.never_evidenced),
            "high_risk_in_service_not_examined": list(found.overlooked),
        },
        "uses": [_use(charter, use) for use in uses],
        "thresholds": thresholds(charter, _versions(workspace)),
    }


def _use(charter: Charter, use: Use) -> Document:
    system = use.system
    kept = (
        "id",
        "kind",
        "title",
        "purpose",
        "owner",
        "contact",
        "status",
        "risk",
        "risk_reason",
        "provider",
        "hosting",
    )
    more = ("people_affected", "dates", "impact_assessment", "fria", "costs", "gains")
    written = system.model_dump(mode="json", include={*kept, *more})
    window = use.audit["window"] if use.audit else None
    return {
        **{key: written[key] for key in (*kept, *more)},
        "examined": use.examined,
        "questions_asked": use.asked,
        "questions_looked_at": use.looked_at,
        "audited_from": window["start"][:10] if window else None,
        "audited_to": window["end"][:10] if window else None,
        "ledger_entry": use.audit["evidence"]["entry"] if use.audit else None,
        "articles": [{"article": a.id, "verdict": use.articles[a.id]} for a in charter.articles],
        "questions": [_question(verdict) for verdict in use.verdicts],
    }


def _question(verdict: Mapping[str, Any]) -> Document:
    """One question; documents of an earlier Boussole may lack a key."""
    copied = ("article", "indicator", "number", "evidence", "verdict", "reason", "question", "sentence")
    levels = verdict["threshold"] or {}
    return {**{key: verdict.get(key) for key in copied}, "threshold": {key: levels.get(key) for key in LEVELS}}


def thresholds(charter: Charter, versions: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Document]:
    """The threshold of every question in every charter version that judged, oldest first, then as it is now.

    `versions` are moments of first use and charter documents; only changes are told.
    """
    told: list[Document] = []
    last: dict[str, Document] = {}
    for moment, document in [*versions, (None, charter.document())]:
        for indicator in _indicators(document):
            levels = {key: indicator["threshold"].get(key) for key in LEVELS}
            if last.get(indicator["id"]) != levels:
                last[indicator["id"]] = levels
                told.append(
                    {
                        "indicator": indicator["id"],
                        "number": indicator["number"],
                        "charter_version": document["version"],
                        "first_used_at": moment,
                        **levels,
                    }
                )
    return sorted(told, key=lambda row: [int(part) for part in row["number"].rstrip("abcdefgh").split(".")])


def _indicators(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for article in document["articles"]:
        yield from article["indicators"]


def _versions(workspace: Workspace) -> list[tuple[str, Mapping[str, Any]]]:
    """The charters that judged an audit, in the order of their first use; those kept whole only."""
    query = select(CharterVersion.first_used_at, CharterVersion.document).order_by(CharterVersion.entry)
    with reading(workspace) as connection:
        if connection is None:
            return []
        return [(row.first_used_at, json.loads(row.document)) for row in connection.execute(query) if row.document]
