"""What only `make test-all` tries: variants of what every run tries once."""

from __future__ import annotations

from typing import Any

import pytest


def later(*values: object) -> Any:
    """Parameters of a test whose like every run tries."""
    return pytest.param(*values, marks=pytest.mark.slow)
