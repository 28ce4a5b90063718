"""What a test takes to be there."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


def there(value: T | None) -> T:
    """The value, which must be one."""
    assert value is not None
    return value
