"""Writes the pages of `docs/reference/` from the code, when the site is built: `python -m docs.generate [FOLDER]`."""

from __future__ import annotations

import ast
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from typer.main import get_command
from typer.testing import CliRunner

from boussole.audits.access_settings import AccessSettings
from boussole.audits.alert_settings import AlertSettings
from boussole.audits.ledger_settings import LedgerSettings
from boussole.audits.metric_registry import REGISTRY
from boussole.audits.metrics.definition import Metric
from boussole.audits.systems import System
from boussole.audits.systems.logs import LOG_TYPES
from boussole.audits.witness.settings import WitnessSettings
from boussole.charter.record_types.acts import Rules
from boussole.charter.record_types.kinds import KINDS as RECORDS
from boussole.charter.text.model import Article, Head, LawFile
from boussole.dashboard.cli.schemas import OUTPUTS, SCHEMAS
from boussole.dashboard.server.access.permissions import Action, Role, allowed
from boussole.dashboard.server.routes import record_address, record_addresses
from docs import asvs
from tests.audits.dirty_files import FILES

HERE = Path(__file__).parent
REFERENCE = HERE / "reference"
TYPES = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
KINDS = {
    "comparison": ("Judged: a group against another", "These are what a charter judges, each group on its own."),
    "notebook": (
        "Computed for notebooks: a group against another",
        "`audits.compare` computes them on request. No charter judges them, and audit documents do not hold them.",
    ),
    "share": (
        "Judged: a share by itself",
        "Of messages, or of people written to, held to a level and compared with nobody.",
    ),
    "effect": (
        "Judged: an effect since a start",
        "Of agencies that have the system against others, before and after: better, worse, or neither is clear.",
    ),
    "estimate": (
        "Expected: where outcomes are not known yet",
        "Estimates from scores, right as long as a score means what it meant in the reference window. None is judged.",
    ),
    "drift": (
        "Drift: a window against another one",
        "A charter judges `psi`; the others are shown beside it. Audits tell `psi` and `jensen_shannon` of numbers and "
        "of categories against the reference window, the page of drift all of them, also against the window before and "
        "the one examined last.",
    ),
    "group": ("Shown: one group", "Read beside the judged measures; no verdict rests on them."),
    "across": (
        "Shown: all groups together",
        "Highest against lowest: chance alone makes them wide, so none is judged. They are taken over the groups that "
        "are shown: where some are hidden, set apart or have nobody to count, `params.groups_left_out` says how many, "
        "and these could lie further apart ([which leave out what](../measures.md#what-maxima-leave-out)).",
    ),
}
PACKAGES = ("audits", "charter", "experiments", "dashboard")
COLUMN_LENGTH = 200  # the longest name of a column: how the schema tells a column from another text


def logs() -> str:
    """A table of the logs that a run can hold."""
    rows = ["| log | one row per | its columns, by the names that the system file gives them |", "|---|---|---|"]
    return "\n".join([*rows, *(f"| `{each.name}` | {each.row} | {each.told} |" for each in LOG_TYPES.values())])


def system_fields() -> str:
    """A table of keys for the system file and each of its parts."""
    return _fields(System, "System")


def charter_fields() -> str:
    """A table of keys for each file of a charter and each of its parts."""
    return "\n\n".join((_fields(Head, "charter.yaml"), _fields(Article, "ID.yaml"), _fields(LawFile, "law.yaml")))


def committee_fields() -> str:
    """A table of keys for the file of a committee and each of its parts."""
    return _fields(Rules, "ID.yaml")


def settings_fields() -> str:
    """A table of keys for each part of `boussole.toml` and for `witness.toml`."""
    parts = (
        (AccessSettings, "[access]"),
        (AlertSettings, "[alerts]"),
        (LedgerSettings, "[ledger]"),
        (WitnessSettings, "witness.toml"),
    )
    return "\n\n".join(_fields(model, title) for model, title in parts)


