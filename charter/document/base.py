"""What all parts of an audit document share: what a part is, hashes and texts in languages."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from boussole.audits.document_part import MAYBE, Count, Day, DocumentPart, Share, given

__all__ = ["MAYBE", "Count", "Day", "DocumentPart", "Hash", "Hex", "Share", "Texts", "given"]

Hash = Annotated[str, Field(pattern="^sha256:[0-9a-f]{64}$")]
Hex = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Texts = Annotated[dict[str, str], Field(min_length=1)]
"""By language."""
