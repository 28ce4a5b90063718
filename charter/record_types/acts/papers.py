"""Papers of a session as files, sealed by their hashes: the session file, and the minutes as PDF and as text."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from boussole.audits.systems.kinds import Strict
from boussole.charter.record_types.acts.base import COUNTED, Act, OfSession
from boussole.charter.record_types.base import Sha256


class PaperFile(Strict):
    """A file of a paper: in which language and form, its hash and its size in bytes."""

    lang: Literal["fr", "en"]
    form: Literal["pdf", "md"]
    sha256: Sha256
    size: int = Field(ge=1)


class SessionPaper(Act):
    """A paper of a session was made as files: whoever has one sees by its hash that it is unchanged.

    The files may bear names, so they are kept beside the ledger, where they can be erased. Those of minutes bear a
    number drawn by chance, so that nobody finds a name from a hash by trying all.
    """

    kind = "session_paper"
    about = ("convocation",)
    unasked = ("document", "system")
    computed = (*COUNTED, "paper", "made_from", "files")

    of: OfSession = Field(ge=0)
    paper: Literal["file", "minutes"] = Field(description="`file`: agenda, evidence, drafts, questions and answers")
    made_from: int = Field(ge=0, description="Entry of the frozen pack, or of the minutes, that it tells")
    files: list[PaperFile] = Field(min_length=1, max_length=8)


PAPERS: tuple[type[Act], ...] = (SessionPaper,)
"""The acts of this module."""