def permissions() -> str:
    """A table of what each role may do."""
    roles = [role for role in Role if role is not Role.OPERATOR]
    head = ["may", *(role.value.replace("_", " ") for role in roles)]
    rows = [
        f"| {action.value} | {' | '.join('yes' if allowed(role, action) else '' for role in roles)} |"
        for action in Action
    ]
    return "\n".join([f"| {' | '.join(head)} |", "|---" * len(head) + "|", *rows])


def api() -> str:
    """A table of the addresses of the API."""
    from boussole.dashboard.api.serving import document

    rows = ["| address | answers | can be asked |", "|---|---|---|"]
    for path, operations in document()["paths"].items():
        if path in record_addresses():
            continue
        for method, operation in operations.items():
            asked = [each["name"] for each in operation.get("parameters", []) if each["in"] == "query"]
            said = "" if method == "get" else f"{method.upper()} "
            rows.append(f"| {said}`{path}` | {operation['summary']} | {', '.join(f'`{name}`' for name in asked)} |")
    return "\n".join(rows)


def api_records() -> str:
    """A table of the kinds of record that the API lists."""
    from boussole.dashboard.api.serving import document

    rows = ["| kind | what it is | needs the permission to | can be asked |", "|---|---|---|---|"]
    for kind, model in RECORDS.items():
        operation = document()["paths"][record_address(kind)]["get"]
        asked = ", ".join(f"`{each['name']}`" for each in operation["parameters"])
        what = inspect.cleandoc(model.__doc__ or "").partition("\n\n")[0].replace("\n", " ")
        rows.append(f"| `{kind}` | {what} | {Action[model.read_action]} | {asked} |")
    return "\n".join(rows)


def _fields(model: type[BaseModel], title: str) -> str:
    schema = model.model_json_schema()
    parts = {title: schema, **schema.get("$defs", {})}
    return "\n\n".join(f"### {name}\n\n{_table(parts[name])}" for name in _order(schema, title, root=title))


def _order(schema: dict[str, Any], name: str, *, root: str) -> list[str]:
    """The parts in the order in which a reader of the file meets them, each after the one that names it."""
    body = schema if name == root else schema["$defs"][name]
    inner = [part for child in _references(body["properties"]) for part in _order(schema, child, root=root)]
    return list(dict.fromkeys([name, *inner]))


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"].rsplit("/", 1)[-1]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _table(schema: dict[str, Any]) -> str:
    required = schema.get("required", [])
    rows = ["| key | value | | meaning |", "|---|---|---|---|"]
    for key, field in schema["properties"].items():
        need = "needed" if key in required else _default(field)
        rows.append(f"| `{key}` | {_value(field)} | {need} | {field['description']} |")
    return "\n".join(rows)


