"""The tables of governance.sqlite: the ledger's own, and the records that its entries seal, which are never changed."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from boussole.audits.ledger.tree import entry_table, node_table

NAMES = {"ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s"}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


entry_table.to_metadata(Base.metadata)
node_table.to_metadata(Base.metadata)


class CharterVersion(Base):
    """A version of the charter that has been used; its hash is that of its canonical JSON (`document`)."""

    __tablename__ = "charter_versions"

    sha256: Mapped[str] = mapped_column(String, primary_key=True)
    version: Mapped[str]
    document: Mapped[str | None] = mapped_column(Text)
    first_used_at: Mapped[str]
    entry: Mapped[int] = mapped_column(ForeignKey("entries.position"), unique=True)


class Audit(Base):
    """An audit document: the text that was sealed, what it is about, and where the ledger seals it."""

    __tablename__ = "audits"
    __table_args__ = (Index(None, "system", "window_end", "entry"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    system: Mapped[str]
    window_start: Mapped[str]
    window_end: Mapped[str]
    charter_sha256: Mapped[str] = mapped_column(ForeignKey("charter_versions.sha256"))
    created_at: Mapped[str]
    document: Mapped[str] = mapped_column(Text)
    document_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    entry: Mapped[int] = mapped_column(ForeignKey("entries.position"), unique=True)
    root: Mapped[str] = mapped_column(String(64))


class Record(Base):
    """What somebody stated (`charter.records.kinds`): the text that was sealed, and where the ledger seals it."""

    __tablename__ = "records"
    __table_args__ = (Index(None, "kind", "system"),)

    entry: Mapped[int] = mapped_column(ForeignKey("entries.position"), primary_key=True, autoincrement=False)
    kind: Mapped[str]
    system: Mapped[str | None]
    created_at: Mapped[str]
    document: Mapped[str] = mapped_column(Text)
    document_sha256: Mapped[str] = mapped_column(String(64), unique=True)


class Summary(Base):
    """An audit document in short, made from it (`charter.records.summaries`)."""

    __tablename__ = "summaries"

    entry: Mapped[int] = mapped_column(ForeignKey("audits.entry"), primary_key=True, autoincrement=False)
    verdicts: Mapped[str] = mapped_column(Text)
    measures: Mapped[str] = mapped_column(Text)


class MemberName(Base):
    """The name of a member: kept apart from what is sealed, so that it can be corrected and erased."""

    __tablename__ = "people"

    member: Mapped[str] = mapped_column(String, primary_key=True)
    name: Mapped[str]
    contact: Mapped[str]
    changed_at: Mapped[str]


class Draft(Base):
    """A draft of an opinion; `version` counts its savings, `sealed_as` is the entry it became. `writer` holds it."""

    __tablename__ = "drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    committee: Mapped[str]
    about: Mapped[int | None]
    version: Mapped[int]
    sealed_as: Mapped[int | None]
    writer: Mapped[str | None]
    writing_since: Mapped[str | None]


class DraftText(Base):
    """One version of a draft."""

    __tablename__ = "draft_texts"
    __table_args__ = (UniqueConstraint("draft", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft: Mapped[int] = mapped_column(ForeignKey("drafts.id"))
    version: Mapped[int]
    author: Mapped[str]
    saved_at: Mapped[str]
    body: Mapped[str] = mapped_column(Text)


class DraftComment(Base):
    """What a member wrote about a draft. Never sealed: it is erased for good, by its author or with its draft."""

    __tablename__ = "draft_comments"
    __table_args__ = (Index(None, "draft"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft: Mapped[int] = mapped_column(ForeignKey("drafts.id"))
    author: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[str]


class BallotBox(Base):
    """The ballots of a secret vote that is not over, encrypted; `key` names the file of their key."""

    __tablename__ = "ballot_boxes"

    vote: Mapped[int] = mapped_column(ForeignKey("entries.position"), primary_key=True, autoincrement=False)
    key: Mapped[str]
    ballots: Mapped[bytes]


class AlertState(Base):
    """The state in which an article, a question or a part of drift was last seen, so that a change is found once."""

    __tablename__ = "alert_states"

    system: Mapped[str] = mapped_column(String, primary_key=True)
    subject: Mapped[str] = mapped_column(String, primary_key=True)
    state: Mapped[str]


class AlertOutbox(Base):
    """One change on one channel, until it is sent and for a while after: `texts` in every language, of no person."""

    __tablename__ = "alert_outbox"
    __table_args__ = (Index(None, "channel", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    system: Mapped[str]
    subject: Mapped[str]
    direction: Mapped[str]
    texts: Mapped[str] = mapped_column(Text)
    found_at: Mapped[str]
    due_at: Mapped[str]
    state: Mapped[str]
    changed_at: Mapped[str]
    attempts: Mapped[int]
    problem: Mapped[str | None]
