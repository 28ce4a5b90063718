"""The evidence page: what it says of the ledger, of an entry and of files, handed out and taken in over HTTP."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import shutil
import sqlite3
from hashlib import sha256

import pypdf
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from boussole.audits.access_settings import AccessSettings
from boussole.audits.ledger import Verification
from boussole.audits.ledger.checkpoint import SetBack, parse_checkpoint
from boussole.audits.ledger.keys import COSIGNATURE, check, make_key
from boussole.audits.ledger.log import parse_proof
from boussole.audits.signing.key import workspace_key
from boussole.audits.workspace import Workspace
from boussole.charter.record_types.kinds import KINDS
from boussole.charter.records import prove_entry, save_audit, seal_report, sealed_json, sign_checkpoint
from boussole.charter.records.sealed_files import NO_FILES
from boussole.charter.records.statements import Restart
from boussole.dashboard.app.server import KnownHosts, routes
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.markup.words.addresses import number_of
from boussole.dashboard.pages.evidence import forms as evidence_routes
from boussole.dashboard.pages.evidence.forms import MOST_ANSWERS, EvidenceQuery, answer_of, examine
from boussole.dashboard.pages.evidence.view import LARGEST, asked_of, entry_page, head, search_of
from boussole.dashboard.views.evidence import VerificationResult, kind_words, proved, results, short, verified
from tests.written import EVIDENCE, audit_document

EN, FR = speaker("en"), speaker("fr")
SHOWN = Template("pages/evidence/evidence.html", EN)
COUNTS = b"the counts that were read"
COUNTED = hashlib.sha256(COUNTS).hexdigest()
READ = {"cubes": f"sha256:{COUNTED}", "system": f"sha256:{COUNTED}"}


def document(day=1, *, value=0.5):
    on, measures = f"2026-07-{day:02d}", [{"id": "selection_rate", "value": value}]
    return audit_document("matchft", start=on, end=on, evidence=READ, measures=measures)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Entry 0 is the charter, 1 to 30 are audits of one day each."""
    workspace = Workspace.create(tmp_path_factory.mktemp("evidence") / "workspace")
    for day in range(1, 31):
        save_audit(workspace, document(day))
    workspace.evidence.mkdir(parents=True, exist_ok=True)
    for kind in ("parquet", "json"):
        (workspace.evidence / f"{COUNTED}.{kind}").write_bytes(COUNTS)
    return workspace


@pytest.fixture
def workspace(made, tmp_path):
    """A copy, to be tampered with."""
    shutil.copytree(made.home, tmp_path / "workspace")
    return Workspace(tmp_path / "workspace")


def tamper(workspace, statement):
    with sqlite3.connect(workspace.governance) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)


def told(workspace, content, *, say=EN, name="file"):
    if isinstance(content, str):
        content = content.encode()
    return examine(name, content, EvidenceQuery(workspace=workspace, say=say, query={"lang": say.lang}))


def test_the_head_tells_of_files_as_the_command_does(tmp_path):
    workspace = Workspace.create(tmp_path / "w")
    counts = f"{sha256(b'counts').hexdigest()}.parquet"
    workspace.unsealed.mkdir()
    read = counts.partition(".")[0]
    for name in (counts, f"{read}.json"):
        (workspace.unsealed / name).write_bytes(b"counts")
    evidence = {"cubes": f"sha256:{read}", "system": f"sha256:{read}"}
    save_audit(workspace, document() | {"evidence": EVIDENCE | evidence})
    assert head(short(workspace), verified(workspace), EN).notes[0].startswith("Files of evidence: 1, declarations")
    (workspace.evidence / "notes.txt").write_text("x")
    assert head(short(workspace), verified(workspace), FR).notes[1].endswith("qui ne comptent pas\u202f: 1.")
    checkpoint = str(sign_checkpoint(workspace))
    (workspace.evidence / counts).write_bytes(b"others")
    view = head(short(workspace), verified(workspace), EN)
    assert (view.tone, view.headline) == ("broken", f"One file is not as it was sealed: `evidence/{counts}`.")
    found = told(workspace, checkpoint, say=FR)
    assert found.tone == "broken"
    assert f"Un fichier n’est pas tel qu’il a été scellé\u202f: `evidence/{counts}`." in found.details


