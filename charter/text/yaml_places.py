"""What a YAML file holds, and on which line each key of it stands. Every fault of its form is told at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

Path_ = tuple[str | int, ...]
DEEPEST, LONGEST_KEY = 30, 64
PLAIN = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq")}
ANOTHER = "but found another document"
SAID = {
    "found character that cannot start any token": "a character that YAML cannot read here; quote the text",
    "mapping values are not allowed in this context": "a `:` that YAML cannot read here; quote the text, or mend the "
    "indentation",
    "found unexpected end of stream": "a quote that is never closed; close it",
    "did not find expected ',' or ']'": "a `[` that is never closed; close it",
    "did not find expected ',' or '}'": "a `{` that is never closed; close it",
    ANOTHER: "a second document begins; write one document a file, without `---`",
}
"""What the parser's own words mean to somebody who writes a charter."""


@dataclass(frozen=True)
class Trouble:
    """Something wrong with the form of a file, and its line from 1."""

    line: int
    what: str


@dataclass
class YamlPlaces:
    """A file that was read: its value, the line of each key path, its texts, and what is wrong with its form."""

    value: Any = None
    lines: dict[Path_, int] = field(default_factory=dict)
    texts: list[tuple[Path_, str]] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    readable: bool = True

    def line(self, path: Sequence[str | int]) -> int:
        """The line of a key path, or of the nearest one above it that is there.

        >>> read_places("id: a\\nrules:\\n  kept: b\\n").line(("rules", "broken", "fr"))
        2
        """
        for end in range(len(path), 0, -1):
            if (found := self.lines.get(tuple(path[:end]))) is not None:
                return found
        return 1


def read_places(text: str) -> YamlPlaces:
    r"""Reads one YAML document of plain values.

    A file that is no YAML has one trouble and is not `readable`. Keys given twice, anchors, tags, keys that are no
    text and depths beyond reason are troubles; what they stand on is left out of the value.

    >>> found = read_places("a: {b: [1, 2]}\na: 3\n")
    >>> found.value, found.lines["a", "b", 1], found.troubles
    ({'a': {'b': [1, 2]}}, 1, [Trouble(line=2, what="the key 'a' is given twice; keep one.")])
    """
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        return YamlPlaces(troubles=[_syntax(error, text)], readable=False)
    places = YamlPlaces()
    if root is not None:
        places.value = _Reader(places).value(root, ())
    return places


class _Reader:
    def __init__(self, places: YamlPlaces) -> None:
        self.places = places
        self.seen: set[int] = set()
        self.scalars = yaml.constructor.SafeConstructor()

    def value(self, node: yaml.Node, path: Path_) -> Any:
        if refused := self._refused(node, path):
            self._trouble(node, refused, path)
            return None
        self.seen.add(id(node))
        self.places.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(inner, (*path, at)) for at, inner in enumerate(node.value)]
        return self._scalar(node, path) if isinstance(node, yaml.ScalarNode) else None

    def _refused(self, node: yaml.Node, path: Path_) -> str:
        if id(node) in self.seen:
            return "an alias (`*name`) repeats another part; write that part out."
        if node.tag not in PLAIN:
            return f"the tag '{node.tag.rpartition(':')[2]}' is not allowed; write plain values."
        return "nested too deep for a charter; mend the indentation." if len(path) > DEEPEST else ""

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node)
            if key is None:
                continue
            if key in found:
                self._trouble(key_node, f"the key '{key}' is given twice; keep one.")
                continue
            self.places.lines[(*path, key)] = key_node.start_mark.line + 1
            found[key] = self.value(value_node, (*path, key))
        return found

    def _key(self, node: yaml.Node) -> str | None:
        if not isinstance(node, yaml.ScalarNode):
            self._trouble(node, "a key must be one word; mend this line.")
        elif len(node.value) > LONGEST_KEY:
            self._trouble(node, f"a key of {len(node.value):,} characters; the longest has {LONGEST_KEY}.")
        elif not node.tag.endswith(":str"):
            self._trouble(node, f"the key {node.value} is read as a value, not as a word; put it in quotes.")
        else:
            return str(node.value)
        return None

    def _scalar(self, node: yaml.ScalarNode, path: Path_) -> Any:
        try:
            value = self.scalars.construct_object(node)
        except ValueError as error:
            kind = node.tag.rpartition(":")[2].replace("timestamp", "date")
            self._trouble(node, f"'{node.value[:40]}' is no {kind}: {error}; correct it, or put it in quotes.")
            return None
        if isinstance(value, dt.datetime):
            self._trouble(node, f"'{node.value[:40]}' is a moment; write the day alone: {value:%Y-%m-%d}.")
            return None
        if isinstance(value, str):
            self.places.texts.append((path, value))
        return value

    def _trouble(self, node: yaml.Node, what: str, path: Path_ | None = None) -> None:
        line = self.places.line(path) if path else node.start_mark.line + 1
        self.places.troubles.append(Trouble(line, what))


def _syntax(error: yaml.YAMLError, text: str) -> Trouble:
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, text.find(chr(error.character))) + 1 if isinstance(error.character, int) else 1
        return Trouble(line, f"the character U+{error.character:04X} cannot stand in a text file; remove it.")
    problem, opened = getattr(error, "problem", None) or str(error), getattr(error, "context_mark", None)
    mark = opened if opened and problem in SAID and problem != ANOTHER else getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    written = (text.splitlines() or [""])[min(line, text.count("\n") + 1) - 1 : line]
    if written and "\t" in written[0][: len(written[0]) - len(written[0].lstrip())]:
        return Trouble(line, "a tab begins this line, and YAML indents with spaces only; replace it by spaces.")
    return Trouble(line, f"this is not YAML: {_in_words(problem, SAID)}.")


def _in_words(problem: str, said: Mapping[str, str]) -> str:
    return said.get(problem, f"{problem}; mend this line or the one above it")
