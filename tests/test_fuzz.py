"""Every parser of what comes from outside, given good files that were damaged: it reads them, or says what is wrong.

The damage is the same at each run (derandomised), so that a fall can be found again.
"""

from __future__ import annotations

import dataclasses
import io
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boussole.audits.decisions import validate
from boussole.audits.errors import BoussoleError
from boussole.audits.ledger.checkpoint import parse_checkpoint, parse_request
from boussole.audits.ledger.keys import SIGNATURE, make_key, parse_note, parse_signer, parse_verifier
from boussole.audits.ledger.log import parse_proof
from boussole.audits.ledger.outside import timestamped_at
from boussole.audits.scaffold import propose
from boussole.audits.spreadsheet import plan, write_template
from boussole.audits.systems.loading import load_system
from boussole.audits.workspace import Workspace
from boussole.charter.amending.resolving import resolve
from boussole.charter.committee.rules import TEMPLATES, read_rules
from boussole.charter.records import prove_entry, request_since, save_audit, sign_checkpoint
from boussole.charter.text.loading import PACKAGED, find_faults, load_charter
from boussole.charter.work.survey import SurveyLayout, aggregated, rows_of
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.evidence.forms import EvidenceQuery, examine
from boussole.dashboard.report.attachments import check
from boussole.dashboard.views.papers import parse_period
from boussole.experiments.gabarit import read as read_gabarit
from tests.attacks import Tries
from tests.audits.ledger.test_notes import NOTE, REPLY, ROOT
from tests.written import CALLS, audit_document, written_workspace

Made = Callable[["World"], bytes]
Parser = Callable[["World", bytes], object]
EXAMPLES = int(os.environ.get("BOUSSOLE_FUZZ", "30"))
"""Damaged files that each parser is given; `make attack` gives more."""
KINDS = ("flip", "cut", "insert", "repeat", "swap", "drop")
BYTES = (b"", b"\x00", b"\xff\xfe", b"\n", b'"', b"\xe2\x80\xae")
WORDS = (b"{", b"[[[[", b"-1", b"9" * 40, b"NaN", b"null", b"1e999")


@st.composite
def damages(draw: st.DrawFn) -> list[tuple[float, str, bytes]]:
    """Up to four places of a file, what happens there, and with which bytes."""
    token = st.one_of(st.sampled_from(BYTES + WORDS), st.binary(max_size=6))
    one = st.tuples(st.floats(0, 1, allow_nan=False), st.sampled_from(KINDS), token)
    return draw(st.lists(one, min_size=1, max_size=4))


def damaged(content: bytes, damage: list[tuple[float, str, bytes]]) -> bytes:
    for where, kind, token in damage:
        at = int(where * len(content))
        span = max(1, len(token))
        if kind == "flip" and content:
            at = min(at, len(content) - 1)
            content = content[:at] + bytes([content[at] ^ (token[0] if token and token[0] else 1)]) + content[at + 1 :]
        elif kind == "cut":
            content = content[:at]
        elif kind == "insert":
            content = content[:at] + token + content[at:]
        elif kind == "repeat":
            content = content[:at] + content[max(0, at - 40) : at] * 3 + content[at:]
        elif kind == "swap":
            content = content[:at] + token + content[at + span :]
        else:
            content = content[:at] + content[at + 7 * span :]
    return content


SYSTEM = CALLS.replace("windows:", '  age: {column: age, bands: [18, 26, 50], reference: "26-49"}\nwindows:')


def rows() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "decision_id": range(40),
            "ts": [f"2026-03-{1 + n % 28:02}" for n in range(40)],
            "contacted": [n % 3 == 0 for n in range(40)],
            "gender": ["F" if n % 2 else "M" for n in range(40)],
            "age": [20 + n for n in range(40)],
        }
    )


