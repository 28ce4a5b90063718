"""Requests in pairs that differ in one thing (a first name, an age, a place); one pair of values is one cluster."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from boussole.audits import regular
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.texts.lines import fault_told, read_lines
from boussole.audits.yaml_files import parse

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
Value = Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)]
Side = Literal["reference", "changed"]
SHIPPED = "requests.yaml"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PromptRequest(_Strict):
    """One request, with a place for each attribute; `offers` are those that it gives."""

    id: Name
    prompt: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
    offers: Annotated[tuple[Value, ...], Field(min_length=1)] | None = None


class Cue(_Strict):
    """What differs within pairs: an attribute, and its values as (reference, changed)."""

    changes: Name
    pairs: tuple[tuple[Value, Value], ...] = Field(min_length=1, max_length=1_000)


class PromptSet(_Strict):
    """Requests, what is changed in them, and what people are where it is not."""

    otherwise: dict[Name, Annotated[tuple[Value, ...], Field(min_length=1)]] = Field(alias="else")
    requests: tuple[PromptRequest, ...] = Field(min_length=1, max_length=1_000)
    cues: dict[Name, Cue] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [each.id for each in self.requests]
        if len({*names}) < len(names):
            raise ValueError("two requests have the same id")
        for cue, each in self.cues.items():
            if each.changes not in self.otherwise:
                raise ValueError(f"the cue '{cue}' changes '{each.changes}', which `else` does not name")
            if any(reference == changed for reference, changed in each.pairs):
                raise ValueError(f"a pair of the cue '{cue}' has the same value twice")
            if len({*each.pairs}) < len(each.pairs):
                raise ValueError(f"the cue '{cue}' has the same pair twice")
        for request in self.requests:
            self._placed(request)
        return self

    def _placed(self, request: PromptRequest) -> None:
        """Require that a request names every attribute that a cue changes, and none that nobody gives."""
        try:
            found = [
                (name, spec or how) for _, name, spec, how in Formatter().parse(request.prompt) if name is not None
            ]
        except ValueError as error:
            raise ValueError(
                f"the request '{request.id}' has a brace that is not closed: write {{{{ for one"
            ) from error
        if any(how for _, how in found):
            raise ValueError(f"the request '{request.id}' says how a place is written: give the name of it alone")
        places = {name for name, _ in found}
        if unknown := places - {*self.otherwise}:
            raise ValueError(f"the request '{request.id}' names {sorted(unknown)}, which `else` does not")
        if lacking := {each.changes for each in self.cues.values()} - places:
            raise ValueError(f"the request '{request.id}' does not name {sorted(lacking)}, which a cue changes")

    @property
    def sha256(self) -> str:
        """The hash of the set, whatever its file looks like."""
        return sha256_hex(canonical_json(self.model_dump(mode="json", by_alias=True)))


class Prompt(_Strict):
    """One request as it is sent. `cluster`: the number of the pair of values; `hide`: what it gives of the person."""

    id: str
    cue: Name
    cluster: int = Field(ge=0)
    request: Name
    side: Side
    prompt: str
    hide: tuple[str, ...]
    offers: tuple[str, ...] | None = None

    @property
    def pair(self) -> tuple[str, int, str]:
        """What both sides of a pair share."""
        return self.cue, self.cluster, self.request


def prompt_set(path: Path | None = None) -> PromptSet:
    """A set of requests from its file; the one that ships, without one. Raises BoussoleError, which names the place."""
    where = str(path) if path else SHIPPED
    try:
        text = regular.read_text(path) if path else (files(__package__) / SHIPPED).read_text(encoding="utf-8")
        return PromptSet.model_validate(parse(text))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        step = "Give a YAML file like the set that ships: see docs/pairs.md."
        raise BoussoleError(f"this set of requests cannot be read: {error}.", where=where, next_step=step) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        problem = f"{place}: {first['msg'].removeprefix('Value error, ')}."
        step = f"{error.error_count()} fault(s); mend this one first."
        raise BoussoleError(problem, where=where, next_step=step) from error


def drawn(requests: PromptSet, cues: Sequence[str] = ()) -> Iterator[Prompt]:
    """Yield every request with both values of every pair, one after the other, which side comes first taking turns.

    Raises BoussoleError for a cue that the set has not.
    """
    for name in cues or requests.cues:
        if name not in requests.cues:
            known = ", ".join(requests.cues)
            raise BoussoleError(f"the set has no cue '{name}'.", next_step=f"Its cues are {known}.")
        for cluster in range(len(requests.cues[name].pairs)):
            for number, request in enumerate(requests.requests):
                sides: tuple[Side, Side] = ("reference", "changed")
                turned = sides if (cluster + number) % 2 == 0 else sides[::-1]
                yield from (_prompt(requests, name, cluster, request, side) for side in turned)


def _prompt(requests: PromptSet, name: str, cluster: int, request: PromptRequest, side: Side) -> Prompt:
    cue = requests.cues[name]
    person = {key: values[cluster % len(values)] for key, values in requests.otherwise.items()}
    person[cue.changes] = cue.pairs[cluster][side == "changed"]
    return Prompt(
        id=f"{name}-{cluster}-{request.id}-{side}",
        cue=name,
        cluster=cluster,
        request=request.id,
        side=side,
        prompt=request.prompt.format(**person),
        hide=tuple(person.values()),
        offers=request.offers,
    )


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
