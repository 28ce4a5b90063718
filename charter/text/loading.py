"""Reading a charter: the packaged one, or the folder of a workspace that replaces it as a whole."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from boussole.audits.errors import CharterError
from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.systems.loading import explained
from boussole.audits.workspace import Workspace
from boussole.charter.text.check import amiss, draft_faults
from boussole.charter.text.draft import HEAD, LAW, CharterDraft, CharterFault, Path_, ways_of
from boussole.charter.text.model import Article, Charter, Framework, Head, Indicator, Law, LawFile

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


MOST_BYTES = 4_000_000
"""Most bytes of one file."""

M = TypeVar("M", bound=BaseModel)


class CharterReading:
    """The files of one charter, read part by part as far as they can be."""

    def __init__(self, files: Sequence[tuple[str, bytes]]) -> None:
        self.draft = CharterDraft()
        self.articles: list[Article] = []
        self.head: Head | None = None
        self._found: list[CharterFault] = []
        self._places: dict[str, YamlPlaces] = {}
        if not files or files[0][0] != HEAD:
            self._add(HEAD, (), "this file of the charter is missing: add it.")
        for name, content in files:
            self._file(name, content)

    def faults(self) -> list[CharterFault]:
        """Every fault in the files and between them, in the order in which they stand."""
        placed = [self._placed(fault) for fault in draft_faults(self.draft)]
        return sorted([*self._found, *placed], key=lambda fault: (fault.file != HEAD, fault.file, fault.line or 0))

    def _add(self, file: str, path: Path_, what: str, line: int | None = None) -> None:
        self._found.append(self._placed(CharterFault(file=file, path=path, what=what, line=line)))

    def _placed(self, fault: CharterFault) -> CharterFault:
        if fault.line is not None or fault.file not in self._places:
            return fault
        line = self._places[fault.file].line(fault.path)
        return CharterFault(file=fault.file, path=fault.path, what=fault.what, line=line)

    def _file(self, name: str, content: bytes) -> None:
        self.draft.articles += name not in (HEAD, LAW)
        places = self._read(name, content)
        value = places.value if places else None
        if places is not None and places.readable and not isinstance(value, dict):
            self._add(name, (), "keys and values are expected: start with `id: …`.", 1)
        if not isinstance(value, dict):
            self.draft.unreadable.add(name)
        elif name == HEAD:
            self._read_head(value)
        elif name == LAW:
            self._read_law(value)
        else:
            self._read_article(name, value)

    def _read(self, name: str, content: bytes) -> YamlPlaces | None:
        if len(content) > MOST_BYTES:
            self._add(name, (), f"the file has more than {MOST_BYTES:,} bytes: shorten it.")
            return None
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            self._add(name, (), "the file is not UTF-8 text: save it as UTF-8.", line)
            return None
        places = self._places[name] = read_places(text)
        for trouble in places.troubles:
            self._add(name, (), trouble.what, trouble.line)
        for path, words in places.texts:
            for what in amiss(words, path):
                self._add(name, path, what)
        return places

    def _valid(self, file: str, path: Path_, raw: Any, model: type[M], *, tell: bool = True) -> M | None:
        try:
            return TypeAdapter(model).validate_python(raw)
        except ValidationError as error:
            places = self._places[file]
            known = {trouble.line for trouble in places.troubles}
            for loc, what in explained(error, model) if tell else ():
                if places.line((*path, *loc)) not in known:
                    self._add(file, (*path, *loc), what)
            return None

    def _read_head(self, raw: dict[str, Any]) -> None:
        self.head = self._valid(HEAD, (), raw, Head)
        if self.head is not None:
            self.draft.languages = list(self.head.languages)
            self.draft.alpha = self.head.alpha
            self.draft.add_texts(HEAD, (), self.head)
        elif isinstance(raw.get("languages"), list):
            self.draft.languages = [str(lang) for lang in raw["languages"]]

    def _read_law(self, raw: dict[str, Any]) -> None:
        self._valid(LAW, (), raw, LawFile)
        frameworks, provisions = _entries(raw, "frameworks"), _entries(raw, "provisions")
        self.draft.law_names = set(provisions)
        self.draft.frameworks = self._valid_entries(frameworks, Framework, "frameworks")
        self.draft.laws = self._valid_entries(provisions, Law, "provisions")

    def _valid_entries(self, raw: dict[str, Any], model: type[M], key: str) -> dict[str, M]:
        found = {}
        for name, entry in raw.items():
            if (valid := self._valid(LAW, (), entry, model, tell=False)) is not None:
                found[name] = valid
                self.draft.add_texts(LAW, (key, name), valid)
        return found

    def _read_article(self, file: str, raw: dict[str, Any]) -> None:
        article = self._valid(file, (), raw, Article)
        self.draft.add_names(file, raw)
        if article is not None:
            self.articles.append(article)
            self.draft.add_texts(file, (), article)
        if article is not None and file != f"{article.id}.yaml":
            named = file.removesuffix(".yaml")
            told = f"the id of {file} is '{article.id}': write `id: {named}`, or rename the file to {article.id}.yaml."
            self._add(file, ("id",), told)
        listed = raw.get("indicators")
        for at, entry in enumerate(listed if isinstance(listed, list) else []):
            indicator = self._valid(file, (), entry, Indicator, tell=False)
            if indicator is None:
                self.draft.partial.add(file)
                continue
            path = ("indicators", at)
            self.draft.asked += ways_of(indicator, file=file, path=path)
            if article is None:
                self.draft.add_texts(file, path, indicator)


def _entries(raw: dict[str, Any], name: str) -> dict[str, Any]:
    found = raw.get(name)
    return found if isinstance(found, dict) else {}


PACKAGED = Path(__file__).parent.parent / "articles"
SHOWN = 5
"""Faults that an error names; `boussole charter check` shows them all."""

Files = tuple[tuple[str, bytes], ...]


def load_charter(source: Workspace | Path | None = None) -> Charter:
    """The charter of a workspace or a folder, else the packaged one; raises CharterError with its faults.

    >>> [article.id for article in load_charter().articles][:3]
    ['finalite', 'humain', 'equite']
    """
    folder = charter_folder(source)
    charter, found = _read(_files(folder))[0], find_faults(folder)
    if charter is None or found:
        more = f" And {len(found) - SHOWN} more." if len(found) > SHOWN else ""
        raise CharterError(
            " ".join(found[:SHOWN]) + more,
            where=str(folder),
            next_step=f"See one fault a line with `boussole charter check {folder}`.",
        )
    return charter


def find_faults(source: Workspace | Path | None = None) -> list[str]:
    """Everything wrong with a charter, one sentence `FILE:LINE: …` each, all files and what is between them."""
    folder = charter_folder(source)
    return [*(str(fault) for fault in _read(_files(folder))[1]), *(str(fault) for fault in _misnamed(folder))]


def unread(source: Workspace | Path | None = None) -> list[str]:
    """Names of files in a charter's folder that nobody reads, such as notes and copies."""
    folder = charter_folder(source)
    read = {*(path.name for path in _paths(folder)), *(fault.file for fault in _misnamed(folder))}
    return sorted(path.name for path in folder.iterdir() if path.name not in read)


