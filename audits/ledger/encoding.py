"""Base64 as signed notes use it: the standard alphabet, in its one canonical form."""

from __future__ import annotations

import base64
import binascii


def encode(data: bytes) -> str:
    """Encode bytes as standard base64 with padding."""
    return base64.b64encode(data).decode()


def decode(text: str) -> bytes | None:
    """Decode canonical base64; None for any other text, so that two texts never stand for the same bytes."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if encode(data) == text else None
