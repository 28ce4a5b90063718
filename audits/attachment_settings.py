"""What may be attached to records: `[attachments]` in `boussole.toml`."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

MEGABYTE = 1_000_000


class AttachmentSettings(BaseModel):
    """How many files a record may have, and how large each may be."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    most: int = Field(5, ge=1, le=20, description="Files of one record")
    largest_mb: int = Field(10, ge=1, le=50, description="Megabytes of one file")

    @property
    def largest(self) -> int:
        """Bytes of one file."""
        return self.largest_mb * MEGABYTE
