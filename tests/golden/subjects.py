"""What is pinned: each subject makes its golden values, by the name of their file."""

from __future__ import annotations

import csv
import itertools
import os
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.testclient import TestClient

from tests.golden.outside import app, documents, html_of, outcome, run, text_of, text_of_pdf

TESTS = Path(__file__).parent.parent
REAL_DATA = Path(os.environ.get("BOUSSOLE_TEST_DATA", TESTS.parent.parent / "shared" / "data"))
LANGUAGES = ("fr", "en")
PEOPLE = 2000
"""Of the demo: so many that some promises are found broken, and that small groups are hidden."""
REFUSED = {"fr": "Cette page ne vous est pas ouverte", "en": "This page is not open to you"}
SET_ASIDE = re.compile(r"\b[1-9]\d* set aside")
ONE_OF_MANY = re.compile(r"\{(\w+)\}")
OPTIONS = {
    "encoding": "--encoding",
    "separator": "--separator",
    "decimal": "--decimal",
    "dates": "--dates",
    "sheet": "--sheet",
}
Values = dict[str, Any]


def demo(folder: Path) -> Values:
    """The demo: its audits, the counts of its pack, its API, its pages and its report."""
    home = folder / "demo"
    run("demo", "--home", home, "--people", PEOPLE, "--no-open")
    client, _ = app(home)
    values: Values = {
        "demo.documents.json.gz": documents(home, folder / "pack"),
        "demo.cells.json.gz": _cells(folder / "pack"),
        "demo.api.json.gz": dict(_answers(client)),
    }
    for lang in LANGUAGES:
        (report,) = (home / "reports").glob(f"*-{lang}.pdf")
        values[f"demo.report.{lang}.txt.gz"] = {"report": text_of_pdf(report)}
        values[f"demo.pages.{lang}.txt.gz"] = dict(_pages(home, client, lang))
    return values


def unplanted(folder: Path) -> Values:
    """The same systems where nothing is planted: their audits."""
    from benchmarks.planted.effects import CONDITIONS
    from benchmarks.planted.runs import logs_of
    from benchmarks.planted.sizes import TEXTS
    from boussole.experiments.demo.build import empty, import_logs

    workspace = empty(folder / "unplanted", effects=CONDITIONS["nothing"])
    for system, size in (("chatft", TEXTS), ("matchft", PEOPLE)):
        import_logs(workspace, logs_of((system, "nothing", size, 1)))
        run("--workspace", workspace.home, "audit", "--system", system, "--all-periods")
    return {"unplanted.documents.json.gz": documents(workspace.home, folder / "pack")}


def real_data_audit(system: str, data: Path) -> Callable[[Path], Values]:
    """A function that audits real data, and pins the output of their import too."""

    def audit(folder: Path) -> Values:
        home = folder / system
        run("init", home)
        run("--workspace", home, "systems", "add", TESTS / "systems" / f"{system}.yaml")
        told = run("--workspace", home, "import", data, "--system", system)
        run("--workspace", home, "audit", "--system", system)
        lines = {"import": told.replace(str(data.parent), "<data>").splitlines()}
        return {f"{system}.documents.json.gz": documents(home, folder / "pack"), f"{system}.import.txt": lines}

    return audit


def dirty_files(folder: Path) -> Values:
    """What an import answers to each dirty file, and to a corrected file where rows were set aside."""
    from tests.audits.dirty_files import FILES, ISO, SYSTEM, plain, text

    home, told = folder / "dirty", {}
    run("init", home)
    mended = folder / "mended.csv"
    more = [(f"a{number}", *row[1:]) for number, row in enumerate(ISO * 2, 1)][:5]
    mended.write_text(text(plain(more), by=",", end="\n"), encoding="utf-8")
    for number, file in enumerate(FILES):
        (home / "systems" / f"jobs{number}.yaml").write_text(SYSTEM.replace("id: jobs", f"id: jobs{number}"), "utf-8")
        (folder / file.name).write_bytes(file.content)
        options = [part for key, value in file.given.items() for part in (OPTIONS[key], value)]
        typed = ("--workspace", home, "import", "--system", f"jobs{number}")
        code, said = outcome(*typed, folder / file.name, *options)
        told[file.name] = [f"exit {code}", *said.replace(f"jobs{number}", "jobs").splitlines()]
        if SET_ASIDE.search(said):
            code, said = outcome(*typed, mended)
            told[file.name] += [f"mended: exit {code}", *said.replace(f"jobs{number}", "jobs").splitlines()]
            told[file.name] += run("--workspace", home, "quarantine", "list", "--system", f"jobs{number}").splitlines()
    return {"dirty-files.txt": told}


