"""Building an evidence pack: what an auditor needs to check audits without Boussole and without its workspace."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from boussole.audits import evidence, ledger
from boussole.audits.declaration import content_of
from boussole.audits.distribution import locked_packages, own_version
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.ledger.checkpoint import Checkpoint, parse_checkpoint
from boussole.audits.ledger.keys import Note
from boussole.audits.ledger.outside import TimestampedCheckpoint, timestamps
from boussole.audits.ledger.tree import consistency_proof
from boussole.audits.metrics import errors, missing, replies, selection, stages
from boussole.audits.runs import code_hash, source_files
from boussole.audits.workspace import Workspace
from boussole.charter.document import MeasureDocument
from boussole.charter.records import charter_text, prove_entry
from boussole.charter.records.database import reading
from boussole.charter.records.store.audits import StoredAudit, stored_audits
from boussole.charter.records.store.charters import entry_of

SHARES = {
    selection.SELECTION_RATE.metric,
    stages.STEP_RATE.metric,
    *(rate.metric for rate in errors.RATES),
    *(rate.metric for rate in missing.RATES.values()),
    "scoring_rate",
    replies.LATE_SHARE.metric,
    "unknown_share",
    "unknown_selection_rate",
}
"""Measures whose value is a number of cases over a number of rows, `n`."""


def cells_of(measures: Sequence[MeasureDocument]) -> Iterable[tuple[str, int, int]]:
    """The name of each share that is shown, its cases and its rows."""
    for measure in measures:
        if measure.value is not None and measure.n is not None and measure.metric in SHARES:
            yield measure.id, round(measure.value * measure.n), measure.n


def cells_csv(measures: Sequence[MeasureDocument]) -> bytes:
    """The counts that an audit document tells, as CSV with every value in double quotes.

    >>> from boussole.audits.measures import Measure
    >>> from boussole.charter.document.measures import measures_of
    >>> shown = Measure(metric="selection_rate", value=0.25, n=8)
    >>> hidden = Measure(metric="selection_rate", by=("sex",), group=("F",), status="suppressed", reason="small_group")
    >>> cells_csv(measures_of([shown, hidden]))
    b'"measure","cases","rows"\\n"selection_rate","2","8"\\n'
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("measure", "cases", "rows"), *cells_of(measures)])
    return buffer.getvalue().encode()


Files = dict[str, bytes]
HERE = Path(__file__).parent
SCHEMA = "boussole.pack/1"
MANIFEST = "manifest.json"
OPEN, RESTRICTED = "open", "restricted"
KINDS = {
    (
        "en",
        OPEN,
    ): "**This pack can be passed on.** It holds what the audits show; of groups that are hidden, it holds no count.",
    ("en", RESTRICTED): "**RESTRICTED: for auditors bound to secrecy.** `rows/` holds the counts of groups that are "
    "hidden because they are small. Do not pass it on, do not publish any of it, delete it when the audit is over.",
    (
        "fr",
        OPEN,
    ): "**Ce dossier peut être transmis.** Il contient ce que les audits montrent ; des groupes masqués, il ne "
    "contient aucun compte.",
    ("fr", RESTRICTED): "**RESTREINT : pour des auditeurs tenus au secret.** `rows/` contient les comptes de groupes "
    "masqués parce qu’ils sont petits. Ne le transmettez pas, n’en publiez rien, effacez-le à la fin du contrôle.",
}


def with_earlier(workspace: Workspace, audits: Sequence[StoredAudit], *, restricted: bool) -> list[StoredAudit]:
    """Audits, and those before them whose figures count together with theirs, in the order of their entries."""
    stored = {audit.entry: audit for audit in stored_audits(workspace)}
    if not restricted:
        last = {(audit.system, audit.start, audit.end): audit.entry for audit in stored.values()}
        stored = {entry: audit for entry, audit in stored.items() if entry in last.values()}
    found = {audit.entry: audit for audit in audits}
    for audit in audits:
        told = audit.document().accumulated if audit.holds else None
        for window in told.windows if told is not None else ():
            evidence_of = workspace.evidence / f"{window.cubes.removeprefix('sha256:')}.parquet"
            for each in stored.values():
                there = (each.system, each.start) == (audit.system, window.start.isoformat())
                kept = each.entry < audit.entry and (not restricted or evidence_of.exists())
                if there and kept and each.document().evidence.cubes == window.cubes:
                    found[each.entry] = each
    return [found[entry] for entry in sorted(found)]


