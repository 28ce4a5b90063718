"""Papers of a session as files: what its file says, made in both languages, sealed by their hashes."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from boussole.audits import private_files
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import sha256_hex
from boussole.audits.languages import LANGUAGES
from boussole.audits.workspace import Workspace
from boussole.charter.committee.acting import Who, turn
from boussole.charter.committee.acts.packs import pack_changes
from boussole.charter.committee.meetings.sessions import Session, session, source_of
from boussole.charter.committee.papers.drafts import SavedDraft
from boussole.charter.committee.papers.minutes import minutes_of, sealed_minutes
from boussole.charter.committee.papers.minutes_text import minutes_text
from boussole.charter.committee.people.directory import papers_folder
from boussole.charter.committee.placeholders import paragraphs
from boussole.charter.committee.referrals.matters import QuestionHistory, asked_since, session_before
from boussole.charter.committee.state import CommitteeState
from boussole.charter.committee.voted import wording_in
from boussole.charter.record_types.acts import FrozenPack, PaperFile, SessionPaper
from boussole.charter.records import SealedStatement
from boussole.charter.text.model import Charter
from boussole.dashboard.markup.words import Say, speaker_in
from boussole.dashboard.pages.session.items import item_links, state_words
from boussole.dashboard.pages.session.view import Differences, PackView, differences_of, pack_view
from boussole.dashboard.server.access.permissions import who_words
from boussole.dashboard.views import papers as blocks
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.committee_words import item_word, sense_word
from boussole.dashboard.views.papers import Block
from boussole.dashboard.views.parts.drafts import missing, title_of, words_of

Paper = Literal["file", "minutes"]
Made = tuple[Literal["fr", "en"], Literal["pdf", "md"], bytes]


def make_paper(
    workspace: Workspace, chamber: Chamber, entry: int, paper: Paper, who: Who, *, seen: int = 0
) -> SealedStatement:
    """Makes the files of a paper in each language, keeps them, and seals their hashes.

    `seen`: how many papers of this sort whoever asks has seen: asked for twice, it is made once. Raises RefusedError
    where nothing is frozen, or no minutes are sealed, that it could tell; BoussoleError where they cannot be kept.
    """
    found = session(chamber.house, entry)
    source = source_of(chamber.house, found.entry, paper)
    made = _session_file(workspace, chamber, found) if paper == "file" else _minutes(workspace, chamber, source)
    files = [
        PaperFile(lang=lang, form=form, sha256=sha256_hex(content), size=len(content)) for lang, form, content in made
    ]
    said = SessionPaper(**asdict(who), committee=chamber.id, of=found.entry, paper=paper, made_from=source, files=files)
    paths, house, sealed = [file_at(workspace, found.entry, said, each) for each in files], chamber.house, None
    try:
        for path, (_, _, content) in zip(paths, made, strict=True):
            private_files.write(path, content)
        with turn(workspace, chamber.id) as now:
            house = now.house
            known = [at for at, each in now.house.about(SessionPaper, found.entry) if each.paper == paper]
            if len(known) > seen:
                return now.house.sealed(known[-1])
            sealed = now.seal(said)
    except OSError as error:
        raise BoussoleError(
            f"the files cannot be written: {error.strerror}.",
            where=papers_folder(workspace).name,
            next_step="Nothing was sealed. Make room, or see who may write there, and make them again.",
        ) from error
    finally:
        if sealed is None:
            for path in {*paths} - _kept(workspace, house, found.entry):
                path.unlink(missing_ok=True)
    return sealed


def _kept(workspace: Workspace, house: CommitteeState, entry: int) -> set[Path]:
    """The files of a session that were sealed: the same session file, made twice, is one file."""
    papers = [said for _, said in house.about(SessionPaper, entry)]
    return {file_at(workspace, entry, said, each) for said in papers for each in said.files}


def file_at(workspace: Workspace, entry: int, paper: SessionPaper, file: PaperFile) -> Path:
    """Where a file of a paper is kept."""
    return papers_folder(workspace) / file_name(entry, paper, file)


def file_name(entry: int, paper: SessionPaper, file: PaperFile) -> str:
    """What a file of a paper is called: the session, what it is, a part of its hash, its language."""
    return f"session-{entry}-{paper.paper}-{file.sha256[:12]}.{file.lang}.{file.form}"


def papers_of(chamber: Chamber, entry: int, paper: Paper) -> list[tuple[int, SessionPaper]]:
    """The papers of a session of one sort, the latest first, with their entries."""
    return [each for each in reversed(chamber.house.about(SessionPaper, entry)) if each[1].paper == paper]


def _session_file(workspace: Workspace, chamber: Chamber, found: Session) -> list[Made]:
    scene = store.scene(workspace)
    evidence = store.evidence(workspace, chamber.id, found.entry)
    assert evidence is not None  # noqa: S101 (there is a pack: it was just looked up)
    before = session_before(chamber.house, found)
    last = chamber.house.last(FrozenPack, before.entry) if before else None
    changes = pack_changes(workspace, last[1], evidence.pack) if last else None
    made: list[Made] = []
    for lang in LANGUAGES:
        say = speaker_in(workspace, lang)
        title = say("What has changed since the last session?")
        parts = FileParts(
            chamber=chamber,
            found=found,
            pack=pack_view(evidence, scene, say, query={}),
            since=differences_of(changes, scene, title, say) if changes else None,
            drafts=store.drafts(workspace, chamber.id),
            charter=scene.charter,
        )
        titles = (
            say("Session file"),
            say("{committee}: session of {date}", committee=chamber.title(say), date=say.date(found.day)),
        )
        made.append((_lang(lang), "pdf", _pdf(workspace, found, titles, file_blocks(parts, say), say)))
    return made


def _minutes(workspace: Workspace, chamber: Chamber, entry: int) -> list[Made]:
    """As PDF and as text. Each bears a number drawn by chance, for the names in it (see `SessionPaper`)."""
    document = sealed_minutes(workspace, chamber.id, entry)
    found, copy = session(chamber.house, document["session"]["entry"]), secrets.token_hex(16)
    made: list[Made] = []
    for lang in LANGUAGES:
        say = speaker_in(workspace, lang)
        written = minutes_text(document, lang=lang, names=chamber.names, rules=chamber.house.rules)
        numbered = say("Number of this copy: {number}", number=copy)
        written += f"- {numbered}\n"
        title, told = blocks.of_markdown(written)
        pdf = _pdf(workspace, found, (say("Minutes"), title), told, say)
        made += [(_lang(lang), "pdf", pdf), (_lang(lang), "md", written.encode())]
    return made


def _lang(lang: str) -> Literal["fr", "en"]:
    return "fr" if lang == "fr" else "en"


def _pdf(
    workspace: Workspace, found: Session, titles: tuple[str, str], told: Sequence[blocks.Block], say: Say
) -> bytes:
    from boussole.dashboard.report.typesetting import paper_pdf  # takes seconds to load

    return paper_pdf(workspace.settings.organisation, found.day, titles, told, say)


@dataclass(frozen=True, kw_only=True)
class FileParts:
    """What a session file tells. `since`: what differs from the evidence of the session before, if there was one."""

    chamber: Chamber
    found: Session
    pack: PackView
    since: Differences | None
    drafts: Sequence[SavedDraft]
    charter: Charter


def file_blocks(parts: FileParts, say: Say) -> list[Block]:
    """The whole file, in reading order."""
    return [
        *_head(parts, say),
        *_agenda(parts, say),
        *_evidence(parts, say),
        *_since(parts.since, say),
        *_drafts(parts.drafts, say),
        *_questions(parts, say),
        blocks.heading(say("How can it be checked?")),
        blocks.text(
            say(
                "The ledger seals the fingerprint of this file. Whoever has it puts it on the page of evidence, under "
                "“Check a file”: it says whether this is the file that was sealed, byte for byte."
            )
        ),
    ]


def _head(parts: FileParts, say: Say) -> list[Block]:
    call, pack = parts.found.call, parts.pack
    pairs = [
        (say("When"), say("{start} to {end}", start=say.time(call.starts), end=say.time(call.ends))),
        (say("Place"), call.place),
        (say("Evidence"), " ".join(pack.told)),
        (say("Sealed"), pack.entry[0]),
        (say("Fingerprint of the ledger"), pack.root),
    ]
    return [blocks.facts(pairs)]


def _agenda(parts: FileParts, say: Say) -> list[Block]:
    found = [blocks.heading(say("Agenda"))]
    for number, item in enumerate(minutes_of(parts.chamber.house, parts.found.entry)["items"], 1):
        system, referral = item["system"], item["referral"]
        links = item_links(parts.charter, item, say, query={})
        pairs = [
            (say("What is done"), item_word(item["kind"], say)),
            (say("System"), parts.chamber.system(system, say) if system else ""),
            *((each.name, ", ".join(name for name, _ in each.places)) for each in links),
            (say("Matter"), f"{referral['subject']} ({referral['sender']})" if referral else ""),
        ]
        found += [blocks.heading(f"{number}. {item['title']}", 2), blocks.facts(pairs)]
        found += [blocks.text(each) for each in paragraphs(item["note"]["text"])] if "note" in item else []
    return found


def _evidence(parts: FileParts, say: Say) -> list[Block]:
    found, pack = [blocks.heading(say("What evidence does it work on?"))], parts.pack
    if not pack.columns:
        return [*found, blocks.text(say("It holds no audit: none was sealed yet."))]
    pairs = [(each.title, f"{each.period} · {each.entry[0]}") for each in pack.columns]
    header = [say("Article"), *(each.title for each in pack.columns)]
    rows = [[row.title[0], *((each,) if each else "" for each in row.verdicts)] for row in pack.rows]
    return [*found, blocks.facts(pairs), blocks.table(header, rows)]


def _since(since: Differences | None, say: Say) -> list[Block]:
    title = blocks.heading(say("What has changed since the last session?"))
    if since is None:
        return [title, blocks.text(say("No session before this one froze its evidence."))]
    changed = [f"{each.place} — {each.question} — {each.told}" for each in since.verdicts]
    return [title, *(blocks.text(each) for each in since.told), *([blocks.bullets(changed)] if changed else [])]


def _drafts(drafts: Sequence[SavedDraft], say: Say) -> list[Block]:
    found = [blocks.heading(say("Texts that are being written"))]
    if not drafts:
        return [*found, blocks.text(say("Nothing is being written."))]
    for each in drafts:
        wording, version = wording_in(each.body), str(each.version)
        lacks = missing(each.body, say)
        found.append(blocks.heading(say("Draft no. {n}, version {version}", n=str(each.id), version=version), 2))
        found += [blocks.note(lacks)] if lacks else []
        sense = f" ({sense_word(wording.sense, say)})" if wording else ""
        reservations = wording.reservations if wording else []
        found.append(blocks.quote(title_of(each.body) + sense, paragraphs(words_of(each.body)), reservations))
        found += [blocks.facts([(say("Fingerprint"), wording.sha256)])] if wording else []
    return found


def _questions(parts: FileParts, say: Say) -> list[Block]:
    chamber = parts.chamber
    asked = asked_since(chamber.house, parts.found, today=chamber.today)
    found = [blocks.heading(say("Questions and answers"))]
    if not asked:
        return [*found, blocks.text(say("No question was asked since the last session, and none waits."))]
    for each in asked:
        found += _question(each, say)
    return found


def _question(each: QuestionHistory, say: Say) -> list[Block]:
    said = each.question
    told = [say("to: {who}", who=said.addressee), state_words(each, say), say("entry {n}", n=str(each.entry))]
    answers = [
        blocks.quote(
            say("{date} ({role})", date=say.date(answer.on), role=who_words(answer.role, say)), _words(answer, say)
        )
        for _, answer in each.answers
    ]
    return [blocks.strong(said.text), blocks.text(" · ".join(told)), *answers]


def _words(answer: object, say: Say) -> list[str]:
    return paragraphs(getattr(answer, "text", "")) or [say("A document.")]
