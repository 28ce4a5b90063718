"""The files of a test with pairs: requests as they were drawn, and the texts written for them, as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from boussole.audits import regular
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.texts.lines import fault_told, read_lines
from boussole.audits.texts.pairs.prompts import Prompt


def prompts_in(path: Path) -> list[Prompt]:
    """The requests of a file that `boussole texts pairs draw` wrote. Raises BoussoleError, which names the line."""
    found = []
    for number, line in enumerate(_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found.append(Prompt.model_validate_json(line))
        except ValidationError as error:
            told = error.errors()[0]
            place = ".".join(map(str, told["loc"])) or "the line"
            step = "Draw the requests again: `boussole texts pairs draw`."
            problem = f"line {number} is no request ({place}: {told['msg']})."
            raise BoussoleError(problem, where=str(path), next_step=step) from None
    if not found:
        step = "Draw requests first: `boussole texts pairs draw`."
        raise BoussoleError("it holds no request.", where=str(path), next_step=step)
    return found


def texts_in(path: Path) -> dict[str, str]:
    """The texts of a file by the id of their request. Raises BoussoleError, which names the line."""
    found: dict[str, str] = {}
    try:
        with regular.opened(path) as file:
            lines = list(read_lines(file))
    except OSError as error:
        raise _unreadable(path, error) from error
    faulty = [each for each in lines if each.fault]
    if faulty:
        step = "Mend this line, or take it out: its text is then written again."
        raise BoussoleError(fault_told(faulty[0]), where=str(path), next_step=step)
    for each in lines:
        name = str(each.id)
        if name in found:
            problem = f"line {each.number}: the request '{name}' has two texts."
            raise BoussoleError(problem, where=str(path), next_step="Keep one of them.")
        found[name] = each.text
    return found


def prompt_line(prompt: Prompt) -> str:
    """A request as a line."""
    return json.dumps(prompt.model_dump(mode="json", exclude_none=True), ensure_ascii=False)


def hash_of(prompts: Iterable[Prompt]) -> str:
    """The hash of requests as they were sent."""
    return sha256_hex(canonical_json([each.model_dump(mode="json") for each in prompts]))


def _text(path: Path) -> str:
    try:
        return regular.read_text(path)
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> BoussoleError:
    told = getattr(error, "strerror", None) or error
    return BoussoleError(f"it cannot be read: {told}.", where=str(path), next_step="Name a file of JSON lines.")
