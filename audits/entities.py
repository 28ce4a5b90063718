"""The kinds of personal data that are found in texts, as findings and system files name them."""

from __future__ import annotations

from typing import Literal

Entity = Literal["NIR", "PHONE", "EMAIL", "IBAN", "PERSON", "ADDRESS", "DATE_OF_BIRTH", "FT_ID", "HEALTH"]
