"""What `make test` leaves to CI and to `make test-all`: what takes long, and variants of what every run tries once."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

SPENT = "seconds of a core"
MUCH = 2.0


def slow_case(*values: object) -> Any:
    """Parameters of a case that `make test-all` alone runs."""
    return pytest.param(*values, marks=pytest.mark.slow)


@contextmanager
def kept() -> Iterator[None]:
    """What is made inside stays as long as the process: Python does not search it again and again for what is free."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class Costs:
    """Names the tests of `make test` that have become dear: what is seen at once is marked while it is known why."""

    @staticmethod
    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
        """What a test costs by itself, without what it shares with others."""
        before = time.process_time()
        yield
        item.user_properties.append((SPENT, f"{time.process_time() - before:.1f}"))

    @staticmethod
    def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
        """One line each, the dearest first; none where the dear ones were asked for."""
        if "not costly" not in config.option.markexpr:
            return
        passed = [(float(dict(each.user_properties).get(SPENT, 0)), each.nodeid) for each in _calls(terminalreporter)]
        for seconds, name in sorted(passed, reverse=True)[:20]:
            if seconds > MUCH:
                terminalreporter.write_line(f"{seconds:.1f} s of a core: {name}; cheaper, or `@pytest.mark.costly`?")


def _calls(terminalreporter: Any) -> list[Any]:
    return [each for each in terminalreporter.stats.get("passed", []) if each.when == "call"]
