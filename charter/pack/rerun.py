"""Recomputing the audits of an evidence pack with the product itself, in a temporary workspace made of the pack.

Of a restricted pack every figure and verdict is computed again, of an open one its verdicts from its figures; verdicts
that rest on what people stated are left out. Nothing of a pack is executed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from boussole.audits import private_files
from boussole.audits.distribution import NAME
from boussole.audits.errors import BoussoleError, NoLakeError
from boussole.audits.runs import code_hash
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.differences import differences
from boussole.charter.auditing.rerun import Basis, Rerun, basis_of, computed
from boussole.charter.document import AuditDocument, VerdictDocument
from boussole.charter.judging.verdicts import judge
from boussole.charter.pack.verifier.files import source_of
from boussole.charter.pack.verifier.pack import Pack
from boussole.charter.records import save_audit, stored_audits
from boussole.charter.records.in_force import read_charter
from boussole.charter.records.store.audits import StoredAudit
from boussole.charter.text.model import Charter, Indicator


def rerun_pack(place: Path) -> Iterator[Rerun]:
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
            yield _rerun(workspace, stored, restricted=pack.restricted)


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


def _rerun(workspace: Workspace, stored: StoredAudit, *, restricted: bool) -> Rerun:
    """One audit: figures from its evidence where the pack holds it, else verdicts from the figures as they are stated.

    Figures of several windows are taken as they are stated where only the lake tells which word stands for which value.
    """
    document = stored.document().changed(articles=(), references=None)
    basis = basis_of(workspace, document)
    charter, together = basis.judging.charter, document.accumulated
    try:
        again = computed(workspace, document, basis)[0] if restricted else _judged(document, basis)
    except NoLakeError:
        alone, _ = computed(workspace, document.changed(accumulated=None), basis)
        others = {each.id for each in (together.measures if together else ())} - {each.id for each in alone.measures}
        gone = tuple(each for each in document.measures if each.id in others)
        again = _judged(alone.changed(measures=(*alone.measures, *gone), accumulated=together), basis)
    kept = {(each.article, each.indicator) for each in document.verdicts if not _on_records(each, charter)}
    ours, theirs = (
        each.changed(verdicts=tuple(given for given in each.verdicts if (given.article, given.indicator) in kept))
        for each in (document, again.changed(articles=(), charter=document.charter))
    )
    return Rerun(
        system=document.system,
        start=stored.start,
        end=stored.end,
        entry=None,
        measures=len(document.measures),
        from_evidence=restricted,
        verdicts=len(kept),
        left=len(document.verdicts) - len(kept),
        differences=tuple(differences(ours, theirs, texts=True)),
    )


def _judged(document: AuditDocument, basis: Basis) -> AuditDocument:
    """A document with the verdicts that its figures give."""
    verdicts = judge(
        basis.judging.charter,
        basis.system,
        document.measures,
        window_start=document.window.start,
        window_end=document.window.end,
        facts=basis.facts,
        left_out=document.left_out,
        versions=document.versions or (),
        together=document.accumulated.figures if document.accumulated else (),
    )
    return document.changed(verdicts=tuple(verdicts))


def _on_records(verdict: VerdictDocument, charter: Charter) -> bool:
    """Whether a verdict may rest on what people stated, itself or by the question that a breach of it needs."""
    way = next(each for each in charter.ways if each.id == verdict.template)
    indicators = (each for article in charter.articles for each in article.indicators)
    needed = [other for each in indicators if each.id == way.breach_with for other in each.ways]
    adopted = verdict.threshold is not None and verdict.threshold.proven_on is not None
    return adopted or verdict.rests_on_statements or any(_counts_records(each) for each in (way, *needed))


def _counts_records(way: Indicator) -> bool:
    return way.records is not None or way.threshold.tolerance is not None or way.evidence == "attested"
