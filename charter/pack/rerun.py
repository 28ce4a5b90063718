"""Recomputing the audits of an evidence pack with the product itself, in a temporary workspace made of the pack.

Of a restricted pack every figure and verdict is computed again, of an open one its verdicts from its figures; verdicts
that rest on what people stated are left out. Nothing of a pack is executed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from boussole.audits import evidence, private_files
from boussole.audits.declaration import declared
from boussole.audits.distribution import NAME
from boussole.audits.errors import BoussoleError, NoLakeError
from boussole.audits.runs import code_hash
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.differences import RerunDifference, differences
from boussole.charter.auditing.rerun import Basis, computed, judged_with, stood
from boussole.charter.document import AuditDocument, VerdictDocument
from boussole.charter.document.measures import MeasureDocument
from boussole.charter.judging.verdicts import judge
from boussole.charter.pack.verifier.files import source_of
from boussole.charter.pack.verifier.pack import Pack
from boussole.charter.records import save_audit, stored_audits
from boussole.charter.records.in_force import kept_charter, read_charter
from boussole.charter.text.model import Charter, Indicator


@dataclass(frozen=True, kw_only=True)
class PackedRerun:
    """What recomputing one audit of a pack found."""

    name: str
    figures: int
    """Figures that were recomputed from the evidence."""
    stated: int
    """Figures that were not, and that verdicts were judged by as they are stated."""
    verdicts: int
    left: int
    """Verdicts that were not judged again, as they may rest on what people stated, which a pack does not hold."""
    differences: tuple[RerunDifference, ...]


def rerun_pack(place: Path) -> Iterator[PackedRerun]:
    """Recomputes each audit of a pack that the verifier found to hold.

    Raises BoussoleError where other code than this made one of them: the error says how to get the code that did.
    """
    with source_of(place) as source, tempfile.TemporaryDirectory(prefix="boussole-pack-") as folder:
        pack = Pack(source)
        documents = [AuditDocument.of(pack.json(name)) for name in pack.audits().values()]
        _check_code(pack, documents)
        workspace = Workspace.create(Path(folder) / "workspace")
        for name in (name for kind in ("systems", "rows") for name in pack.names(kind) if not name.endswith(".csv")):
            private_files.write(workspace.unsealed / Path(name).name, pack.bytes(name))
        for document in documents:
            digest = document.charter.sha256
            save_audit(workspace, document, charter=read_charter(pack.json(f"charters/{digest}.json"), digest))
        for stored in stored_audits(workspace):
            yield _rerun(workspace, stored.document(), restricted=pack.restricted)


def _check_code(pack: Pack, documents: list[AuditDocument]) -> None:
    """Refuses figures that other code made: a difference could come from that alone."""
    other = {each.code for each in documents} - {f"sha256:{code_hash()}"}
    if not other:
        return
    code = pack.json("code.json")
    if other != {f"sha256:{code['sha256']}"}:
        raise BoussoleError(
            "audits of this pack were made by code that is neither installed nor listed in the pack "
            f"({', '.join(sorted(other))}), so they cannot be recomputed.",
            next_step="Ask whoever made the pack for one of each version that made its audits.",
        )
    version = code["version"]
    raise BoussoleError(
        f"the audits of this pack were made by the code of version {version} ({code['sha256'][:12]}…), which is not "
        "the installed one.",
        next_step="Recompute them in an environment pinned to it, from the folder of the pack: uv run --isolated "
        f"--no-project --with-requirements requirements.lock --with '{NAME}=={version}' boussole verify . --rerun",
    )


def _rerun(workspace: Workspace, document: AuditDocument, *, restricted: bool) -> PackedRerun:
    system = declared(workspace.evidence, (document.evidence.system or "").removeprefix("sha256:"))
    by = judged_with(workspace, document, kept_charter(workspace, document.charter.sha256))
    again, several = document, False
    if restricted:
        read = evidence.load(workspace.evidence, document.evidence.cubes.removeprefix("sha256:"))
        stands = stood(system, document)
        try:
            again = computed(workspace, document, system, by, read=read, stands=stands)
            several = document.accumulated is not None
        except NoLakeError:  # names of groups that are set apart are known to the lake alone
            alone = computed(workspace, document.changed(accumulated=None), system, by, read=read, stands=stands)
            again = alone.changed(measures=_completed(alone, document), accumulated=document.accumulated)
    if not several:
        again = again.changed(verdicts=_judged(again, system, by))
    charter = by[0].charter
    stated = tuple(each for each in document.verdicts if not _on_records(each, charter))
    left = {(each.article, each.indicator) for each in document.verdicts} - {
        (each.article, each.indicator) for each in stated
    }
    ours = document.changed(verdicts=stated, articles=())
    theirs = again.changed(
        verdicts=tuple(each for each in again.verdicts if (each.article, each.indicator) not in left),
        articles=(),
        charter=document.charter,
    )
    return PackedRerun(
        name=f"{document.system} {document.window.start}/{document.window.end}",
        figures=len(document.measures) * restricted + _together(document) * several,
        stated=len(document.measures) * (not restricted) + _together(document) * (not several),
        verdicts=len(stated),
        left=len(document.verdicts) - len(stated),
        differences=tuple(differences(ours, theirs, texts=True)),
    )


def _judged(document: AuditDocument, system: System, by: Basis) -> tuple[VerdictDocument, ...]:
    verdicts = judge(
        by[0].charter,
        system,
        document.measures,
        window_start=document.window.start,
        window_end=document.window.end,
        facts=by[1],
        left_out=document.left_out,
        versions=document.versions or (),
        together=document.accumulated.figures if document.accumulated else (),
    )
    return tuple(verdicts)


def _completed(alone: AuditDocument, document: AuditDocument) -> tuple[MeasureDocument, ...]:
    known = {each.id for each in alone.measures}
    earlier = {each.id for each in document.accumulated.measures} if document.accumulated else set()
    return (*alone.measures, *(each for each in document.measures if each.id in earlier - known))


def _together(document: AuditDocument) -> int:
    return len(document.accumulated.figures) if document.accumulated else 0


def _on_records(verdict: VerdictDocument, charter: Charter) -> bool:
    """Whether a verdict may rest on what people stated, itself or by the question that a breach of it needs."""
    way = next(each for each in charter.ways if each.id == verdict.template)
    indicators = (each for article in charter.articles for each in article.indicators)
    needed = [other for each in indicators if each.id == way.breach_with for other in each.ways]
    adopted = verdict.threshold is not None and verdict.threshold.proven_on is not None
    return adopted or verdict.rests_on_statements or any(_counts_records(each) for each in (way, *needed))


def _counts_records(way: Indicator) -> bool:
    return way.records is not None or way.threshold.tolerance is not None or way.evidence == "attested"