def test_the_head_tells_of_the_clock_and_of_a_new_start(made):
    back = Verification(
        size=3,
        root="ab",
        back=2,
        set_back=(SetBack(index=1, before="2026-11-26T09:00:00Z", time="2026-11-25T08:30:00Z"),),
    )
    begun = Restart(on=dt.date(2026, 11, 20), reason="Disque mort", files=12)
    found = VerificationResult(ledger=back, files=NO_FILES, restart=begun)
    view = head(short(made), found, EN)
    assert view.tone == "watch"
    before = "the one before it of 26 November 2026 at 10:00 (Paris time)"
    assert f"entry 1 is of 25 November 2026 at 09:30 (Paris time), {before}" in view.notes[1]
    assert view.notes[2] == (
        "This ledger was started anew on 20 November 2026 because: “Disque mort”. Files of the one before that are not "
        "covered: 12."
    )
    assert "recommencé le 20 novembre 2026" in head(short(made), found, FR).notes[2]
    assert "“Disque mort”" in SHOWN("head", view)


def test_the_head_of_a_damaged_ledger(workspace):
    tamper(workspace, "UPDATE entries SET time = '2020-01-01T00:00:00Z' WHERE position = 7")
    view = head(short(workspace), verified(workspace), EN)
    assert (view.headline, view.tone) == ("The ledger does not hold: entry 7 or what it seals was changed.", "broken")


def page_of(workspace, scene, query, say=EN):
    asked = asked_of(query)
    found = results(workspace, asked, page=number_of(query.get("page", "")) or 1)
    return search_of(short(workspace), asked, found, scene, say, query={"lang": "en"})


def test_a_search_is_kept_in_its_address(made, scene):
    query = {"kind": "audit", "system": "matchft", "from": "2020-01-01", "to": "2099-12-31", "lang": "en"}
    first = page_of(made, scene, query)
    assert first["found"] == "30 entries"
    assert first["older"] == "/evidence?lang=en&kind=audit&system=matchft&from=2020-01-01&to=2099-12-31&page=2"
    assert [choice["value"] for choice in first["kinds"] if choice["chosen"]] == ["audit"]
    assert first["all_href"] == "/evidence?lang=en"


@pytest.mark.parametrize("query", [{"q": "99"}, {"kind": "nothing"}, {"system": "<b>"}, {"from": "2099-01-01"}])
def test_what_is_not_there_is_said(made, scene, query):
    view = page_of(made, scene, query)
    assert (view["lines"], view["found"]) == ([], "Nothing in the ledger is as asked.")
    assert (proved(made, 31), proved(made, -1)) == (None, None)
    assert "<b>" not in SHOWN("search", view)


@pytest.mark.parametrize(
    "change",
    [
        "leaf_hash = iif(leaf_hash LIKE 'a%', 'b', 'a') || substr(leaf_hash, 2)",
        "leaf_hash = 'no hash'",
        "time = '2020-01-01T00:00:00Z'",
        "payload = replace(payload, 'matchft', 'compas')",
        "payload = '{'",
    ],
)
def test_a_changed_entry_is_not_proved(workspace, scene, change):
    tamper(workspace, f"UPDATE entries SET {change} WHERE position = 3")
    view = entry_page(proved(workspace, 3), scene, EN, query={})
    assert view["tone"] == "broken"
    assert view["proof"].startswith("The proof does not hold")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_record_is_listed_by_the_name_it_has_in_code(kind):
    assert kind_words(kind, EN) != kind
    assert "_" not in kind_words(kind, FR)


