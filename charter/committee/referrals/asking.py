"""A question about a figure: which one is meant, held to what there is."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.workspace import Workspace
from boussole.charter.record_types.acts import Reference
from boussole.charter.records.in_force import in_force
from boussole.charter.records.store.summaries import summaries_at


def figure_of(
    workspace: Workspace,
    *,
    system: str | None,
    audit: int | None = None,
    indicator: str | None = None,
    measure: str | None = None,
    group: Sequence[str] = (),
) -> Reference | None:
    """The figure that a question is about; None where no system is named. `group`: `ATTRIBUTE=VALUE`, each.

    Raises BoussoleError for an audit, question or attribute that there is not.
    """
    if system is None:
        if audit is not None or indicator or measure or group:
            raise BoussoleError("a figure is one of a system.", next_step="Name the system too.")
        return None
    if audit is not None:
        known_audit(workspace, audit, system)
    if indicator is not None:
        known = [each.id for article in in_force(workspace).charter.articles for each in article.indicators]
        if indicator not in known:
            raise BoussoleError(f"the charter has no question '{indicator}'. {nearest(indicator, known)}")
    named = dict(_pair(workspace, system, each) for each in group)
    return Reference(system=system, audit=audit, indicator=indicator, measure=measure, group=named)


def known_audit(workspace: Workspace, audit: int, system: str) -> None:
    """Raises BoussoleError where an entry is no audit of a system."""
    found = summaries_at(workspace, [audit]).get(audit)
    if found is None or found.system != system:
        raise BoussoleError(
            f"entry {audit} is no audit of '{system}'.", next_step="Look it up on the page of the system."
        )


def _pair(workspace: Workspace, system: str, text: str) -> tuple[str, str]:
    attribute, equals, value = text.partition("=")
    known = workspace.system(system).groups
    if not equals or attribute not in known:
        raise BoussoleError(
            f"'{text}' is no group of '{system}'. {nearest(attribute, known) if known else ''}".rstrip(),
            next_step="Write ATTRIBUTE=VALUE.",
        )
    return attribute, value
