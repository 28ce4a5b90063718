"""Papers of a session as files: made in both languages, sealed by their hashes, kept where they can be erased."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from boussole.audits import private_files
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import sha256_hex
from boussole.audits.languages import LANGUAGES
from boussole.audits.workspace import Workspace
from boussole.charter.committee.acting import Who, turn
from boussole.charter.committee.acts.packs import pack_changes
from boussole.charter.committee.meetings.noting import source_of
from boussole.charter.committee.meetings.sessions import Session, session
from boussole.charter.committee.papers.minutes import sealed_minutes
from boussole.charter.committee.papers.minutes_text import minutes_text
from boussole.charter.committee.people.directory import papers_folder
from boussole.charter.committee.referrals.between import session_before
from boussole.charter.committee.state import CommitteeState
from boussole.charter.record_types.acts import FrozenPack, PaperFile, SessionPaper
from boussole.charter.records import SealedStatement
from boussole.dashboard.pages.session.file_blocks import FileParts, file_blocks
from boussole.dashboard.pages.session.pack_view import differences_of, pack_view
from boussole.dashboard.views import paper_blocks as blocks
from boussole.dashboard.views import store
from boussole.dashboard.views.committee.chamber import Chamber
from boussole.dashboard.words.say import Say
from boussole.dashboard.words.speaking import speaker_in

Paper = Literal["file", "minutes"]


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


Made = tuple[Literal["fr", "en"], Literal["pdf", "md"], bytes]


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
            drafts=[each for each in store.drafts(workspace, chamber.id) if each.kind == "opinion"],
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
    """A paper, typeset."""
    from boussole.dashboard.report.papers import paper_pdf  # takes seconds to load

    return paper_pdf(workspace.settings.organisation, found.day, titles, told, say)
