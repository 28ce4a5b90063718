"""A charter as an OSCAL catalogue: articles are groups, questions controls, thresholds parameters, law links."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from boussole.audits.systems.model import System
from boussole.charter.amending.plain import plainly
from boussole.charter.judging.families import said
from boussole.charter.oscal.words import ACTIVITY, CONTEXT, HIDDEN, PLAN, SATISFIED_WHEN, TASK, OscalWords
from boussole.charter.text.model import Article, Charter, Indicator

Part = dict[str, Any]
OSCAL = "1.1.3"
"""The version of the models that the documents keep to."""
NAMESPACE = "urn:boussole:oscal"
"""Of properties that OSCAL does not know."""


def uuid_of(*names: object) -> str:
    """The UUID (version 5) that stands for some names; the same names always give the same one.

    >>> uuid_of("finding", 3, "selection_rate_ratio") == uuid_of("finding", "3", "selection_rate_ratio")
    True
    """
    return str(uuid.uuid5(uuid.NAMESPACE_URL, ":".join([NAMESPACE, *map(str, names)])))


def properties(values: Mapping[str, object]) -> list[Part]:
    """Properties of our own namespace; those without a value are left out.

    >>> properties({"n": 12, "p": None})
    [{'name': 'n', 'ns': 'urn:boussole:oscal', 'value': '12'}]
    """
    return [{"name": name, "ns": NAMESPACE, "value": str(v)} for name, v in values.items() if v not in (None, "")]


def metadata(title: str, *, version: str, modified: str, lang: str, remarks: str = "") -> Part:
    """The head of a document. `modified`: a moment in UTC."""
    found: Part = {"title": title, "last-modified": modified, "version": version, "oscal-version": OSCAL}
    found["props"] = properties({"language": lang})
    return found | ({"remarks": remarks} if remarks else {})


def without_empty(part: Mapping[str, Any]) -> Part:
    """A part without its empty lists and empty parts, which OSCAL refuses."""
    return {key: value for key, value in part.items() if value not in (None, "", [], {})}


LEVELS = ("watch", "breach", "watch_alpha", "tolerance")


def catalog(charter: Charter, lang: str) -> Part:
    """The catalogue of a charter. What each threshold rests on stands beside it."""
    head = metadata(
        said(charter.title, lang),
        version=charter.version,
        modified=modified(charter),
        lang=lang,
        remarks=said(charter.notice, lang),
    )
    head["props"] += properties({"charter": charter.id, "sha256": charter.sha256, "adopted": charter.adopted_on})
    return {
        "catalog": without_empty(
            {
                "uuid": uuid_of("catalog", charter.sha256, lang),
                "metadata": head,
                "groups": [_group(article, charter, lang) for article in charter.articles],
                "back-matter": {"resources": [_law(name, charter, lang) for name in sorted(charter.laws)]}
                if charter.laws
                else None,
            }
        )
    }


def modified(charter: Charter) -> str:
    """The day of the newest text or threshold of a charter: it changes with the content, not with the export."""
    days = [article.text.date for article in charter.articles]
    days += [indicator.threshold.since for indicator in charter.ways]
    return f"{max(days):%Y-%m-%d}T00:00:00+00:00"


def objective(indicator_id: str) -> str:
    """The id of what a finding is about: the objective of a question."""
    return f"{indicator_id}_objective"


def _group(article: Article, charter: Charter, lang: str) -> Part:
    why = f"{said(article.why.person, lang)} {said(article.why.agent, lang)}"
    return {
        "id": article.id,
        "class": "article",
        "title": said(article.title, lang),
        "props": properties({"wording": article.text.status, "source": article.text.source}),
        "parts": [
            {"id": f"{article.id}_commitment", "name": "overview", "prose": said(article.commitment, lang)},
            {"id": f"{article.id}_why", "name": "instruction", "prose": why},
        ],
        "controls": [_control(article, indicator, charter, lang) for indicator in article.ways],
    }


def _control(article: Article, indicator: Indicator, charter: Charter, lang: str) -> Part:
    question = plainly(indicator.question, lang)
    parts = {
        "statement": question,
        "assessment-objective": said(indicator.computed, lang),
        "guidance": said(indicator.broken_if, lang),
    }
    ids = {"statement": f"{indicator.id}_statement", "assessment-objective": objective(indicator.id)}
    return without_empty(
        {
            "id": indicator.id,
            "class": indicator.evidence,
            "title": question,
            "params": _params(indicator, lang),
            "props": [
                {"name": "label", "value": indicator.number},
                *properties({"metric": indicator.metric, "family": indicator.family, "asked": indicator.frequency}),
                *properties({"article": article.id, "kinds": " ".join(indicator.kinds)}),
            ],
            "links": [{"href": f"#{_uuid(charter, law)}", "rel": "reference"} for law in indicator.law]
            + [{"href": f"#{other}", "rel": "related"} for other in indicator.related],
            "parts": [
                {"id": ids.get(name, f"{indicator.id}_{name}"), "name": name, "prose": prose}
                for name, prose in parts.items()
            ],
        }
    )


def _params(indicator: Indicator, lang: str) -> list[Part]:
    threshold = indicator.threshold
    why = [{"prose": said(threshold.justification, lang)}] if threshold.justification else []
    return [
        without_empty(
            {
                "id": f"{indicator.id}_{level}",
                "label": level,
                "values": [str(value)],
                "guidelines": why,
                "props": properties({"status": threshold.status, "since": threshold.since, "source": threshold.source}),
            }
        )
        for level in LEVELS
        if (value := getattr(threshold, level)) is not None
    ]


def _law(name: str, charter: Charter, lang: str) -> Part:
    law = charter.laws[name]
    framework = charter.frameworks.get(law.framework or "")
    told = properties(
        {
            "in-force": law.in_force,
            "until": law.until,
            "to-check": "true" if law.to_check else None,
            "framework": said(framework.title, lang) if framework else None,
        }
    )
    return without_empty(
        {
            "uuid": _uuid(charter, name),
            "title": said(law.title, lang),
            "description": said(law.asks, lang) if law.asks else None,
            "props": told,
            "citation": {"text": law.source},
            "remarks": said(law.note, lang) if law.note else None,
        }
    )


def _uuid(charter: Charter, law: str) -> str:
    return uuid_of("law", charter.sha256, law)


EVERYTHING: Part = {"control-selections": [{"include-all": {}}]}
"""All questions of the charter."""


def plan(charter: Charter, systems: Sequence[System], *, catalog_file: str, words: OscalWords) -> Part:
    """The assessment plan of a charter, which imports the register of systems in place of a system security plan."""
    lang, register = words.lang, uuid_of("register", charter.sha256)
    head = metadata(
        words(PLAN, title=said(charter.title, lang), version=charter.version),
        version=charter.version,
        modified=modified(charter),
        lang=lang,
        remarks=f"{words(SATISFIED_WHEN)} {words(HIDDEN)}",
    )
    activity = uuid_of("activity", charter.sha256)
    return {
        "assessment-plan": {
            "uuid": uuid_of("plan", charter.sha256, lang, *sorted(system.id for system in systems)),
            "metadata": head,
            "import-ssp": {"href": f"#{register}"},
            "local-definitions": {
                "activities": [{"uuid": activity, "title": words(ACTIVITY), "description": words(ACTIVITY)}],
                "components": [component(system, lang) for system in systems],
            },
            "reviewed-controls": EVERYTHING,
            "assessment-subjects": [{"type": "component", "include-all": {}}],
            "tasks": [_task(system, activity, words) for system in systems],
            "back-matter": {
                "resources": [
                    {"uuid": register, "title": words(CONTEXT), "description": words(CONTEXT)},
                    {
                        "uuid": uuid_of("catalog-file", charter.sha256),
                        "title": said(charter.title, lang),
                        "rlinks": [{"href": catalog_file, "media-type": "application/json"}],
                    },
                ]
            },
        }
    }


def component(system: System, lang: str) -> Part:
    """A system as a component; its owner is a role."""
    return {
        "uuid": uuid_of("system", system.id),
        "type": "software",
        "title": said(system.title, lang),
        "description": said(system.purpose, lang),
        "props": properties({"system": system.id, "kind": system.kind, "risk": system.risk, "owner": system.owner}),
        "status": {"state": STATES.get(system.status, "other")},
    }


STATES = {
    "design": "under-development",
    "pilot": "operational",
    "production": "operational",
    "retired": "disposition",
}
"""What OSCAL calls where a system stands; any other is `other`."""


def _task(system: System, activity: str, words: OscalWords) -> Part:
    return {
        "uuid": uuid_of("task", system.id),
        "type": "action",
        "title": words(TASK, system=said(system.title, words.lang), window=system.windows.audit),
        "associated-activities": [
            {"activity-uuid": activity, "subjects": [{"type": "component", "include-all": {}}]},
        ],
    }
