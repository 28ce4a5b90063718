"""What the evidence page looks up in the ledger, and what an entry of it seals, in plain words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from boussole.audits.languages import capital
from boussole.audits.ledger import Verification
from boussole.audits.ledger.log import EntryLine, LedgerQuery, LedgerSpan, listed, row_at, search, span
from boussole.audits.ledger.merkle import verify_inclusion
from boussole.audits.ledger.tree import inclusion_proof, problem_of, root_of
from boussole.audits.mixed import joined
from boussole.audits.workspace import Workspace
from boussole.charter.record_types.kinds import (
    Adoption,
    Attestation,
    Case,
    Finding,
    Inspection,
    Recommendation,
    Statement,
)
from boussole.charter.records import verify_records
from boussole.charter.records.database import reading
from boussole.charter.records.sealed_files import NO_FILES, SealedFiles, bytes_of, verify_files
from boussole.charter.records.statements import Restart, started_anew
from boussole.dashboard.markup.words import Say, language_names
from boussole.dashboard.markup.words.addresses import system_href
from boussole.dashboard.views.papers import report_title
from boussole.dashboard.views.scene import Scene

# What the evidence page looks up: the ledger in short, the entries that are asked for, one entry with its proof.


PER_PAGE = 25
MOST_VERIFIED = 50_000
"""Ledgers of more entries are not verified at every look: it would take more than a second."""
MOST_BYTES = 300_000_000
"""Nor are files of more bytes hashed."""


@dataclass(frozen=True, kw_only=True)
class EntryResults:
    """Some of the entries that are as asked; `page` counts from 1, and there is always one."""

    total: int
    page: int
    pages: int
    entries: tuple[EntryLine, ...]


@dataclass(frozen=True, kw_only=True)
class InclusionProof:
    """An entry, the hashes that lead from it to the root of all, and whether they do."""

    entry: EntryLine
    size: int
    root: str
    path: tuple[str, ...]
    holds: bool


def short(workspace: Workspace) -> LedgerSpan:
    """What the ledger holds, in short."""
    with reading(workspace) as connection:
        return LedgerSpan(size=0) if connection is None else span(connection)


@dataclass(frozen=True, kw_only=True)
class VerificationResult:
    """What verifying everything found: the ledger with its records, the files that these rest on, how it began."""

    ledger: Verification
    files: SealedFiles
    restart: Restart | None = None


def verified(workspace: Workspace) -> VerificationResult | None:
    """Whether the ledger and what it seals hold; None when that takes too long to look at, or the ledger is empty."""
    much = not 0 < short(workspace).size <= MOST_VERIFIED or bytes_of(workspace) > MOST_BYTES
    found = None if much else verify_records(workspace)
    if found is None:
        return None
    files = verify_files(workspace) if found.ok else NO_FILES
    return VerificationResult(ledger=found, files=files, restart=started_anew(workspace) if found.ok else None)


def results(workspace: Workspace, asked: LedgerQuery, *, page: int, named: Collection[int] = ()) -> EntryResults:
    """One page of what is asked for; a page that is not there is the nearest one. `named`: see `search`."""
    with reading(workspace) as connection:
        if connection is None:
            return EntryResults(total=0, page=1, pages=1, entries=())
        total, found = search(connection, asked, named=named, skip=(page - 1) * PER_PAGE, take=PER_PAGE)
        pages = max(1, -(-total // PER_PAGE))
        if page > pages:
            found = search(connection, asked, named=named, skip=(pages - 1) * PER_PAGE, take=PER_PAGE)[1]
    return EntryResults(total=total, page=min(page, pages), pages=pages, entries=tuple(found))


def proved(workspace: Workspace, index: int) -> InclusionProof | None:
    """An entry with its proof; None when there is no entry of this number."""
    with reading(workspace) as connection:
        size = 0 if connection is None else span(connection).size
        if connection is None or not 0 <= index < size:
            return None
        row, whole = row_at(connection, index), root_of(connection, size=size)
        path = inclusion_proof(connection, index=index, size=size)
    holds = problem_of(row, index) is None and verify_inclusion(
        path, leaf=bytes.fromhex(row.leaf_hash), index=index, size=size, root=whole
    )
    return InclusionProof(
        entry=listed(row), size=size, root=whole.hex(), path=tuple(item.hex() for item in path), holds=holds
    )


# What an entry of the ledger seals, in plain words.


ORDER = (
    "system",
    "start",
    "end",
    "before",
    "months",
    "first_month",
    "last_month",
    "groups",
    "version",
    "run",
    "excluded",
    "reason",
    "decisions",
    "log",
    "rows",
    "at",
    "note",
    "keys",
    "document",
    "charter",
    "record",
    "id",
)
"""What an entry holds is listed in this order; what is not named here comes first."""


def kind_words(kind: str, say: Say) -> str:
    """The name of a kind of entry; one that is not known here is named as it stands in the ledger."""
    names = {
        "audit": say("Audit"),
        "charter": say("Version of the charter"),
        "exclusion": say("Run left out or taken back"),
        "discard": say("Rows left out for good"),
        "report": say("Report"),
        "purge": say("Removal of old rows"),
        "text_purge": say("Removal of old texts"),
        "expiry": say("End of a legal basis"),
        "rotation": say("Renewal of the keys"),
        "access_day": say("Access log of a day"),
        "access_purge": say("End of old access logs"),
        "attestation": say("Attestation"),
        "case": say("Reported case"),
        "inspection": say("Inspection"),
        "review": say("Review of a case"),
        "finding": say("Finding of an authority"),
        "closure": say("End of a finding"),
        "recommendation": say("Recommendation"),
        "reply": say("Answer to a recommendation"),
        "follow_up": say("What became of a recommendation"),
        "adoption": say("Adoption of a version of the charter"),
        "withdrawal": say("Withdrawal of a record"),
        "ledger_start": say("Start of a new ledger"),
        "incident": say("Incident"),
        "incident_update": say("News of an incident"),
        "incident_closure": say("End of an incident"),
        "appeal": say("Appeal"),
        "appeal_decision": say("Decision on an appeal"),
        "survey": say("Survey of agents"),
        "consultation": say("Step of a consultation"),
        "time_saved": say("Time saved"),
        "training": say("Training"),
        "stocktaking": say("Stock of uses and models"),
        "planting": say("Protocol of planted errors"),
        "planted_errors": say("Planted errors that were noticed"),
        "paired_texts": say("Test with pairs of requests"),
        "rules": say("Rules of a committee"),
        "mandate": say("Mandate of a member"),
        "mandate_end": say("End of a mandate"),
        "office": say("Office of a member"),
        "proxy": say("Proxy"),
        "interest": say("Declared interest"),
        "recusal": say("Recusal"),
        "referral": say("Referral"),
        "rapporteur": say("Rapporteur named"),
        "hearing": say("Hearing"),
        "frozen_pack": say("Frozen pack"),
        "question": say("Question of a committee"),
        "answer": say("Answer to a question"),
        "convocation": say("Convocation"),
        "cancellation": say("Session cancelled"),
        "attendance": say("Attendance"),
        "opening": say("Session opened"),
        "no_quorum": say("Lack of a quorum"),
        "closing": say("Session closed"),
        "vote": say("Vote opened"),
        "ballot": say("Open vote"),
        "participation": say("Secret ballot cast"),
        "tally": say("Result of a vote"),
        "annulment": say("Vote annulled"),
        "consensus": say("Decision by consensus"),
        "dissent": say("Dissent or reservation"),
        "item_note": say("Note on an item"),
        "session_paper": say("Paper of a session"),
        "opinion": say("Opinion"),
        "publication_decision": say("Decision on publication"),
        "publication": say("Publication of an opinion"),
        "minutes": say("Minutes"),
    }
    return names.get(kind, kind)


def about_words(entry: EntryLine, scene: Scene, say: Say, *, subject: str = "") -> str:
    """What an entry is about, in a few words: a system, a period, a version; the `subject` of a record."""
    payload = entry.payload
    parts = []
    if payload.get("system"):
        parts.append(scene.title(str(payload["system"]), say))
    if entry.kind == "audit" and payload.get("start") and payload.get("end"):
        parts.append(say.period(str(payload["start"]), str(payload["end"])))
    if entry.kind == "charter" and payload.get("version"):
        parts.append(str(payload["version"]))
    if entry.kind == "exclusion":
        parts.append(say("left out") if payload.get("excluded") else say("taken back"))
    if entry.kind == "report" and payload.get("lang"):
        chosen = [scene.title(name, say) for name in str(payload.get("systems") or "").split(",") if name]
        parts.append(report_title(str(payload.get("period")), str(payload["lang"]), say, chosen))
    if payload.get("before"):
        parts.append(say("before {date}", date=say.date(str(payload["before"]))))
    said = next((each.statement for each in scene.facts.sealed if each.entry == entry.index), None)
    stated = stated_words(said, scene, say) if said else []
    return capital(joined(", ", [*parts, *([subject] if subject and subject not in stated else []), *stated]))


def stated_words(said: Statement, scene: Scene, say: Say) -> list[str]:
    """What a statement is about besides its system: its question, authority, body, or the entry it follows."""
    if isinstance(said, Finding):
        return [say.written(said.authority), say.written(said.title)]
    if isinstance(said, Recommendation):
        return [say.written(said.body), say("to: {who}", who=say.written(said.addressee))]
    if isinstance(said, Adoption):
        return [said.version]
    if isinstance(said, Attestation | Case | Inspection):
        asked = [way for way in scene.charter.ways if way.id == said.indicator]
        return [say("question {number}", number=i.number) for i in asked]
    followed = getattr(said, "of", None)
    return [] if followed is None else [say("entry {n}", n=str(followed))]


def seal_words(entry: EntryLine, say: Say) -> str:
    """What the seal of an entry fixes, in a sentence."""
    by_kind = {
        "audit": say(
            "It seals an audit: the fingerprint of its document, with every figure and every verdict, and that of the "
            "charter that judged it. If one digit were changed, the fingerprint would be another."
        ),
        "charter": say("It seals the text of a version of the charter: the one that judged the audits that name it."),
        "exclusion": say("It seals that the decisions of a run were left out of the figures, or taken back into them."),
        "discard": say("It seals that rows which were set aside were left out for good, how many, and why."),
        "report": say(
            "It seals a report: the fingerprint of its file, with every page, as it was made. A file with another "
            "fingerprint is not this report."
        ),
        "purge": say("It seals that old rows were removed for good, how many months they were, and up to which day."),
        "text_purge": say(
            "It seals that old texts of a system were removed for good, how many, and up to which day; what was found "
            "in them stays."
        ),
        "expiry": say("It seals that sensitive data whose legal basis had ended were removed."),
        "rotation": say("It seals that the keys of the workspace were renewed."),
        "access_day": say(
            "It seals the fingerprint of the access log of one day: who signed in and who looked at what is restricted."
            " The log itself is erased when its time is over."
        ),
        "access_purge": say("It seals that access logs whose time was over were erased, and up to which day."),
        "ledger_start": say(
            "It seals why the ledger was started anew, and the fingerprints of the files that the one before had left."
        ),
        "adoption": say("It seals an act of the committee: which version of the charter is in force from then on."),
    }
    record = say("It seals a record: the fingerprint of what was stated, with the document it rests on.")
    other = say("It seals what is listed below, and nothing else.")
    return by_kind.get(entry.kind, record if "record" in entry.payload else other)


def content_words(entry: EntryLine, scene: Scene, say: Say) -> list[tuple[str, str]]:
    """Everything the entry holds, each value with its name in plain words."""
    ordered = sorted(
        entry.payload.items(), key=lambda item: (ORDER.index(item[0]) if item[0] in ORDER else -1, item[0])
    )
    about = {"system": _system(entry, scene, say)} if "system" in entry.payload else {}
    return [(_name(key, say), about.get(key) or _value(key, value, say)) for key, value in ordered]


def _system(entry: EntryLine, scene: Scene, say: Say) -> str:
    """The system that an entry is about; of a record that is about another one, that of the other; none is all."""
    if entry.payload["system"]:
        return scene.title(str(entry.payload["system"]), say)
    stated = {each.entry: each.statement for each in scene.facts.sealed}
    said, met = stated.get(entry.index), {entry.index}
    while (of := getattr(said, "of", None)) is not None and of not in met:
        met.add(of)
        said = stated.get(of)
    if said is None:
        return ""
    return scene.title(said.system, say) if said.system else capital(say("all systems"))


def answers_href(entry: EntryLine, scene: Scene, *, query: Mapping[str, str]) -> str:
    """The page on which the answers of a sealed audit can be read; empty where there is none."""
    system = str(entry.payload.get("system", ""))
    return system_href(system, query=dict(query)) if entry.kind == "audit" and system in scene.latest else ""


def moment_words(time: str, say: Say, *, beside: bool = False) -> str:
    """When an entry was sealed; as it stands where that is no moment. The clock is named, unless it is `beside`."""
    try:
        moment = dt.datetime.fromisoformat(time)
    except ValueError:
        return time
    return say.short_moment(moment) if beside else say.moment(moment)


def _name(key: str, say: Say) -> str:
    names = {
        "document": say("Fingerprint of the document (SHA-256)"),
        "seals": say("Fingerprint of the list of seals in it (SHA-256)"),
        "period": say("Period"),
        "lang": say("Language"),
        "charter": say("Fingerprint of the charter (SHA-256)"),
        "record": say("Fingerprint of the record (SHA-256)"),
        "system": say("System"),
        "start": say("First day"),
        "end": say("Last day"),
        "version": say("Version"),
        "run": say("Run"),
        "excluded": say("What was done"),
        "reason": say("Why"),
        "decisions": say("Decisions"),
        "log": say("Log"),
        "rows": say("Rows"),
        "note": say("Fingerprint of the note in the lake (SHA-256)"),
        "at": say("When"),
        "before": say("All rows before"),
        "months": say("Months"),
        "groups": say("Groups of columns"),
        "first_month": say("First month"),
        "last_month": say("Last month"),
        "keys": say("Keys"),
        "day": say("Day"),
        "days": say("Days"),
        "looks": say("Notes in the log"),
        "sha256": say("Fingerprint of the log (SHA-256)"),
        "id": say("Number of the note in the lake"),
    }
    return names.get(key, key)


def _value(key: str, value: object, say: Say) -> str:
    text = str(value)
    written: dict[str, Callable[[], str]] = {
        "reason": lambda: say.written(text),
        "excluded": lambda: say("left out") if value else say("taken back"),
        "lang": lambda: language_names(say).get(text, text),
        **{key: lambda: say.month(dt.date.fromisoformat(text)) for key in ("first_month", "last_month")},
        "at": lambda: moment_words(text, say),
        **{key: lambda: say.date(text) for key in ("start", "end", "before", "day")},
    }
    if value is None:
        return "—"
    try:
        return written[key]() if key in written else say.whole(value) if isinstance(value, int) else text
    except ValueError:  # no day: as it stands
        return text
