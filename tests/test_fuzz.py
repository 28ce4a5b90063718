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
from tests.written import CALLS, audit_document

Parser = Callable[[bytes], object]
EXAMPLES = int(os.environ.get("BOUSSOLE_FUZZ", "30"))
"""Damaged files that each parser is given; `make attack` gives more."""
KINDS = ("flip", "cut", "insert", "repeat", "swap", "drop")
TOKENS = (
    b"",
    b"\x00",
    b"\xff\xfe",
    b"\n",
    b'"',
    b"{",
    b"[[[[",
    b"-1",
    b"9" * 40,
    b"NaN",
    b"null",
    b"\xe2\x80\xae",
    b"1e999",
)


@st.composite
def damages(draw: st.DrawFn) -> list[tuple[float, str, bytes]]:
    """Up to four places of a file, what happens there, and with which bytes."""
    token = st.one_of(st.sampled_from(TOKENS), st.binary(max_size=6))
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
    home = Workspace.create(folder / "w").home
    (home / "systems" / "calls.yaml").write_text(SYSTEM, encoding="utf-8")
    made = World(home, folder)
    for number in (1, 2):
        save_audit(made.workspace, audit(number))
    return made


def audit(number: int = 1) -> dict[str, Any]:
    measures = [{"id": "selection_rate", "value": number}]
    return audit_document("calls", start="2026-03-01", end="2026-03-31", measures=measures, verdicts=[])


def as_text(parse: Callable[[str], object]) -> Parser:
    """A parser of text, as the bytes of a file reach it."""

    def parsed(content: bytes) -> object:
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


def parsers(world: World) -> dict[str, tuple[bytes, Parser]]:
    """Each parser with a good file of its kind."""
    workspace = world.workspace
    note = sign_checkpoint(workspace)
    _, kept = parse_checkpoint(str(note))
    key = make_key("example.org/x", kind=SIGNATURE)
    layout = SurveyLayout(columns={"load": "q1"}, group="team")
    say = speaker("en")
    asking = EvidenceQuery(workspace=workspace, say=say, query={})
    article = "equite.yaml"

    def charter_of(content: bytes) -> object:
        folder = world.folder / "charter"
        if not folder.exists():
            shutil.copytree(PACKAGED, folder)
        world.written(f"charter/{article}", content)
        return find_faults(folder)

    def log_of(suffix: str) -> Parser:
        return lambda content: validate(workspace, workspace.system("calls"), world.written(f"log.{suffix}", content))

    def proposed(content: bytes) -> object:
        return propose(world.written("new.parquet", content))

    def answered(content: bytes) -> object:
        return aggregated(rows_of("answers.csv", content), layout)

    def settings_of(content: bytes) -> object:
        other = world.folder / "other"
        world.written("other/boussole.toml", content)
        return Workspace(other).settings

    charter_json = json.dumps(load_charter().document()).encode()
    return {
        "a system file": (SYSTEM.encode(), lambda content: load_system(world.written("calls.yaml", content))),
        "a file of a charter": ((PACKAGED / article).read_bytes(), charter_of),
        "a charter as JSON": (charter_json, lambda content: resolve(str(world.written("c.json", content)))),
        "rules of a committee": (
            (TEMPLATES / "external.yaml").read_bytes(),
            lambda content: read_rules(world.written("external.yaml", content), load_charter().colleges),
        ),
        "settings": (
            b'organisation = "x"\nlanguage = "en"\nthreads = 2\n[access]\nlog_days = 30\nsession_hours = 4\n',
            settings_of,
        ),
        "a log as CSV": (table(rows(), "csv"), log_of("csv")),
        "a log as JSON lines": (table(rows(), "jsonl"), log_of("jsonl")),
        "a log as a workbook": (table(rows(), "xlsx"), log_of("xlsx")),
        "a log as Parquet": (table(rows(), "parquet"), log_of("parquet")),
        "a log that a system is proposed from": (table(rows(), "parquet"), proposed),
        "a register as a workbook": (
            template_register(world),
            lambda content: plan(world.written("r.xlsx", content), workspace.systems),
        ),
        "a survey as CSV": (survey("csv"), answered),
        "a survey as a workbook": (survey("xlsx"), lambda content: aggregated(rows_of("a.xlsx", content), layout)),
        "a report": (pdf(world), lambda content: check(Path("r.pdf"), workspace=workspace, content=content)),
        "a report at the evidence page": (pdf(world), lambda content: examine("r.pdf", content, asking)),
        "an audit at the evidence page": (json.dumps(audit()).encode(), lambda content: examine("a", content, asking)),
        "a checkpoint": (str(note).encode(), as_text(parse_checkpoint)),
        "a checkpoint at the evidence page": (str(note).encode(), lambda content: examine("c", content, asking)),
        "a signed note": (str(note).encode(), as_text(parse_note)),
        "a request to cosign": (str(request_since(workspace, note, kept)).encode(), as_text(parse_request)),
        "a proof": (str(prove_entry(workspace, 1, note)).encode(), as_text(lambda text: parse_proof(text).entry)),
        "a public key": (str(key.verifier).encode(), as_text(parse_verifier)),
        "a secret key": (key.secret_text.encode(), as_text(parse_signer)),
        "the answer of a timestamp authority": (
            REPLY,
            lambda content: timestamped_at(NOTE, reply=content, authorities=ROOT),
        ),
        "fairness reports of gabarit": (
            json.dumps({"0": {"sex": "F", "count": 3, "accuracy": 0.5}}).encode(),
            lambda content: read_gabarit(world.written("algo_metrics_by_groups.json", content)),
        ),
        "a period": (b"2026-Q3", as_text(parse_period)),
    }


NAMES = [
    "a system file",
    "a file of a charter",
    "a charter as JSON",
    "rules of a committee",
    "settings",
    "a log as CSV",
    "a log as JSON lines",
    "a log as a workbook",
    "a log as Parquet",
    "a log that a system is proposed from",
    "a register as a workbook",
    "a survey as CSV",
    "a survey as a workbook",
    "a report",
    "a report at the evidence page",
    "an audit at the evidence page",
    "a checkpoint",
    "a checkpoint at the evidence page",
    "a signed note",
    "a request to cosign",
    "a proof",
    "a public key",
    "a secret key",
    "the answer of a timestamp authority",
    "fairness reports of gabarit",
    "a period",
]


@pytest.mark.costly
@pytest.mark.attack("parsers", "good files of every kind, damaged at random")
@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_file_is_read_or_refused_in_words(world: World, name: str, tries: Tries) -> None:
    good, parse = parsers(world)[name]
    parse(good)

    @settings(max_examples=EXAMPLES, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(damage=damages())
    def tried(damage: list[tuple[float, str, bytes]]) -> None:
        tries.add()
        try:
            parse(damaged(good, damage))
        except BoussoleError:
            return

    tried()


def test_every_parser_is_tried(world: World) -> None:
    assert sorted(parsers(world)) == sorted(NAMES)
