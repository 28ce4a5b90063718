"""Rules as they are written: one YAML file for each criterion; errors name the file and the rule.

Patterns are RE2's, in the normal form of `normal`: a space stands for any blank, a pattern matches whole words, and
`{name}` stands for the words of that name in the file or in `words.yaml`.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.yaml_files import parse

Criterion = Literal[
    "age",
    "sex",
    "family",
    "origin",
    "language_native",
    "health",
    "appearance",
    "residence",
    "religion",
    "politics_union",
    "sexual_orientation_gender_identity",
    "economic_vulnerability",
    "morals_genetic",
    "military_other",
    "masculine_only",
]
CRITERIA: tuple[Criterion, ...] = get_args(Criterion)
_NAME = re.compile(r"\{([a-z_][a-z_0-9]*)\}")
_BLANK = re.compile(r"\[(?:\\.|[^\]\\])*\]| +[?*]?")
_DEEPEST = 8
_NO_RULES = ("titles.yaml", "words.yaml")


Frame = Literal["neg", "excl", "pref", "only", "seek", "are", "pers", "alone", "asked"]
FRAMES: tuple[Frame, ...] = get_args(Frame)


class RuleError(BoussoleError):
    """A rule that cannot be used."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Suggestion(_Strict):
    """What to write instead, in both languages."""

    fr: str = Field(min_length=10)
    en: str = Field(min_length=10)


class WordingRule(_Strict):
    """One rule: what it finds, and where it stays silent. The group `span` of a pattern, if any, is the span."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    patterns: tuple[str, ...] = Field((), description="What is found; any of them")
    people: str = Field("", description="Whom an advert may neither want nor refuse: a pattern, put into every frame")
    frames: tuple[Frame, ...] = Field(FRAMES, description="Which frames of `words.yaml` people are put into")
    unless: tuple[str, ...] = Field((), description="In the same clause: lawful")
    unless_in_sentence: tuple[str, ...] = Field((), description="In the same sentence, no turn between: lawful")
    before: tuple[str, ...] = Field((), description="Just before what is found, in the same sentence: lawful")
    after: tuple[str, ...] = Field((), description="Just after it, in the same sentence: lawful")
    elsewhere: tuple[str, ...] = Field((), description="Anywhere in the text: lawful")
    needs: tuple[str, ...] = Field((), description="In the same sentence, or nothing is found")
    always_lawful: bool = Field(True, description="Whether the file's own `unless`, `before` and `after` hold too")
    title: bool = Field(False, description="The group `title` must be the name of an occupation in one gender alone")
    law: str | None = None
    suggestion: Suggestion | None = None


class RuleFile(_Strict):
    """The rules of one criterion."""

    criterion: Criterion
    law: str = Field(min_length=5, description="Article of law")
    suggestion: Suggestion
    words: dict[str, str] = Field(default_factory=dict, description="Names that patterns give in braces")
    unless: tuple[str, ...] = ()
    unless_in_sentence: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    rules: tuple[WordingRule, ...] = Field(min_length=1)


def read_rules(text: str, *, where: str) -> RuleFile:
    """The rules of a file. Raises RuleError, which names the file, and the rule and its field where one is at fault."""
    try:
        data = parse(text)
    except yaml.YAMLError as error:
        told = " ".join(str(error).split())
        raise RuleError(f"this is not YAML: {told}.", where=where, next_step="Mend it.") from error
    try:
        return RuleFile.model_validate(data)
    except ValidationError as error:
        fault = error.errors()[0]
        place = _place(data, fault["loc"])
        raise RuleError(f"{place}: {fault['msg']}.", where=where, next_step="See audits/texts/rule_file.py.") from error


def _place(data: Any, names: tuple[int | str, ...]) -> str:
    """Where a fault lies: the rule by its id, and the field."""
    match names:
        case ("rules", int() as number, *rest):
            rule = data["rules"][number]
            name = rule.get("id", f"number {number + 1}") if isinstance(rule, dict) else f"number {number + 1}"
            return " ".join((f"rule {name}", *(f"'{each}'" for each in rest)))
        case _:
            return ", ".join(f"'{each}'" for each in names) or "the file"


def spelled_out(pattern: str, words: dict[str, str], *, where: str) -> str:
    """A pattern with its names replaced and its spaces widened. Raises RuleError for a name that nobody knows."""
    for _ in range(_DEEPEST):
        if not _NAME.search(pattern):
            return _BLANK.sub(_widened, " ".join(pattern.split("\n")).strip())
        for name in _NAME.findall(pattern):
            if name not in words:
                raise RuleError(f"there is no word '{{{name}}}'. {nearest(name, words)}", where=where)
        pattern = _NAME.sub(lambda found: f"(?:{words[found[1]].strip()})", pattern)
    raise RuleError(f"the words of '{pattern[:80]}' name each other in a circle.", where=where)


def _widened(found: re.Match[str]) -> str:
    """A blank as any blank; within a class of characters it is one of them."""
    if found[0].startswith("["):
        return found[0].replace(" ", r"\s")
    return r"\s*" if found[0].endswith(("?", "*")) else r"\s+"


def shared_words(text: str | None = None) -> dict[str, str]:
    """The words that every file may name."""
    if text is None:
        return dict(_packaged_words())
    return {str(name): str(value) for name, value in (parse(text) or {}).items()}


@cache
def _packaged_words() -> dict[str, str]:
    found = _folder() / "words.yaml"
    return shared_words(found.read_text(encoding="utf-8")) if found.is_file() else {}


def packaged() -> dict[str, RuleFile]:
    """The rules that ship, by the name of their file."""
    names = sorted(each.name for each in _folder().iterdir() if each.name.endswith(".yaml"))
    return {
        name: read_rules((_folder() / name).read_text(encoding="utf-8"), where=name)
        for name in names
        if name not in _NO_RULES
    }


def _folder() -> Any:
    return files("boussole.audits.texts") / "rules"