def test_a_kept_checkpoint_still_fits(workspace):
    note = sign_checkpoint(workspace)
    save_audit(workspace, document(31))
    found = told(workspace, str(note.signed(make_key("example.org/agents", kind=COSIGNATURE))))
    assert found.headline == "The ledger still holds the 31 entries that this checkpoint knows, unchanged."
    assert found.tone == "kept"
    assert "It bears the signature of this ledger." in found.details[0]
    assert "example.org/agents" in found.details[0]
    assert found.details[1] == "One entry came later."


def test_a_checkpoint_that_no_longer_fits(workspace):
    note = str(sign_checkpoint(workspace))
    tamper(workspace, "DELETE FROM entries WHERE position = 30")
    cut = told(workspace, note)
    assert cut.headline == "Entries were removed: this checkpoint knows 31, and the ledger has 30."
    assert (cut.tone, cut.details[-1]) == ("broken", "Keep this file: it is what shows it.")
    tamper(workspace, "UPDATE entries SET time = '2020-01-01T00:00:00Z' WHERE position = 3")
    damaged = told(workspace, note, say=FR)
    assert (damaged.tone, "retirées" in damaged.headline) == ("broken", True)


def test_a_checkpoint_of_another_ledger(made, tmp_path):
    other = Workspace.create(tmp_path / "other")
    save_audit(other, document(9))
    found = told(made, str(sign_checkpoint(other)))
    assert found.headline.startswith("This checkpoint is of another ledger")
    assert told(Workspace.create(tmp_path / "empty"), str(sign_checkpoint(other))).headline == (
        "This checkpoint knows 2 entries, and here there are none."
    )


def test_a_proof_of_an_entry(workspace):
    proof = str(prove_entry(workspace, 4, sign_checkpoint(workspace)))
    found = told(workspace, proof)
    assert found.headline == "The proof holds: entry 4 stands in this ledger as it says."
    assert found.entries == [("Entry 4", "/evidence?lang=en&entry=4")]
    assert told(workspace, proof.replace("index 4", "index 5")).tone == "broken"
    tamper(workspace, "DELETE FROM entries WHERE position = 30")
    assert told(workspace, proof).headline == "The proof of entry 4 does not fit this ledger."


def test_an_audit_document(made):
    found = told(made, json.dumps(document(2), indent=1))
    assert found.headline.startswith("This is sealed at entry 2, on ")
    assert found.entries == [("Entry 2", "/evidence?lang=en&entry=2")]
    changed = told(made, json.dumps(document(2, value=0.9)))
    assert changed.tone == "broken"
    assert changed.headline.startswith("This audit differs from what is sealed")
    assert changed.entries == [("Entry 2", "/evidence?lang=en&entry=2")]


def report(*documents, spoil=False):
    """A PDF with what Boussole attaches, made by hand."""
    writer, seals = pypdf.PdfWriter(), []
    writer.add_blank_page(100, 100)
    for entry, root, found in documents:
        content = sealed_json(found).replace(b"0.5", b"0.9") if spoil else sealed_json(found)
        name = f"audit-{entry}.json"
        writer.add_attachment(name, content)
        seals.append({"file": name, "sha256": sha256(sealed_json(found)).hexdigest(),
                      "entry": entry, "root": root, "charter": "charter.json", "system": "matchft"})  # fmt: skip
    writer.add_attachment("charter.json", b"{}")
    writer.add_attachment("seals.json", json.dumps({"schema": "boussole.seals/1", "audits": seals}).encode())
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


@pytest.fixture
def with_charter(tmp_path):
    """A workspace whose one audit was judged by the charter `{}`."""
    charter = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"  # SHA-256 of {}
    workspace = Workspace.create(tmp_path / "with-charter")
    found = document() | {"charter": {"id": "x", "version": "1", "sha256": charter, "adopted_before_window": True}}
    return workspace, save_audit(workspace, found).written()


