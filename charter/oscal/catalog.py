"""A charter as an OSCAL catalogue: articles are groups, questions controls, thresholds parameters, law links."""

from __future__ import annotations

from boussole.charter.amending.plain import plainly
from boussole.charter.judging.families import said
from boussole.charter.oscal.parts import Part, metadata, properties, uuid_of, without_empty
from boussole.charter.text.model import Article, Charter, Indicator

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
    """One parameter for each level that is set."""
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