def pack_files(
    workspace: Workspace,
    audits: Sequence[StoredAudit],
    *,
    note: Note,
    since: Checkpoint | None = None,
    restricted: bool = False,
) -> Files:
    """All files of a pack by their path in it, with evidence only where it is `restricted`.

    Raises BoussoleError where something of it is missing or was changed, or the checkpoint is not of this ledger.
    """
    files: Files = {"ledger/checkpoint": str(note).encode()}
    for audit in audits:
        files |= _audit(workspace, audit, note)
        files[f"cells/{audit.entry}.csv"] = cells_csv(audit.document().measures)
        files |= _rows(workspace, audit) if restricted else {}
    stamped = _timestamp(workspace, note)
    if stamped is not None:
        files |= {"ledger/timestamp.txt": stamped.text.encode(), "ledger/timestamp.tsr": stamped.reply}
    known = [each for each in (since, stamped.checkpoint if stamped else None) if each is not None]
    files["ledger/consistency.json"] = canonical_json(_consistency(workspace, audits, note, known))
    verifier = _verifier()
    own = {f"charter/pack/{name}": sha256_hex(content) for name, content in sorted(verifier.items())}
    code = {"version": own_version(), "sha256": code_hash(), "files": source_files(), "verifier": own}
    files |= {"code.json": canonical_json(code), "requirements.lock": locked_packages(), **verifier}
    kind = RESTRICTED if restricted else OPEN
    for name, lang in (("README.md", "en"), ("LISEZMOI.md", "fr")):
        text = (HERE / "texts" / name).read_text(encoding="utf-8")
        files[name] = text.replace("{restricted}", KINDS[lang, kind]).encode()
    listed = {name: sha256_hex(files[name]) for name in sorted(files)}
    manifest = {"schema": SCHEMA, "restricted": restricted, "files": listed}
    return {**files, MANIFEST: canonical_json(manifest)}


def _audit(workspace: Workspace, audit: StoredAudit, note: Note) -> Files:
    if not audit.holds:
        raise BoussoleError(
            "the stored document is not the one that was sealed.",
            where=f"entry {audit.entry}",
            next_step="Restore governance.sqlite from a backup.",
        )
    document = audit.document()
    charter = document.charter.sha256
    text = charter_text(workspace, charter)
    if text is None:
        raise BoussoleError(
            "the text of the charter that judged was never stored, only its hash.",
            where=f"entry {audit.entry}",
            next_step="Leave this audit out with --system, --from and --to.",
        )
    files = {
        f"audits/{audit.entry}-{audit.system}-{audit.end}.json": audit.text.encode(),
        f"charters/{charter}.json": text.encode(),
    }
    if (digest := (document.evidence.system or "").removeprefix("sha256:")) != "":
        files[f"systems/{digest}.json"] = content_of(workspace.evidence, digest)
    for index in (audit.entry, entry_of(workspace, charter)):
        files[f"ledger/entry-{index}.tlog-proof"] = str(prove_entry(workspace, index, note)).encode()
    return files


def _rows(workspace: Workspace, audit: StoredAudit) -> Files:
    digest = audit.document().evidence.cubes.removeprefix("sha256:")
    rows = evidence.csv_of(evidence.rows_of(workspace.evidence, digest))
    kept = (workspace.evidence / f"{digest}.parquet").read_bytes()
    return {f"rows/{digest}.csv": rows, f"rows/{digest}.parquet": kept}


def _timestamp(workspace: Workspace, note: Note) -> TimestampedCheckpoint | None:
    origin, size = (point := parse_checkpoint(str(note))[1]).origin, point.size
    found = (each for each in timestamps(workspace.checkpoints) if isinstance(each, TimestampedCheckpoint))
    return next((each for each in found if each.checkpoint.origin == origin and each.checkpoint.size <= size), None)


def _consistency(
    workspace: Workspace, audits: Sequence[StoredAudit], note: Note, checkpoints: Sequence[Checkpoint]
) -> list[dict[str, object]]:
    """That the roots noted with each audit, and those of earlier checkpoints, are of beginnings of this ledger."""
    _, checkpoint = parse_checkpoint(str(note))
    known = {audit.entry + 1: audit.root for audit in audits} | {each.size: each.root for each in checkpoints}
    with reading(workspace) as connection:
        if connection is None:
            return []
        for size, root in known.items():
            if size > checkpoint.size or ledger.root(connection, size=size) != root:
                raise BoussoleError(
                    f"the first {size} entries of the ledger are not those of a root that was noted.",
                    next_step="Run `boussole verify --ledger` with the checkpoint.",
                )
        proofs = {size: consistency_proof(connection, first=size, size=checkpoint.size) for size in sorted(known)}
    return [{"size": size, "root": known[size], "path": [step.hex() for step in path]} for size, path in proofs.items()]


def _verifier() -> Files:
    found = {path.relative_to(HERE).as_posix(): path.read_bytes() for path in sorted(HERE.glob("verifier/*.py"))}
    return {**found, "verify.py": (HERE / "verify.py").read_bytes()}