@pytest.mark.attack("reports", "a forged report is handed in at the evidence page")
def test_a_report_of_boussole(with_charter):
    workspace, saved = with_charter
    seal = saved["evidence"]["entry"], saved["evidence"]["root"]
    made = report((*seal, saved))
    assert told(workspace, made).tone == "unknown"  # of before reports were sealed
    assert told(workspace, made).headline.startswith("No entry seals this file")
    seal_report(workspace, made, period="2026-09", lang="fr", seals=attached(made, "seals.json"))
    found = told(workspace, made, name="rapport.pdf")
    assert found.tone == "kept"
    assert found.headline.startswith("This is the report September 2026, in French, unchanged: byte for byte")
    assert found.entries == [("Entry 2", "/evidence?lang=en&entry=2"), ("Entry 1", "/evidence?lang=en&entry=1")]
    changed = told(workspace, made + b"%")
    assert changed.tone == "broken"
    assert changed.headline.startswith("This file is not the report that is sealed here")
    assert told(workspace, report((*seal, saved), spoil=True)).tone == "broken"
    forged = {key: value for key, value in document(value=0.9).items() if key != "charter"} | {
        "charter": saved["charter"]
    }
    assert told(workspace, report((*seal, forged))).headline.startswith("This report differs from what is sealed")