def permissions(folder: Path) -> Values:
    """The permission matrix: each command, page and address of the server, with the roles that it does not refuse."""
    from tests.commands import commands

    home = folder / "permissions"
    run("init", home)
    client, routes = app(home)
    _, told = outcome("--as", "nobody", "metrics")
    roles = re.findall(r"'(\w+)'", told.partition("one of")[2])
    assert len(roles) > 5, told
    matrix: dict[str, list[str]] = defaultdict(list)
    for words, role in itertools.product(sorted(commands()), roles):
        code, _ = outcome("--as", role, *words.split(), "--help")
        matrix["commands"] += [f"{words}: {role}"] if code == 0 else []
    seen = [role for role in roles if role not in ("operator", "witness")]
    for page, role in itertools.product(_page_names(), seen):
        refused = _is_refusal(html_of(home, page, role=role, lang="fr"), "fr")
        matrix["pages"] += [] if refused else [f"{page}: {role}"]
    for route, role in itertools.product(sorted(routes, key=lambda each: str(each.path)), seen):
        methods = sorted({"GET", "POST"} & set(route.methods or ()))
        for method in methods:
            client.cookies.clear()  # the route by which a role is chosen has chosen one
            client.cookies.set("boussole_local", role)
            address = re.sub(r"\{\w+(:int|:path)?\}", "1", route.path)
            refused = client.request(method, address).status_code == 403
            matrix["addresses"] += [] if refused else [f"{method} {route.path}: {role}"]
    return {"permissions.txt": {kind: list(_merge_roles(lines)) for kind, lines in matrix.items()}}


def _merge_roles(lines: Iterable[str]) -> Iterator[str]:
    """One line for each act, with all its roles."""
    of = itertools.groupby(lines, key=lambda line: line.rpartition(": ")[0])
    return (f"{act}: {' '.join(line.rpartition(': ')[2] for line in found)}" for act, found in of)


def _is_refusal(pieces: list[str], lang: str) -> bool:
    return any(REFUSED[lang] in each for each in pieces)


def _page_names() -> list[str]:
    """A page is a folder that is called as its address."""
    return sorted(path.parent.name for path in (TESTS.parent / "dashboard" / "pages").glob("*/page.py"))


def _cells(pack: Path) -> Values:
    """The counts of each audit that a pack publishes; all others are suppressed."""
    found: Values = {}
    for path in sorted((pack / "cells").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found[path.stem] = [", ".join(row) for row in csv.reader(file)]
    return found


def _answers(client: TestClient) -> Iterator[tuple[str, Any]]:
    """The answer of each GET address in the description of the API, for each system and for the last audit."""
    described = client.get("/api/openapi.json").json()
    yield "/api/openapi.json", described
    systems = [each["id"] for each in client.get("/api/systems").json()["items"]]
    audits = client.get("/api/systems/matchft/audits").json()["items"]
    values = {"system": systems, "entry": [max(each["entry"] for each in audits)]}
    for path in sorted(path for path, ways in described["paths"].items() if "get" in ways):
        for value in values[asked[1]] if (asked := ONE_OF_MANY.search(path)) else [""]:
            address = ONE_OF_MANY.sub(str(value), path)
            answer = client.get(address)
            json = answer.headers["content-type"].startswith("application/json")
            yield address, {"status": answer.status_code, "body": answer.json() if json else answer.text.splitlines()}


def _pages(home: Path, client: TestClient, lang: str) -> Iterator[tuple[str, list[str]]]:
    """Every page, and each system, article, session and answer; as the steward, or else as the chair."""

    def listed(address: str) -> list[dict[str, Any]]:
        return list(client.get(address).json()["items"])

    (chair,) = (each["member"] for each in listed("/api/records/office") if each["office"] == "chair")
    asked: dict[str, list[dict[str, str]]] = {
        "system": [{"system": each["id"]} for each in listed("/api/systems")],
        "article": [{"article": each["id"]} for each in client.get("/api/charter").json()["charter"]["articles"]],
        "session": [{"session": str(each["entry"])} for each in listed("/api/records/convocation")],
        "answer": [
            {"system": each["system"], "question": each["verdict"]["indicator"]}
            for each in _items(client, "/api/verdicts")
        ],
    }
    for page in _page_names():
        for query in asked.get(page, [{}]):
            pieces = html_of(home, page, role="steward", lang=lang, **query)
            if _is_refusal(pieces, lang):
                pieces = html_of(home, page, role=f"chair.{chair}", lang=lang, **query)
            yield f"/{page}?{urlencode(query)}".rstrip("?"), text_of(pieces)


def _items(client: TestClient, address: str) -> Iterator[dict[str, Any]]:
    """The items of all pages of a list of the API."""
    while address:
        page = client.get(address).json()
        yield from page["items"]
        address = page["next"]


SUBJECTS: dict[str, Callable[[Path], Values]] = {
    "demo": demo,
    "unplanted": unplanted,
    "admissions": real_data_audit("admissions", TESTS / "data" / "ucb_admissions" / "datasets_UCBAdmissions.csv"),
    "compas": real_data_audit("compas", REAL_DATA / "compas" / "compas-scores-two-years.csv"),
    "callbacks": real_data_audit("callbacks", REAL_DATA / "bertrand_mullainathan" / "openintro_resume.csv"),
    "dirty": dirty_files,
    "permissions": permissions,
}
NEED_REAL_DATA = ("compas", "callbacks")
"""These are read where they lie: their licence does not let them stand in the project."""


def make_values(subject: str, folder: Path) -> Values:
    """The golden values of a subject, made in a folder that is left empty."""
    folder.mkdir(parents=True)
    try:
        return SUBJECTS[subject](folder)
    finally:
        shutil.rmtree(folder)