@dataclasses.dataclass
class World:
    """A workspace with one sealed audit, and good files of every kind."""

    home: Path
    folder: Path

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.home)

    def written(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("fuzz")
    made = World(written_workspace(folder / "w", SYSTEM).home, folder)
    for number in (1, 2):
        save_audit(made.workspace, audit(number))
    return made


def audit(number: int = 1) -> dict[str, Any]:
    measures = [{"id": "selection_rate", "value": number}]
    return audit_document("calls", start="2026-03-01", end="2026-03-31", measures=measures, verdicts=[])


def as_text(parse: Callable[[str], object]) -> Parser:
    """A parser of text, as the bytes of a file reach it."""

    def parsed(_: World, content: bytes) -> object:
        try:
            text = content.decode()
        except UnicodeDecodeError:
            return None
        return parse(text)

    return parsed


def table(frame: pd.DataFrame, suffix: str) -> bytes:
    buffer = io.BytesIO()
    if suffix == "parquet":
        frame.to_parquet(buffer)
    elif suffix == "xlsx":
        frame.to_excel(buffer, index=False)
    elif suffix == "jsonl":
        frame.to_json(buffer, orient="records", lines=True)
    else:
        frame.to_csv(buffer, index=False)
    return buffer.getvalue()


def pdf(world: World) -> bytes:
    writer, buffer = pypdf.PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    seal = {"file": "audit.json", "sha256": "0" * 64, "entry": 1, "root": "0" * 64, "charter": "charter.json"}
    writer.add_attachment("audit.json", json.dumps(audit()).encode())
    writer.add_attachment("charter.json", b"{}")
    writer.add_attachment("seals.json", json.dumps({"audits": [seal], "drift": []}).encode())
    writer.write(buffer)
    return buffer.getvalue()


def template_register(world: World) -> bytes:
    path = world.folder / "register.xlsx"
    if not path.exists():
        write_template(path)
    return path.read_bytes()


def survey(suffix: str) -> bytes:
    book = openpyxl.Workbook()
    for line in (["q1", "team"], [3, "a"], [4, "b"], *[[5, "a"]] * 12):
        book.active.append(line)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue() if suffix == "xlsx" else b"q1;team\n3;a\n4;b\n" + b"5;a\n" * 12


def charter_of(world: World, content: bytes) -> object:
    folder = world.folder / "charter"
    if not folder.exists():
        shutil.copytree(PACKAGED, folder)
    world.written(f"charter/{ARTICLE}", content)
    return find_faults(folder)


def settings_of(world: World, content: bytes) -> object:
    world.written("other/boussole.toml", content)
    return Workspace(world.folder / "other").settings


def log_of(suffix: str) -> tuple[Made, Parser]:
    def parsed(world: World, content: bytes) -> object:
        system = world.workspace.system("calls")
        return validate(world.workspace, system, world.written(f"log.{suffix}", content))

    return lambda _: table(rows(), suffix), parsed


def examined(name: str) -> Parser:
    """The evidence page, given a file of this name."""

    def parsed(world: World, content: bytes) -> object:
        return examine(name, content, EvidenceQuery(workspace=world.workspace, say=speaker("en"), query={}))

    return parsed


def checkpoint(world: World) -> bytes:
    return str(sign_checkpoint(world.workspace)).encode()


def requested(world: World) -> bytes:
    note = sign_checkpoint(world.workspace)
    return str(request_since(world.workspace, note, parse_checkpoint(str(note))[1])).encode()


ARTICLE = "equite.yaml"
SECRET = make_key("example.org/x", kind=SIGNATURE)
LAYOUT = SurveyLayout(columns={"load": "q1"}, group="team")
SETTINGS = b'organisation = "x"\nlanguage = "en"\nthreads = 2\n[access]\nlog_days = 30\nsession_hours = 4\n'
GABARIT = json.dumps({"0": {"sex": "F", "count": 3, "accuracy": 0.5}}).encode()
PARSERS: dict[str, tuple[Made, Parser]] = {
    "a system file": (lambda _: SYSTEM.encode(), lambda world, content: load_system(world.written("c.yaml", content))),
    "a file of a charter": (lambda _: (PACKAGED / ARTICLE).read_bytes(), charter_of),
    "a charter as JSON": (
        lambda _: json.dumps(load_charter().document()).encode(),
        lambda world, content: resolve(str(world.written("c.json", content))),
    ),
    "rules of a committee": (
        lambda _: (TEMPLATES / "external.yaml").read_bytes(),
        lambda world, content: read_rules(world.written("external.yaml", content), load_charter().colleges),
    ),
    "settings": (lambda _: SETTINGS, settings_of),
    "a log as CSV": log_of("csv"),
    "a log as JSON lines": log_of("jsonl"),
    "a log as a workbook": log_of("xlsx"),
    "a log as Parquet": log_of("parquet"),
    "a log that a system is proposed from": (
        lambda _: table(rows(), "parquet"),
        lambda world, content: propose(world.written("new.parquet", content)),
    ),
    "a register as a workbook": (
        template_register,
        lambda world, content: plan(world.written("r.xlsx", content), world.workspace.systems),
    ),
    "a survey as CSV": (lambda _: survey("csv"), lambda _, content: aggregated(rows_of("a.csv", content), LAYOUT)),
    "a survey as a workbook": (
        lambda _: survey("xlsx"),
        lambda _, content: aggregated(rows_of("a.xlsx", content), LAYOUT),
    ),
    "a report": (pdf, lambda world, content: check(Path("r.pdf"), workspace=world.workspace, content=content)),
    "a report at the evidence page": (pdf, examined("r.pdf")),
    "an audit at the evidence page": (lambda _: json.dumps(audit()).encode(), examined("a")),
    "a checkpoint": (checkpoint, as_text(parse_checkpoint)),
    "a checkpoint at the evidence page": (checkpoint, examined("c")),
    "a signed note": (checkpoint, as_text(parse_note)),
    "a request to cosign": (requested, as_text(parse_request)),
    "a proof": (
        lambda world: str(prove_entry(world.workspace, 1, sign_checkpoint(world.workspace))).encode(),
        as_text(lambda text: parse_proof(text).entry),
    ),
    "a public key": (lambda _: str(SECRET.verifier).encode(), as_text(parse_verifier)),
    "a secret key": (lambda _: SECRET.secret_text.encode(), as_text(parse_signer)),
    "the answer of a timestamp authority": (
        lambda _: REPLY,
        lambda _, content: timestamped_at(NOTE, reply=content, authorities=ROOT),
    ),
    "fairness reports of gabarit": (
        lambda _: GABARIT,
        lambda world, content: read_gabarit(world.written("algo_metrics_by_groups.json", content)),
    ),
    "a period": (lambda _: b"2026-Q3", as_text(parse_period)),
}
"""By what it reads: a good file of its kind, and each parser."""


@pytest.mark.costly
@pytest.mark.attack("parsers", "good files of every kind, damaged at random")
@pytest.mark.parametrize("name", PARSERS)
def test_a_damaged_file_is_read_or_refused_in_words(world: World, name: str, tries: Tries) -> None:
    make, parse = PARSERS[name]
    good = make(world)
    parse(world, good)

    @settings(max_examples=EXAMPLES, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(damage=damages())
    def tried(damage: list[tuple[float, str, bytes]]) -> None:
        tries.add()
        try:
            parse(world, damaged(good, damage))
        except BoussoleError:
            return

    tried()