@pytest.mark.costly
@pytest.mark.attack("reports", "one byte of a report is changed, and it is handed in at the evidence page")
@pytest.mark.parametrize("kept", [True, False], ids=["we have the file", "only the ledger knows it"])
def test_every_flipped_byte_of_a_report_is_told(with_charter, kept):
    """The page said "unchanged" of a report in which one byte had been flipped."""
    workspace, saved = with_charter
    made = report((saved["evidence"]["entry"], saved["evidence"]["root"], saved))
    seal_report(workspace, made, period="2026-09", lang="fr", seals=attached(made, "seals.json"))
    if kept:
        (workspace.reports / "boussole-2026-09-fr.pdf").write_bytes(made)
    assert told(workspace, made).tone == "kept"
    ends = [*range(10), *range(len(made) - 10, len(made))]
    for place in {*ends, *range(0, len(made), len(made) // 150 + 1)}:
        changed = bytearray(made)
        changed[place] ^= 1 << place % 8
        found = told(workspace, bytes(changed))
        assert found.tone != "kept", place
        assert "unchanged" not in found.headline, place
        if kept:
            assert found.tone == "broken", place
            assert found.headline.endswith("one byte is another."), place


def attached(pdf, name):
    return pypdf.PdfReader(io.BytesIO(pdf)).attachments[name][0]


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7 but not really", b"\x89PNG", b"plain words", b"{}", b"null", b"old 3\n\nx", b"a\n\n\xe2\x80\x94 b c\n"],
)
def test_other_files_are_not_known(made, content):
    found = told(made, content)
    assert found.headline == "This file is not known here: no entry seals it."
    assert found.tone == "unknown"


def test_an_empty_and_a_large_file(made):
    assert told(made, b"").headline == "This file is empty."
    assert told(made, bytes(LARGEST + 1)).headline == "This file is larger than 50 MB: it was not read."


def test_nothing_is_kept_of_a_file(made):
    before = {path: path.read_bytes() for path in made.home.rglob("*") if path.is_file()}
    for content in (json.dumps(document(2)), "words", str(sign_checkpoint(made))):
        told(made, content)
    after = {path: path.read_bytes() for path in made.home.rglob("*") if path.is_file()}
    assert {path for path in after if path not in before} <= {made.keys / "ledger.key"}


def test_names_of_files_are_never_markup(made):
    found = told(made, b"words")
    assert "<img" not in SHOWN("answer", "<img src=x>.pdf", found)


@pytest.fixture
def client(workspace):
    app = Starlette(routes=routes(workspace.home), middleware=[Middleware(KnownHosts, access=AccessSettings())])
    return TestClient(app, base_url="http://localhost", follow_redirects=False)


def brought(client, content, *, name="file.json", query="?lang=en&spoken=en"):
    """The answer to a file, as the page finds it by the address it is sent to."""
    done = client.post(f"/evidence/check{query}", files={"file": (name, content)})
    assert done.status_code == 303
    place, _, anchor = done.headers["location"].partition("#")
    assert anchor == "answer"
    return place, answer_of(place.rpartition("checked=")[2])


def test_a_checkpoint_is_signed_and_handed_out(client, workspace):
    done = client.get("/evidence/checkpoint")
    assert done.headers["content-disposition"] == 'attachment; filename="ledger-31.checkpoint"'
    note, checkpoint = parse_checkpoint(done.text)
    assert checkpoint.size == 31
    assert len(check(note, [workspace_key(workspace.keys).verifier]).signers) == 1


def test_a_proof_is_handed_out(client):
    done = client.get("/evidence/proof/2")
    assert done.headers["content-disposition"] == 'attachment; filename="entry-2.tlog-proof"'
    assert parse_proof(done.text).holds
    assert client.get("/evidence/proof/x").status_code == 404
    assert client.get("/evidence/proof/31").status_code == 409
    assert "the ledger has 31 entries" in client.get("/evidence/proof/31").text


def test_a_damaged_ledger_hands_out_nothing(client, workspace):
    tamper(workspace, "UPDATE entries SET time = '2020-01-01T00:00:00Z' WHERE position = 1")
    for path in ("/evidence/checkpoint", "/evidence/proof/2"):
        done = client.get(path)
        assert (done.status_code, "so it is not signed" in done.text) == (409, True)


def test_a_file_is_answered_in_the_language_of_the_page(client):
    place, (name, answer) = brought(client, json.dumps(document(2)), name="<b>.json")
    assert place.startswith("/evidence?lang=en&checked=")
    assert (name, answer.tone) == ("<b>.json", "kept")
    assert answer.headline.startswith("This is sealed at entry 2")
    place, (_, answer) = brought(client, b"words", query="?spoken=fr")
    assert place.startswith("/evidence?checked=")
    assert answer.headline.startswith("Ce fichier n’est pas connu ici")


@pytest.mark.attack("machine", "the name of a file that is sent leads out of the workspace, to a host or a command")
@pytest.mark.parametrize(
    "name",
    [
        "../../boussole.toml",
        "/etc/passwd",
        "..\\\\x.json",
        "http://evil.example/x",
        "x.json;touch y",
        "CON",
        "a%00.json",
    ],
)
def test_the_name_of_a_file_that_is_sent_names_nothing(client, workspace, name):
    def files():
        found = (path for path in workspace.home.parent.rglob("*") if path.is_file())
        return {path: path.read_bytes() for path in found if not path.name.endswith(("-wal", "-shm"))}

    before = files()
    place, (told, answer) = brought(client, b"root:x:0", name=name)
    assert answer.tone == "unknown", "what counts is what it holds"
    assert files() == before
    assert told not in place


def test_a_large_file_is_not_read(client):
    _, (_, answer) = brought(client, bytes(LARGEST + 20_000))
    assert answer.headline == "This file is larger than 50 MB: it was not read."


def test_a_workspace_that_cannot_be_read_is_told(client, workspace):
    workspace.governance.write_bytes(b"no database, and long enough to be looked at as one" * 40)
    _, (_, answer) = brought(client, b"words")
    assert (answer.tone, "a database is damaged" in answer.headline) == ("broken", True)
    assert client.get("/evidence/checkpoint").status_code == 409


def test_only_the_last_answers_are_remembered(client, monkeypatch):
    assert MOST_ANSWERS == 200
    monkeypatch.setattr(evidence_routes, "MOST_ANSWERS", few := 5)
    first, _ = brought(client, b"first")
    for number in range(few):
        brought(client, b"%d" % number)
    assert answer_of(first.rpartition("checked=")[2]) is None
    assert len(evidence_routes._answers) == few
    assert answer_of("nonsense") is None
