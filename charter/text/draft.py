"""A charter as far as it can be read, part by part: what is checked, also where other parts have faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from pydantic import BaseModel

from boussole.audits.systems.kinds import Texts
from boussole.charter.text.model import Charter, Framework, Head, Indicator, Law

Path_ = tuple[str | int, ...]
HEAD, LAW = "charter.yaml", "law.yaml"


@dataclass(frozen=True, kw_only=True)
class CharterFault:
    """Something wrong with a charter: one sentence, its next step in it, and where it stands."""

    file: str
    path: Path_ = ()
    what: str
    line: int | None = None

    def __str__(self) -> str:
        """`FILE:LINE: what`; characters that a terminal would obey are written out."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: " + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in self.what)


@dataclass(frozen=True, kw_only=True)
class DraftQuestion:
    """A question in one of the ways it is asked, and where that stands; `first` is the way that is tried first."""

    file: str
    path: Path_
    indicator: Indicator
    first: Indicator

    @property
    def earlier(self) -> list[Indicator]:
        """The ways that are tried before this one."""
        ways = self.first.ways
        return ways[: next(at for at, way in enumerate(ways) if way.id == self.indicator.id)]

    def fault(self, what: str, *path: str | int) -> CharterFault:
        """A fault of this question, at a key below it."""
        return CharterFault(file=self.file, path=(*self.path, *path), what=f"{self.indicator.id}: {what}")


def ways_of(indicator: Indicator, *, file: str, path: Path_) -> list[DraftQuestion]:
    """A question of a file in every way it is asked."""
    paths = [path, *((*path, "otherwise", at) for at in range(len(indicator.otherwise)))]
    return [
        DraftQuestion(file=file, path=place, indicator=way, first=indicator)
        for place, way in zip(paths, indicator.ways, strict=True)
    ]


@dataclass(frozen=True, kw_only=True)
class PartName:
    """A name that no two parts may share, and where it stands."""

    what: str
    value: str
    file: str
    path: Path_


ORDER, INDICATOR, NUMBER = "the order", "the indicator id", "the number"


@dataclass(kw_only=True)
class CharterDraft:
    """The readable parts of a charter, and the names of those that are not."""

    languages: list[str] = field(default_factory=list)
    alpha: float | None = None
    """The level of error; None: it cannot be read."""
    articles: int = 0
    asked: list[DraftQuestion] = field(default_factory=list)
    frameworks: dict[str, Framework] = field(default_factory=dict)
    laws: dict[str, Law] = field(default_factory=dict)
    texts: list[tuple[str, Path_, dict[str, str]]] = field(default_factory=list)
    names: list[PartName] = field(default_factory=list)
    law_names: set[str] = field(default_factory=set)
    """Of all provisions that are written, valid or not."""
    unreadable: set[str] = field(default_factory=set)
    """Files that are no YAML: what they name is not known."""
    partial: set[str] = field(default_factory=set)
    """Files of which a question is not valid."""

    def add_texts(self, file: str, path: Path_, model: BaseModel) -> None:
        """Every translated text of a model that stands in a file."""
        self.texts += [(file, (*path, *inner), text) for inner, text in _texts(model)]

    def add_names(self, file: str, raw: Mapping[str, Any]) -> None:
        """The order of an article, the ids and the numbers of its questions, as they are written."""
        self.names.append(PartName(what=ORDER, value=str(raw.get("order")), file=file, path=("order",)))
        listed = raw.get("indicators")
        for at, entry in enumerate(listed if isinstance(listed, list) else []):
            for what, key in ((INDICATOR, "id"), (NUMBER, "number")):
                if isinstance(entry, dict) and key in entry:
                    path = ("indicators", at, key)
                    self.names.append(PartName(what=what, value=str(entry[key]), file=file, path=path))
            others = entry.get("otherwise") if isinstance(entry, dict) else None
            for place, other in enumerate(others if isinstance(others, list) else []):
                if isinstance(other, dict) and "id" in other:
                    below: Path_ = ("indicators", at, "otherwise", place, "id")
                    self.names.append(PartName(what=INDICATOR, value=str(other["id"]), file=file, path=below))

    @property
    def question_names(self) -> list[str]:
        """Ids of all questions that are written, valid or not."""
        return [each.value for each in self.names if each.what == INDICATOR]


def draft_of(charter: Charter) -> CharterDraft:
    """The draft of a charter that is whole."""
    draft = CharterDraft(
        languages=list(charter.languages),
        alpha=charter.alpha,
        articles=len(charter.articles),
        law_names=set(charter.laws),
    )
    draft.frameworks, draft.laws = dict(charter.frameworks), dict(charter.laws)
    draft.add_texts(HEAD, (), Head.model_construct(**{name: getattr(charter, name) for name in Head.model_fields}))
    parts: dict[str, Mapping[str, BaseModel]] = {"frameworks": charter.frameworks, "provisions": charter.laws}
    for name, part in parts.items():
        for key, entry in part.items():
            draft.add_texts(LAW, (name, key), entry)
    for article in charter.articles:
        file = f"{article.id}.yaml"
        draft.add_names(file, article.model_dump(include={"order", "indicators"}))
        draft.add_texts(file, (), article)
        for at, indicator in enumerate(article.indicators):
            draft.asked += ways_of(indicator, file=file, path=("indicators", at))
    return draft


def _texts(model: BaseModel) -> Iterator[tuple[Path_, dict[str, str]]]:
    for name, declared in type(model).model_fields.items():
        for path, text in _walk(getattr(model, name), declared.annotation):
            yield (name, *path), text


def _walk(value: Any, annotation: Any) -> Iterator[tuple[Path_, dict[str, str]]]:
    if isinstance(value, BaseModel):
        yield from _texts(value)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from (((at, *path), text) for path, text in _walk(inner, None))
    elif isinstance(value, dict) and annotation in (Texts, Texts | None):
        yield (), value
    elif isinstance(value, Mapping) and annotation is not None and get_args(annotation):
        for key, inner in value.items():
            yield from (((key, *path), text) for path, text in _walk(inner, get_args(annotation)[-1]))
