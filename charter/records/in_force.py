"""Which charter judges: the version that the committee adopted last; until one is adopted, the text as it stands."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boussole.audits.errors import CharterError
from boussole.audits.hashing import sha256_hex
from boussole.audits.workspace import Workspace
from boussole.charter.record_types.kinds import Adoption, KeptFile
from boussole.charter.records import (
    SealedStatement,
    charter_text,
    kept_charters,
    open_records,
    register_charter,
    seal,
    statements,
)
from boussole.charter.records.documents.files import keep_file
from boussole.charter.records.facts import facts_of
from boussole.charter.text.loading import load_charter
from boussole.charter.text.model import Charter, Indicator


@dataclass(frozen=True, kw_only=True)
class AdoptionAct:
    """An adoption: its entry, the day of the act, the day it was sealed, and by whom, with which document."""

    entry: int
    on: dt.date
    sealed_on: dt.date
    role: str
    document: str
    sha256: str

    @property
    def proven_on(self) -> dt.date:
        """The day from which the ledger proves the adoption."""
        return max(self.on, self.sealed_on)


@dataclass(frozen=True, kw_only=True)
class CharterInUse:
    """A version of the charter that was used or adopted, and its adoptions."""

    sha256: str
    version: str
    entry: int
    first_used_on: dt.date
    acts: Sequence[AdoptionAct] = ()


@dataclass(frozen=True, kw_only=True)
class InForce:
    """The charter that judges, its adoption (`act`), and since when questions have their levels (`adopted`)."""

    charter: Charter
    act: AdoptionAct | None = None
    adopted: Mapping[str, dt.date] = field(default_factory=dict)


def in_force(workspace: Workspace | None) -> InForce:
    """The version adopted last, as it was sealed; else the workspace's text, else the packaged one.

    Raises CharterError when the text has a fault, or a sealed one cannot be read.
    """
    acts = adoptions(workspace) if workspace else []
    if workspace is None or not acts:
        return InForce(charter=load_charter(workspace))
    charter = kept_charter(workspace, acts[-1].sha256)
    return InForce(charter=charter, act=acts[-1], adopted=_adopted(workspace, charter, acts))


def judging_then(workspace: Workspace, charter: Charter, *, before: int) -> InForce:
    """A version as it judged before an entry of the ledger: with the adoption that had put it in force, if any."""
    acts = [act for act in adoptions(workspace) if act.entry < before]
    while acts and acts[-1].sha256 != charter.sha256:
        acts.pop()
    if not acts:
        return InForce(charter=charter)
    return InForce(charter=charter, act=acts[-1], adopted=_adopted(workspace, charter, acts))


def draft(workspace: Workspace) -> Charter | None:
    """The text of the workspace, where it is not the one in force. Raises CharterError when it has a fault."""
    acts = adoptions(workspace)
    if not acts:
        return None
    text = load_charter(workspace)
    return None if text.document() == kept_charter(workspace, acts[-1].sha256).document() else text


class AdoptionRefusedError(CharterError):
    """A version that cannot be put in force, with the `reason` in a word and its `values`."""

    def __init__(self, reason: str, what: str, *, next_step: str, **values: str | dt.date | int) -> None:
        self.reason, self.values = reason, values
        super().__init__(what, next_step=next_step)


def to_adopt(workspace: Workspace) -> Charter | None:
    """The text of the workspace, where no adoption put it in force. Raises CharterError when it has a fault."""
    return draft(workspace) if adoptions(workspace) else load_charter(workspace)


def adopt(
    workspace: Workspace,
    charter: Charter,
    *,
    role: str,
    on: dt.date,
    document: Path | KeptFile,
    signed_in: bool = False,
) -> SealedStatement:
    """Put a version in force: the committee's act, with the document that says so. Earlier verdicts stay as they are.

    Raises AdoptionRefusedError when it is in force already, bears the number of another adopted text, is said to be
    adopted before the version in force was or on a day to come, or lacks an article that an open finding caps.
    """
    open_records(workspace)
    acts = adoptions(workspace)
    adopted = {version.sha256: version.version for version in versions(workspace) if version.acts}
    if acts and acts[-1].sha256 == charter.sha256:
        raise AdoptionRefusedError(
            "in_force",
            "this text is already in force.",
            next_step="Change it first, and raise its version number.",
        )
    if charter.version in [number for sha256, number in adopted.items() if sha256 != charter.sha256]:
        raise AdoptionRefusedError(
            "number",
            f"another text was adopted as version {charter.version}.",
            next_step="Raise `version` in charter.yaml.",
            version=charter.version,
        )
    if acts and on < acts[-1].on:
        raise AdoptionRefusedError(
            "order",
            f"the version in force was adopted on {acts[-1].on}, after {on}.",
            next_step="Give the day of this adoption.",
            date=acts[-1].on,
        )
    if on > dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1):
        raise AdoptionRefusedError(
            "to_come", f"{on} has not come yet.", next_step="Give the day on which it was adopted.", date=on
        )
    _findings_kept(workspace, charter)
    kept = document if isinstance(document, KeptFile) else keep_file(workspace, document)
    with open_records(workspace).begin() as connection:
        register_charter(connection, charter)
    said = Adoption(
        role=role, on=on, signed_in=signed_in, charter=charter.sha256, version=charter.version, document=kept
    )
    return seal(workspace, said)


def _findings_kept(workspace: Workspace, charter: Charter) -> None:
    articles = {article.id for article in charter.articles}
    for entry, finding in facts_of(workspace, as_of=dt.date.max).open_findings():
        if lost := sorted(set(finding.articles) - articles):
            raise AdoptionRefusedError(
                "finding",
                f"the open finding of entry {entry} ({finding.authority}) caps the article '{lost[0]}', which this "
                "text does not have.",
                next_step="Enter it for the new article with `boussole record finding`, then withdraw the old record.",
                entry=entry,
                article=lost[0],
            )


def adoptions(workspace: Workspace) -> list[AdoptionAct]:
    """All adoptions, in the order they were sealed."""
    sealed = statements(workspace, kinds=["adoption"])
    return [_act(each, each.statement) for each in sealed if isinstance(each.statement, Adoption)]


def versions(workspace: Workspace) -> list[CharterInUse]:
    """All versions that were used or adopted, in that order."""
    acts = adoptions(workspace)
    return [
        CharterInUse(
            sha256=row.sha256,
            version=row.version,
            entry=row.entry,
            first_used_on=dt.date.fromisoformat(row.first_used_at[:10]),
            acts=tuple(act for act in acts if act.sha256 == row.sha256),
        )
        for row in kept_charters(workspace)
    ]


class NotKeptError(CharterError):
    """A version of which only the hash was ever stored; every other CharterError says that its text cannot be used."""


def kept_charter(workspace: Workspace, sha256: str) -> Charter:
    """A version as it was sealed, its text held to its hash.

    Raises CharterError when the text was not kept or was changed, or when this version of Boussole cannot read it.
    """
    text = charter_text(workspace, sha256)
    if text is None:
        raise NotKeptError(
            f"the text of the charter {sha256[:12]} was never stored, only its hash.",
            next_step="Give its folder, where one is asked for.",
        )
    if sha256_hex(text.encode()) != sha256:
        raise CharterError(
            f"the stored text of the charter was changed ({sha256[:12]}).", next_step="Run `boussole verify --ledger`."
        )
    return read_charter(json.loads(text), sha256)


def read_charter(document: Mapping[str, Any], sha256: str) -> Charter:
    """A charter from its JSON, with the hash it was sealed by."""
    try:
        return Charter.of_sealed(document, sha256)
    except ValueError as error:
        raise CharterError(
            f"the charter {sha256[:12]} was written by another version of Boussole.", next_step="Use that version."
        ) from error


def _act(each: SealedStatement, said: Adoption) -> AdoptionAct:
    return AdoptionAct(
        entry=each.entry,
        on=said.on,
        sealed_on=each.sealed_on,
        role=said.role,
        document=said.document.sha256,
        sha256=said.charter,
    )


def _adopted(workspace: Workspace, charter: Charter, acts: Sequence[AdoptionAct]) -> dict[str, dt.date]:
    """Since when what each question is judged by has been adopted without a break, by texts that call it adopted."""
    found: dict[str, dt.date] = {}
    still = _judged(charter)
    for act in reversed(acts):
        try:
            then = _judged(kept_charter(workspace, act.sha256))
        except CharterError:  # an old text that cannot be read proves nothing, and keeps nobody from judging today
            break
        still = {name: judged for name, judged in still.items() if then.get(name) == judged}
        found |= dict.fromkeys(still, act.proven_on)
    return found


def _judged(charter: Charter) -> dict[str, tuple[object, ...]]:
    """What decides the verdict of each question whose level the text calls adopted."""
    common = (charter.alpha, charter.looks, charter.confirm_days)
    limit = charter.left_out.limit if charter.left_out else None
    return {
        way.id: (*_decides(way), *common, *((limit,) if way.evidence == "measured" else ()))
        for way in charter.ways
        if way.threshold.status == "adopted"
    }


def _decides(indicator: Indicator) -> tuple[object, ...]:
    level = indicator.threshold
    params = tuple(sorted(indicator.params.items()))
    levels = (level.watch, level.breach, level.tolerance, level.breaks_from, level.watch_alpha)
    part = (indicator.family, indicator.weight)
    return indicator.metric, params, indicator.subject, *part, indicator.valid_months, *levels
