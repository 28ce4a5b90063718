"""Arguments of public functions, checked by their annotations before anything is read; days, as people give them."""

from __future__ import annotations

import datetime as dt
import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from boussole.audits.errors import BoussoleError, nearest

if TYPE_CHECKING:
    from pydantic import ValidationError

P = ParamSpec("P")
R = TypeVar("R")
LONGEST = 60
"""Letters of a value that a message shows."""


def check_types(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function refuse arguments that do not fit its annotations, with a BoussoleError of one paragraph."""

    @functools.cache
    def validated() -> Callable[..., R]:
        from pydantic import ConfigDict, validate_call  # when it is first called: who logs does not wait for it

        annotations = dict(function.__annotations__)
        function.__annotations__.pop("return", None)  # it is not checked, and its library may not be loaded
        try:
            checking: Callable[..., R] = validate_call(config=ConfigDict(arbitrary_types_allowed=True))(function)
            return checking
        finally:
            function.__annotations__.update(annotations)

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        from pydantic import ValidationError

        try:
            return validated()(*args, **{name: _plain(value) for name, value in kwargs.items()})
        except ValidationError as error:
            raise _refusal(error, function) from None

    return call


def day(value: dt.date | str | None, name: str) -> dt.date | None:
    """Read a date, a moment or a text such as 2026-09-30 as a day. Raises BoussoleError that names the argument."""
    if isinstance(value, dt.datetime):
        return value.date()
    if value is None or isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise BoussoleError(
            f"`{name}` is {_shown(value)}, which is no day.", next_step="Write it as 2026-09-30, or give a date."
        ) from None


def _plain(value: Any) -> Any:
    """Values of NumPy and pandas as those of Python, also within lists and mappings."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.tolist() if hasattr(value, "tolist") else value


def _refusal(error: ValidationError, function: Callable[..., Any]) -> BoussoleError:
    """What is wrong with the first argument that is refused."""
    names = list(inspect.signature(function).parameters)
    faults = error.errors(include_url=False)
    first = faults[0]["loc"][0]
    name = names[first] if isinstance(first, int) else first
    if faults[0]["type"].startswith("unexpected"):
        return BoussoleError(f"there is no argument `{name}`.", next_step=nearest(name, names))
    if faults[0]["type"].startswith("missing"):
        return BoussoleError(f"the argument `{name}` is missing.", next_step=f"Give {name}=….")
    of_name = [fault for fault in faults if fault["loc"][0] == first]
    deepest = max(of_name, key=lambda fault: len(fault["loc"]))
    why = "; ".join(dict.fromkeys(_asked(fault["msg"]) for fault in of_name))
    return BoussoleError(
        f"`{name}` cannot be {_shown(deepest['input'])}: {why}.", next_step=f"See help({function.__name__})."
    )


def _asked(message: str) -> str:
    """Turn pydantic's message about a value into the end of a sentence."""
    return message.removeprefix("Value error, ").replace("Input ", "it ", 1)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST else f"a {type(value).__name__}"
