"""Base64 as signed notes use it: the standard alphabet, in its one canonical form."""

from __future__ import annotations

import base64
import binascii


def encode(data: bytes) -> str:
    """Standard base64 with its padding.

    >>> encode(b"abcd")
    'YWJjZA=='
    """
    return base64.b64encode(data).decode()


def decode(text: str) -> bytes | None:
    """The bytes of a canonical text; None for any other, so that two texts never stand for the same bytes.

    >>> decode("YWJjZA=="), decode("YWJjZB=="), decode("YWJj ZA==")
    (b'abcd', None, None)
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if encode(data) == text else None