def _default(field: dict[str, Any]) -> str:
    default = field.get("default")
    if default in (None, "", [], {}) or isinstance(default, dict):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}` if absent"


def _value(field: dict[str, Any]) -> str:
    """What may be written there, in words."""
    if "anyOf" in field:
        kinds = [_value(choice) for choice in field["anyOf"] if choice.get("type") != "null"]
        plain = all("$ref" not in choice for choice in field["anyOf"])
        return "a value" if len(kinds) > 1 and plain else " or ".join(kinds)
    if "$ref" in field:
        name = field["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if "enum" in field:
        return ", ".join(f"`{choice}`" for choice in field["enum"])
    return _plain(field)


def _plain(field: dict[str, Any]) -> str:
    if field["type"] == "array":
        return f"list of {_many(_value(field.get('items') or field['prefixItems'][0]))}"
    if field["type"] == "object":
        return _mapping(field)
    if field.get("format") == "date":
        return "date"
    return "column" if field.get("maxLength") == COLUMN_LENGTH else TYPES[field["type"]]


def _many(value: str) -> str:
    plurals = {"a value": "values", "column": "columns", "number": "numbers", "text": "texts"}
    each = (plurals.get(kind, kind.replace("list of", "lists of")) for kind in value.split(" or "))
    return " or ".join(each)


def _mapping(field: dict[str, Any]) -> str:
    inner = field.get("additionalProperties") or next(iter(field["patternProperties"].values()))
    if "patternProperties" in field and inner.get("type") == "string":
        return "text by language"
    return f"by name: {_value(inner)}"


def commands() -> str:
    """What every command says of itself."""
    from boussole.dashboard.cli.main import app

    pages = {
        path: CliRunner().invoke(app, [*path, "--help"], prog_name="boussole", terminal_width=90).output
        for path in _paths(get_command(app))
    }
    blocks = [f"## {' '.join(('boussole', *path))}\n\n```text\n{text.strip()}\n```" for path, text in pages.items()]
    return "\n\n".join(blocks)


def _paths(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The names of a command and of all below it."""
    yield path
    for name, inner in getattr(command, "commands", {}).items():
        yield from _paths(inner, (*path, name))


def measures() -> str:
    """A table of the metrics of each kind."""
    metrics = REGISTRY.all()
    return "\n\n".join(
        f"## {title}\n\n{words}\n\n" + "\n\n".join(_metric(metric) for metric in metrics if metric.kind == kind)
        for kind, (title, words) in KINDS.items()
    )


def _metric(metric: Metric) -> str:
    ideal = "none" if metric.ideal is None else f"{metric.ideal:g}"
    facts = f"Range {metric.range}. Value of parity: {ideal}. Undefined: {metric.undefined}."
    return f"### `{metric.name}`\n\nFormula: {metric.formula}.\n\n{facts}\nSource: {metric.source}."


def dirty_files() -> str:
    """A table of files with what is wrong, and the answer to each, as it is kept among the golden values."""
    kept = (HERE.parent / "tests" / "golden" / "values" / "dirty-files.txt").read_text(encoding="utf-8")
    told = dict(each.split("\n", 1) for each in kept.removeprefix("=== ").split("\n=== "))
    rows = ["| file | what it is | what Boussole says |", "|---|---|---|"]
    for entry in FILES:
        given = ", ".join(f"`--{key} {value}`" for key, value in entry.given.items())
        wrong = f"{entry.wrong} ({given})" if given else entry.wrong
        said = re.split(r"\nNext:|\nmended:", told[entry.name])[0].splitlines()[1:]
        answer = " ".join(re.sub(rf"^(boussole: )?\s*\S*{re.escape(entry.name)}[:,] ", "", line) for line in said)
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in (f"`{entry.name}`", wrong, answer)) + " |")
    return "\n".join(rows)


def schemas() -> str:
    """A table of the schemas: of what, and which command writes it."""
    by = {name: [words for words, names in OUTPUTS.items() if name in names] for name in SCHEMAS}
    rows = [
        f"| [{name}](schemas/{name}.json) | {', '.join(f'`boussole {words}`' for words in by[name])} "
        f"| {str(make().get('description') or '').partition(chr(10))[0]} |"
        for name, make in SCHEMAS.items()
    ]
    return "\n".join(["| schema | written by | what it is |", "|---|---|---|", *rows])


def packages() -> str:
    """A table of the packages, each in its own words; a page says them in its script."""
    homes = [HERE.parent / name for name in PACKAGES]
    found = {path.parent: path for name in ("page.py", "__init__.py") for home in homes for path in home.rglob(name)}
    rows = [
        f"| `{folder.relative_to(HERE.parent)}/` | {_first_line(path).replace('|', chr(92) + '|')} |"
        for folder, path in sorted(found.items())
    ]
    return "\n".join(["| package | what it is |", "|---|---|", *rows])


def _first_line(path: Path) -> str:
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]


def schema_files() -> dict[str, str]:
    """The schemas as files, by name."""
    return {f"{name}.json": json.dumps(make(), ensure_ascii=False, indent=1) + "\n" for name, make in SCHEMAS.items()}


def asvs_walk() -> str:
    """How many requirements are met, and each of them."""
    return f"{asvs.totals()}\n\n{asvs.walk()}"


def api_addresses() -> str:
    """The addresses of the API, and the kinds of record that it lists."""
    return f"{api()}\n\n## Records\n\n{api_records()}"


@dataclass(frozen=True, kw_only=True)
class Page:
    """A generated page: its title, what it is, and what makes its tables."""

    title: str
    introduction: str
    body: Callable[[], str]

    def text(self) -> str:
        """The page in Markdown."""
        return f"# {self.title}\n\n{self.introduction}\n\n{self.body()}\n"


PAGES = {
    "commands": Page(
        title="Commands",
        introduction=(
            "What every command says of itself with `--help`. Each reads the workspace given by `--workspace`, "
            "else by `$BOUSSOLE_HOME`, else the current folder.\n\n"
            "Exit codes: **0** done, **1** the judged thing failed (`--fail-on`, `verify`), **2** bad input or usage. "
            "Results go to standard output, everything else to standard error. JSON output follows its [schema]"
            "(schemas.md)."
        ),
        body=commands,
    ),
    "measures": Page(
        title="Measures",
        introduction=(
            "Every measure with its formula, range, value of parity, undefined cases and source. "
            "[What is measured](../measures.md) explains how they are used."
        ),
        body=measures,
    ),
    "logs": Page(
        title="Logs",
        introduction="The logs that a run may hold. [Logging decisions](../logging.md) explains how to write them.",
        body=logs,
    ),
    "system-fields": Page(
        title="Keys of a system file",
        introduction="[The system file](../system-file.md) explains its parts with examples.",
        body=system_fields,
    ),
    "charter-fields": Page(
        title="Keys of the files of a charter",
        introduction="[Write your own charter](../charter.md) explains how to write one.",
        body=charter_fields,
    ),
    "committee-fields": Page(
        title="Keys of the file of a committee",
        introduction="[The committee](../committee.md) explains what these rules govern.",
        body=committee_fields,
    ),
    "settings": Page(
        title="Keys of boussole.toml and witness.toml",
        introduction=(
            "See [access](../access.md), [alerts](../alerts.md) and [the ledger](../ledger.md) for what they configure."
        ),
        body=settings_fields,
    ),
    "permissions": Page(
        title="Permissions",
        introduction="What each role may do. [Access](../access.md) describes the roles.",
        body=permissions,
    ),
    "api": Page(
        title="Addresses of the API",
        introduction="[The API](../api.md) explains how to ask, and what can go wrong.",
        body=api_addresses,
    ),
    "dirty-files": Page(
        title="Answers to malformed files",
        introduction=(
            "What Boussole answers to each of these files. A test writes and reads all of them; the rows belong to "
            "a system with the columns ref, date, retenu, note and sexe. [Files as they come](../dirty-files.md) gives "
            "the rules."
        ),
        body=dirty_files,
    ),
    "schemas": Page(
        title="Schemas",
        introduction=(
            "Everything that Boussole writes as JSON has a JSON Schema (2020-12), and so have the files that you "
            "write; a test validates each real output. A document names its schema in the key `schema`, as "
            "`boussole.audit/1`: the number grows when a key is removed or changes its meaning. The answers of the API "
            "are described by its [OpenAPI document](../api.md)."
        ),
        body=schemas,
    ),
    "packages": Page(
        title="Packages",
        introduction="What each package is. [Architecture](../architecture.md) explains how they work together.",
        body=packages,
    ),
    "asvs": Page(
        title="ASVS",
        introduction=(
            "Boussole compared with OWASP's Application Security Verification Standard 4.0.3, level 2: every "
            "requirement in short words of our own (the standard has the full text).\n\n"
            "- **met**: the named tests verify it.\n"
            "- **not applicable**: Boussole has no such part, or it belongs to others: to the identity provider, which "
            "keeps passwords and factors, or to the TLS server in front of Boussole.\n"
            "- **not met**: the text says what is missing. Tests in brackets verify a part.\n\n"
            "The assessment was made by the authors of Boussole and not by an independent party. "
            "[Security](../security.md) lists what protects against whom."
        ),
        body=asvs_walk,
    ),
}
"""The generated pages, by the name of their file."""


def write(folder: Path) -> None:
    """Writes every page, and the schemas, into a folder."""
    (folder / "schemas").mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (folder / f"{name}.md").write_text(page.text(), encoding="utf-8")
    for name, text in schema_files().items():
        (folder / "schemas" / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else REFERENCE)