def charter_folder(source: Workspace | Path | None = None) -> Path:
    """The folder a charter is read from; raises CharterError for what is no folder."""
    folder = source.home / "charter" if isinstance(source, Workspace) else source
    if folder is None or (isinstance(source, Workspace) and not os.path.lexists(folder)):
        return PACKAGED
    if not folder.is_dir():
        raise CharterError("there is no such folder of a charter.", where=str(folder), next_step="Check the path.")
    return folder


def _paths(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.yaml") if path.is_file() and not path.name.startswith("."))


def _misnamed(folder: Path) -> list[CharterFault]:
    found = [path.name for path in folder.iterdir() if path.suffix.lower() in (".yml", ".yaml") and path.is_file()]
    inside = [str(path.relative_to(folder)) for path in folder.glob("*/*.y*ml") if path.is_file()]
    told = "nobody reads this file: {}."
    faults = [
        CharterFault(file=name, what=told.format(f"rename it to {Path(name).stem}.yaml"))
        for name in sorted(found)
        if not (name.endswith(".yaml") or name.startswith("."))
    ]
    return faults + [
        CharterFault(file=name, what=told.format("move it out of its sub-folder")) for name in sorted(inside)
    ]


def _files(folder: Path) -> Files:
    """Names and bytes, the head first; no more of a file than is too much."""
    paths = sorted(_paths(folder), key=lambda path: (path.name != HEAD, path.name))
    return tuple((path.name, _bytes(path)) for path in paths)


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


@lru_cache(maxsize=32)
def _read(files: Files) -> tuple[Charter | None, tuple[CharterFault, ...]]:
    """Kept by the bytes themselves: a charter is read at every audit and on every page."""
    reading = CharterReading(files)
    faults = reading.faults()
    if faults or reading.head is None:
        return None, tuple(faults)
    charter = Charter(
        **dict(reading.head),
        frameworks=reading.draft.frameworks,
        laws=reading.draft.laws,
        articles=sorted(reading.articles, key=lambda article: (article.order, article.id)),
    )
    return charter.model_copy(update={"sha256": sha256_hex(canonical_json(charter.document()))}), ()
