"""Files attached to a record: the ledger keeps their fingerprints, so that the files can be erased."""

from __future__ import annotations

import operator
from typing import Annotated, Literal

from pydantic import Field

from boussole.audits.systems.kinds import Strict
from boussole.charter.record_types.base import Sha256
from boussole.charter.record_types.inputs import Input

AttachmentKind = Literal["pdf", "png", "jpeg", "docx", "xlsx", "odt", "ods", "text"]


class Attachment(Strict):
    """A file that was attached. Its name is kept with the file, encrypted: it may name somebody."""

    sha256: Sha256
    size: int = Field(ge=1)
    kind: AttachmentKind


class Attaching(Strict):
    """A record that can have attachments; one without is sealed as it was before there were any."""

    attachments: Annotated[
        list[Attachment],
        Input(
            label="Attachments",
            kind="files",
            note="PDF, PNG, JPEG, DOCX, XLSX, ODT, ODS, plain text or CSV, without macros. They are kept encrypted; "
            "the ledger keeps their fingerprints only.",
            option="--attach",
        ),
    ] = Field(
        default_factory=list,
        max_length=20,
        exclude_if=operator.not_,
        description="A file to attach; give it again for others",
    )
