"""Which version of a model decided in a window, as audit documents write it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from boussole.charter.document.base import Count, Day, DocumentPart


class DecidedBy(DocumentPart):
    """How many decisions of a window a version made."""

    version: Annotated[str | None, Field(description="Its name; null: the log does not say which version decided")]
    first: Annotated[Day, Field(description="The first day of the window on which it decided")]
    last: Annotated[Day, Field(description="The last one")]
    n: Annotated[Count, Field(description="How many decisions it made in the window")]
