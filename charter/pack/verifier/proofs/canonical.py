"""Canonical JSON after RFC 8785: one text for one value, so that it can be hashed."""

from __future__ import annotations

import json
import math


class NotCanonicalError(ValueError):
    """A text that is not JSON, or not in its canonical form."""


def read(content: bytes) -> object:
    """The value of a canonical text. Raises NotCanonicalError for any other text."""
    try:
        value = json.loads(content.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refused)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise NotCanonicalError("it is not JSON") from error
    if write(value) != content:
        raise NotCanonicalError("it is not in canonical form")
    return value


def write(value: object) -> bytes:
    """The canonical text of a value.

    >>> write({"b": [1.0, 1e21, 0.000001, 1e-7], "a": None})
    b'{"a":null,"b":[1,1e+21,0.000001,1e-7]}'
    """
    return _text(value).encode("utf-8")


def _text(value: object) -> str:
    if value is None or isinstance(value, (bool, str)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        return str(value) if abs(value) < 2**53 else number(float(value))
    if isinstance(value, float):
        return number(value)
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_text(item) for item in value) + "]"
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{json.dumps(name, ensure_ascii=False)}:{_text(value[name])}" for name in names) + "}"
    raise NotCanonicalError(f"{type(value).__name__} is no JSON")


def number(value: float) -> str:
    """A number as ECMAScript writes it: the shortest digits that give it back.

    >>> [number(x) for x in (0.5, 100.0, 1.5e300, 1e-7, -0.0, 123456789012345680000.0)]
    ['0.5', '100', '1.5e+300', '1e-7', '0', '123456789012345680000']
    """
    if not math.isfinite(value):
        raise NotCanonicalError("a number is not finite")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, part = mantissa.partition(".")
    digits = (whole + part).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + part) - len(digits))
    digits = digits.rstrip("0")
    return sign + _placed(digits, point)


def _placed(digits: str, point: int) -> str:
    """Digits with the decimal point after the first `point` of them."""
    count = len(digits)
    if count <= point <= 21:
        return digits + "0" * (point - count)
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    exponent = f"e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return digits[0] + (f".{digits[1:]}" if count > 1 else "") + exponent


def _once(pairs: list) -> dict:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotCanonicalError("a key stands twice")
    return found


def _refused(word: str) -> None:
    raise NotCanonicalError(f"{word} is no JSON")
