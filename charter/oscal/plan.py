"""How a charter is examined, as an OSCAL assessment plan."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.audits.systems.model import System
from boussole.charter.judging.families import said
from boussole.charter.oscal.catalog import modified
from boussole.charter.oscal.parts import Part, metadata, properties, uuid_of
from boussole.charter.oscal.words import ACTIVITY, CONTEXT, HIDDEN, PLAN, SATISFIED_WHEN, TASK, OscalWords
from boussole.charter.text.model import Charter

EVERYTHING: Part = {"control-selections": [{"include-all": {}}]}
"""All questions of the charter."""


def plan(charter: Charter, systems: Sequence[System], *, catalog_file: str, words: OscalWords) -> Part:
    """The assessment plan of a charter: which systems, which questions, how they are examined.

    OSCAL wants a plan to import a system security plan. There is none: the import names the register of systems.
    """
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
