"""Reading a charter: the packaged one, or the folder of a workspace that replaces it as a whole."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from audits.errors import CharterError
from audits.hashing import canonical_json, sha256_hex
from audits.systems.loading import explain
from audits.workspace import Workspace
from audits.yaml_files import parse
from charter.check import faults
from charter.model import Article, Charter, Head, Law

PACKAGED = Path(__file__).parent / "articles"
HEAD, LAW = "charter.yaml", "law.yaml"

M = TypeVar("M", bound=BaseModel)


def load_charter(source: Workspace | Path | None = None) -> Charter:
    """The charter of a workspace or a folder; the packaged one when there is no such folder.

    Raises CharterError with every fault of `boussole charter check`.

    >>> [article.id for article in load_charter().articles][:3]
    ['finalite', 'humain', 'equite']
    """
    folder = charter_folder(source)
    charter, found = _read(folder)
    if charter is None or found:
        raise CharterError(
            " ".join(found), where=str(folder), next_step="See one fault a line with `boussole charter check`."
        )
    return charter


def find_faults(source: Workspace | Path | None = None) -> list[str]:
    """Everything wrong with a charter, one sentence each: first in each file, then between files."""
    return _read(charter_folder(source))[1]


def charter_folder(source: Workspace | Path | None = None) -> Path:
    """The folder a charter is read from: `charter/` of a workspace replaces the packaged one as a whole."""
    folder = source.home / "charter" if isinstance(source, Workspace) else source
    return folder if folder is not None and folder.is_dir() else PACKAGED


def _read(folder: Path) -> tuple[Charter | None, list[str]]:
    """The charter, unless one of its files cannot be used, and all faults."""
    parts: list[Head | dict[str, Law] | Article] = []
    found = []
    names = sorted(path.name for path in [*folder.glob("*.yaml"), *folder.glob("*.yml")] if path.name != HEAD)
    for name in [HEAD, *names]:
        try:
            parts.append(_file(folder / name))
        except CharterError as error:
            found.append(f"{error.where}: {error.what}")
    if found:
        return None, found
    charter = _assembled(parts)
    return charter, faults(charter)


def _file(path: Path) -> Head | dict[str, Law] | Article:
    raw = _yaml(path)
    if path.name == HEAD:
        return _validated(raw, Head, path)
    if path.name == LAW:
        return {str(name): _validated(entry, Law, path, str(name)) for name, entry in raw.items()}
    article = _validated(raw, Article, path)
    if path.stem != article.id:
        raise CharterError(
            f"the file is named {path.name} but its id is '{article.id}': rename it to {article.id}.yaml.",
            where=path.name,
        )
    return article


def _assembled(parts: Sequence[Head | dict[str, Law] | Article]) -> Charter:
    head = next(part for part in parts if isinstance(part, Head))
    laws = next((part for part in parts if isinstance(part, dict)), {})
    articles = sorted((part for part in parts if isinstance(part, Article)), key=lambda a: (a.order, a.id))
    charter = Charter(**dict(head), laws=laws, articles=articles)
    return charter.model_copy(update={"sha256": sha256_hex(canonical_json(charter.document()))})


def _validated(raw: Any, model: type[M], path: Path, entry: str = "") -> M:
    try:
        return TypeAdapter(model).validate_python(raw)
    except ValidationError as error:
        place = f"in '{entry}': " if entry else ""
        raise CharterError(place + explain(error, model), where=path.name, next_step="Mend that key.") from error


def _yaml(path: Path) -> dict[Any, Any]:
    try:
        raw = copy.deepcopy(_parsed(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise CharterError("this file of the charter is missing.", where=path.name, next_step="Add it.") from error
    except UnicodeDecodeError as error:
        raise CharterError("the file is not UTF-8 text.", where=path.name, next_step="Save it as UTF-8.") from error
    except yaml.YAMLError as error:
        raise CharterError(f"not valid YAML: {error}.", where=path.name, next_step="Mend that line.") from error
    if not isinstance(raw, dict):
        raise CharterError("expected keys and values.", where=path.name, next_step="Start with `id: …`.")
    return raw


@lru_cache(maxsize=64)
def _parsed(text: str) -> Any:
    """Kept by the text itself: a charter is read at every audit, and YAML takes a fifth of a second."""
    return parse(text)
