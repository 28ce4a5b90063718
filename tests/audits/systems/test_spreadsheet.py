"""A register in a spreadsheet: read whatever people type, every fault at its cell, all rows or none."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart
from typer.testing import CliRunner

from boussole.audits.errors import BoussoleError, SourceError, SystemFileError
from boussole.audits.spreadsheet import carry_out, plan, write_template
from boussole.audits.spreadsheet.columns import COLUMNS, meaning
from boussole.audits.spreadsheet.values import CellError, read
from boussole.audits.systems import load_systems
from boussole.audits.systems.register import Dates
from boussole.audits.workspace import Workspace
from boussole.dashboard.cli.main import app

HEAD = ["Nom", "Finalité", "Responsable", "Statut", "Risque"]
ROW = ["Trad’Emploi", "Traduire des offres.", "Direction Data", "en essai", "minimal"]
TODAY = dt.date(2026, 11, 26)
BY_KEY = {column.key: column for column in COLUMNS}


def book(tmp_path, *rows, head=HEAD, name="register.xlsx", shape=lambda sheet: None, title="Registre"):
    made = Workbook()
    sheet = made.active
    sheet.title = title
    for row in (head, *rows):
        sheet.append(row)
    shape(sheet)
    path = tmp_path / name
    made.save(path)
    return path


def planned(path, systems=None):
    return plan(path, systems or {}, today=TODAY)


def faults(path):
    return [str(fault) for fault in planned(path).faults]


def raws(path):
    made = planned(path)
    assert made.faults == []
    return {change.system.id: change.raw for change in made.changes}


@pytest.mark.parametrize(
    ("header", "key", "lang"),
    [
        ("nom", "title", "fr"),
        ("  NOM DE L'USAGE ", "title", "fr"),
        ("Name", "title", "en"),
        ("Nom (anglais)", "title", "en"),
        ("Finalite", "purpose", "fr"),
        ("Purpose", "purpose", "en"),
        ("Mise en service", "dates.service", "fr"),
        ("Date de mise en production", "dates.service", "fr"),
        ("date AIPD", "impact_assessment.done_on", "fr"),
        ("AIPD — date", "impact_assessment.done_on", "fr"),
        ("Impact assessment: why not required", "impact_assessment.not_required", "en"),
        ("FRIA", "fria.done_on", "fr"),
        ("Coût annuel", "costs.yearly", "fr"),
        ("Works council", "dates.works_council", "en"),
        ("NIVEAU DE RISQUE", "risk", "fr"),
    ],
)
def test_headers_are_known_in_both_languages_whatever_their_case_accents_and_order(header, key, lang):
    column, said = meaning(header)
    assert (column.key, said) == (key, lang)


def test_every_column_is_known_by_its_own_names():
    for column in COLUMNS:
        for name in column.names:
            assert meaning(name)[0] is column, name


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        (dt.date(2025, 3, 31), "2025-03-31"),
        ("2025-03-31", "2025-03-31"),
        (" 31/03/2025 ", "2025-03-31"),
        ("1/4/2025", "2025-04-01"),
        ("31.03.2025", "2025-03-31"),
        ("1er avril 2025", "2025-04-01"),
        ("3 February 2025", "2025-02-03"),
    ],
)
def test_dates_may_be_dates_or_texts(typed, day):
    assert read(typed, BY_KEY["dates.trial"]) == dt.date.fromisoformat(day)


@pytest.mark.parametrize("typed", [45231, "mars 2025", "31/02/2025", "13/25/2025", "bientôt", "2025", True, "1/1/0001"])
def test_what_is_no_date_is_refused(typed):
    with pytest.raises(CellError):
        read(typed, BY_KEY["dates.trial"])


@pytest.mark.parametrize(
    ("typed", "euros"),
    [
        (1200000, 1200000),
        ("1 200 000 €", 1200000),
        ("1\u202f200\u00a0000", 1200000),
        ("1.200.000", 1200000),
        ("1,2 M€", 1200000),
        ("350k€", 350000),
        ("42,50", 42.5),
        ("0", 0),
    ],
)
def test_amounts_may_be_numbers_or_texts(typed, euros):
    assert read(typed, BY_KEY["costs.build"]) == euros


@pytest.mark.parametrize("typed", ["1,200", "1.200", "environ 3000", -1, 1e13, float("inf"), "-5", 10**400, True])
def test_amounts_that_say_nothing_sure_are_refused(typed):
    with pytest.raises(CellError):
        read(typed, BY_KEY["costs.build"])


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("status", "EN SERVICE", "production"),
        ("status", "Déployé", "production"),
        ("status", "abandonnée", "retired"),
        ("status", "on trial", "pilot"),
        ("status", "à l'étude", "design"),
        ("risk", "Élevé", "high"),
        ("risk", "haut risque", "high"),
        ("hosting", "Cloud dédié", "dedicated-cloud"),
    ],
)
def test_choices_are_understood_in_both_languages(key, typed, value):
    assert read(typed, BY_KEY[key]) == value


def test_a_row_becomes_a_declared_system(tmp_path):
    head = [*HEAD, "Name", "Premier essai", "Coût annuel", "AIPD", "AIPD référence"]
    row = [*ROW, "JobTranslate", "03/03/2025", "42 000 €", dt.date(2025, 1, 20), "AIPD n° 31"]
    (raw,) = raws(book(tmp_path, row, head=head)).values()
    assert raw == {
        "id": "trad_emploi",
        "kind": "declared",
        "title": {"fr": "Trad’Emploi", "en": "JobTranslate"},
        "purpose": {"fr": "Traduire des offres."},
        "owner": "Direction Data",
        "status": "pilot",
        "risk": "minimal",
        "dates": {"trial": dt.date(2025, 3, 3)},
        "costs": {"yearly": 42000},
        "impact_assessment": {"done_on": dt.date(2025, 1, 20), "document": "AIPD n° 31"},
    }


def test_every_fault_is_told_at_once_with_sheet_row_and_column(tmp_path):
    path = book(
        tmp_path,
        ["", "But", "Direction", "en essai", "minimal"],
        ["A", "But", "Direction", "peut-être", "minimal"],
        ["B", "But", None, "en service", "élevé"],
        ["C", "But", "Direction", "en service", "élevé"],
    )
    told = faults(path)
    assert [text.split(": ")[0] for text in told] == [
        "sheet 'Registre', row 2, column A (Nom)",
        "sheet 'Registre', row 3, column D (Statut)",
        "sheet 'Registre', row 4, column C (Responsable)",
        *["sheet 'Registre', row 4, column D (Statut)"] * 2,
        *["sheet 'Registre', row 5, column D (Statut)"] * 2,
    ]
    assert ["fundamental rights" in text for text in told[-2:]] == [False, True]
    assert all("give its date, or the reason" in text for text in told[-2:])


def test_a_missing_column_and_a_slip_are_told(tmp_path):
    path = book(tmp_path, [1, 2, 3, 4, 5], head=["Nom", "Finalité", "Responsable", "Statu", "Comentaire"])
    told = faults(path)
    assert any("the column 'Statut' ('Status') is missing" in text for text in told)
    assert any("did you mean 'Statut'?" in text for text in told)
    assert any("the column 'Risque'" in text for text in told)
    assert planned(path).notes == ["sheet 'Registre': not read: the column 'Comentaire'"]


def test_two_columns_of_one_meaning_are_a_fault(tmp_path):
    assert "means the same as column A" in faults(book(tmp_path, [*ROW, "X"], head=[*HEAD, "Titre"]))[0]


def test_names_that_give_one_id_get_two_and_a_name_given_twice_is_a_fault(tmp_path):
    path = book(tmp_path, ["CVM", *ROW[1:]], ["C-V-M", *ROW[1:]], ["C V M !", *ROW[1:]])
    assert "is also row 3" in faults(path)[0]
    path = book(tmp_path, ["Tri é", *ROW[1:]], ["Tri_e2", *ROW[1:]], ["3D", *ROW[1:]], ["招聘", *ROW[1:]])
    assert list(raws(path)) == ["tri_e", "tri_e2", "use_3d", "use"]
    long = "a" * 60
    assert list(raws(book(tmp_path, [long, *ROW[1:]], [long + "b", *ROW[1:]]))) == ["a" * 48, "a" * 46 + "_2"]


def test_empty_rows_titles_above_examples_and_other_sheets_are_passed_over(tmp_path):
    made = Workbook()
    sheet = made.active
    for row in (["Registre des usages"], [], HEAD, [], ROW, [None] * 5, ["  "], ["Exemple : tri", *ROW[1:]]):
        sheet.append(row)
    made.create_sheet("Notes").append(["Rien"])
    hidden = made.create_sheet("Ancien")
    hidden.append(HEAD)
    hidden.append(["Vieux", *ROW[1:]])
    hidden.sheet_state = "hidden"
    made.create_chartsheet("Dessin").add_chart(BarChart())
    path = tmp_path / "r.xlsx"
    made.save(path)
    assert list(raws(path)) == ["trad_emploi"]
    assert planned(path).notes == ["sheet 'Sheet', row 8: an example, not read", "sheet 'Ancien' is hidden: not read"]


def test_cells_merged_downwards_hold_for_every_row_and_across_are_a_fault(tmp_path):
    rows = (["A", "But", "Direction", "en essai", "minimal"], ["B", "But", None, "en essai", "minimal"])
    path = book(tmp_path, *rows, shape=lambda sheet: sheet.merge_cells("C2:C3"))
    assert {raw["owner"] for raw in raws(path).values()} == {"Direction"}
    path = book(tmp_path, rows[0], shape=lambda sheet: sheet.merge_cells("B2:C2"))
    assert any("merged over columns (B2:C2)" in text for text in faults(path))


def test_a_formula_counts_by_its_result_and_one_without_a_result_is_a_fault(tmp_path):
    path = book(tmp_path, ["=1+1", *ROW[1:]])
    assert "column A (Nom): holds a formula without a result" in faults(path)[0]
    assert "'=1+1" not in str(planned(path).changes)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    parts[name] = (
        parts[name].replace(b"<v></v>", b"<v>2</v>").replace(b"<v/>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>")
    )
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    assert [raw["title"] for raw in raws(path).values()] == [{"fr": "2"}]


def test_a_cell_with_the_error_of_a_formula_is_a_fault(tmp_path):
    assert "holds the error #N/A" in faults(book(tmp_path, [*ROW[:2], "#N/A", *ROW[3:]]))[0]


def test_a_text_that_looks_like_a_formula_is_kept_as_a_text(tmp_path):
    def literal(sheet):
        sheet["A2"].value = "=cmd|' /C calc'!A0"
        sheet["A2"].data_type = "s"

    (raw,) = raws(book(tmp_path, ROW, shape=literal)).values()
    assert raw["title"] == {"fr": "=cmd|' /C calc'!A0"}
    assert raw["id"] == "cmd_c_calc_a0"


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04rubbish", b"Nom;Statut\nA;B\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)]
)
def test_what_is_no_workbook_is_refused(tmp_path, content):
    path = tmp_path / "r.xlsx"
    path.write_bytes(content)
    with pytest.raises(SourceError, match="no Excel workbook"):
        planned(path)


def archive(tmp_path, parts):
    path = tmp_path / "r.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in parts.items():
            out.writestr(name, content)
    return path


@pytest.mark.costly
def test_a_bomb_a_document_type_and_a_damaged_part_are_refused(tmp_path):
    with pytest.raises(SourceError, match="unpacks to"):
        planned(archive(tmp_path, {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": bytes(130_000_000)}))
    entity = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'
    with pytest.raises(SourceError, match="document type"):
        planned(archive(tmp_path, {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": entity}))
    with pytest.raises(SourceError, match="damaged"):
        planned(archive(tmp_path, {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook"}))
    with pytest.raises(SourceError, match="no Excel workbook"):
        planned(archive(tmp_path, {"word/document.xml": b"<w/>"}))
    with pytest.raises(SourceError, match="no such file"):
        planned(tmp_path / "missing.xlsx")


def test_a_sheet_without_the_columns_is_refused_with_the_next_step(tmp_path):
    with pytest.raises(SourceError, match="--template"):
        planned(book(tmp_path, ["x"], head=["A", "B"]))


def test_rows_beyond_the_last_are_a_fault_and_not_a_flood(tmp_path):
    def far(sheet):
        sheet["A1048576"] = "x"

    assert "at most 10,000 rows" in faults(book(tmp_path, ROW, shape=far))[-1]


@pytest.mark.costly
def test_five_thousand_rows_are_read(tmp_path):
    made = planned(book(tmp_path, *(["U" + str(n), *ROW[1:]] for n in range(5000))))
    assert (len(made.changes), made.faults) == (5000, [])


def run(workspace, *given):
    return CliRunner().invoke(app, ["--workspace", str(workspace.home), "systems", "import", *map(str, given)])


@pytest.fixture
def workspace(tmp_path):
    return Workspace.create(tmp_path / "w")


def files(workspace):
    return sorted(path.name for path in (workspace.home / "systems").iterdir() if not path.name.startswith("."))


def test_one_faulty_row_stops_all(tmp_path, workspace):
    done = run(workspace, book(tmp_path, ROW, ["B", "But", "Direction", "?", "minimal"]))
    assert isinstance(done.exception, SystemFileError)
    assert "row 3, column D (Statut)" in done.stderr
    assert files(workspace) == []


def test_a_dry_run_writes_nothing_and_says_what_would_be_done(tmp_path, workspace):
    done = run(workspace, book(tmp_path, ROW), "--dry-run")
    assert "New: trad_emploi" in done.stderr
    assert "Nothing was written" in done.stderr
    assert files(workspace) == []


def test_an_amended_register_changes_declared_systems_only_and_only_when_asked(tmp_path, workspace):
    head = [*HEAD, "Premier essai"]
    assert run(workspace, book(tmp_path, [*ROW, None], head=head)).exit_code == 0
    assert run(workspace, book(tmp_path, [*ROW, None], head=head)).stderr.endswith("0 added, 0 changed, 1 unchanged.\n")
    file = workspace.home / "systems" / "trad_emploi.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "privacy: {suppress_below: 20}\n", encoding="utf-8")
    before = file.read_bytes()
    amended = book(tmp_path, [*ROW[:3], "abandonné", "minimal", "2025-03-03"], head=head)
    refused = run(workspace, amended)
    assert "--update" in str(refused.exception)
    assert file.read_bytes() == before
    done = run(workspace, amended, "--update")
    assert "Change: trad_emploi: status: pilot -> retired" in done.stderr
    assert "Change: trad_emploi: dates.trial: nothing -> 2025-03-03" in done.stderr
    system = load_systems(workspace.home / "systems")["trad_emploi"]
    assert (system.status, system.dates, system.privacy.suppress_below) == (
        "retired",
        Dates(trial=dt.date(2025, 3, 3)),
        20,
    )


def test_an_empty_cell_erases_nothing_and_a_done_assessment_replaces_its_excuse(tmp_path, workspace):
    head = [*HEAD, "AIPD", "AIPD non requise", "Gains"]
    assert run(workspace, book(tmp_path, [*ROW, None, "Aucune donnée", "Du temps"], head=head)).exit_code == 0
    run(workspace, book(tmp_path, [*ROW, "2025-01-20", None, None], head=head), "--update")
    system = load_systems(workspace.home / "systems")["trad_emploi"]
    assert (system.impact_assessment.done_on, system.impact_assessment.not_required) == (dt.date(2025, 1, 20), None)
    assert system.gains == {"fr": "Du temps"}


def test_a_measured_system_is_left_alone_and_said(tmp_path, workspace):
    measured = {
        "id": "scoring",
        "kind": "selection",
        "title": {"fr": "Trad’Emploi"},
        "purpose": {"fr": "x"},
        "owner": "y",
        "status": "pilot",
        "risk": "high",
        "columns": {"id": "i", "decided_at": "t", "decision": {"column": "d", "selected": [1]}},
    }
    (workspace.home / "systems" / "scoring.yaml").write_text(yaml.safe_dump(measured), encoding="utf-8")
    done = run(workspace, book(tmp_path, ROW), "--update")
    assert "'scoring' is measured" in done.stderr
    assert files(workspace) == ["scoring.yaml"]


def test_when_the_disk_refuses_one_file_all_others_are_put_back(tmp_path, workspace, monkeypatch):
    run(workspace, book(tmp_path, ROW))
    before = (workspace.home / "systems" / "trad_emploi.yaml").read_bytes()
    amended = book(tmp_path, [*ROW[:4], "limité"], ["B", *ROW[1:]], ["C", *ROW[1:]])
    made = plan(amended, load_systems(workspace.home / "systems"), today=TODAY)
    moved = Path.replace

    def refusing(self, target):
        if target.name == "c.yaml":
            raise OSError(28, "No space left on device")
        return moved(self, target)

    monkeypatch.setattr(Path, "replace", refusing)
    with pytest.raises(SystemFileError, match="nothing was imported: No space left"):
        carry_out(made, workspace.home / "systems")
    assert files(workspace) == ["trad_emploi.yaml"]
    assert (workspace.home / "systems" / "trad_emploi.yaml").read_bytes() == before


def test_a_file_that_appeared_meanwhile_is_not_overwritten(tmp_path, workspace):
    made = planned(book(tmp_path, ROW))
    (workspace.home / "systems" / "trad_emploi.yaml").write_text("mine", encoding="utf-8")
    with pytest.raises(SystemFileError, match="appeared"):
        carry_out(made, workspace.home / "systems")
    assert (workspace.home / "systems" / "trad_emploi.yaml").read_text(encoding="utf-8") == "mine"


@pytest.mark.costly
@pytest.mark.parametrize(("lang", "at", "name"), [("fr", 0, "Registre"), ("en", 1, "Register")])
def test_the_template_has_every_column_lists_and_an_example_that_would_be_accepted(tmp_path, lang, at, name):
    path = tmp_path / "t.xlsx"
    write_template(path, lang=lang)
    sheet = load_workbook(path)[name]
    assert [cell.value for cell in sheet[1]] == [column.names[at] for column in COLUMNS]
    assert all(cell.comment for cell in sheet[1])
    assert len(sheet.data_validations.dataValidation) == sum(column.choices is not None for column in COLUMNS)
    assert raws(path) == {}
    made = load_workbook(path)
    made[name]["A2"] = "Tri des courriels"
    made.save(path)
    (raw,) = raws(path).values()
    assert (raw["status"], raw["risk"], raw["costs"]["build"]) == ("production", "limited", 180000)
    assert raw["gains"] == {lang: ("2 000 heures par an", "2,000 hours a year")[at]}
    guide = " ".join(str(cell.value) for sheet in load_workbook(path) for row in sheet for cell in row)
    assert "est refusé" in guide
    assert "is refused" in guide


def test_a_template_overwrites_nothing(tmp_path, workspace):
    path = tmp_path / "t.xlsx"
    path.write_text("mine", encoding="utf-8")
    assert "exists already" in str(run(workspace, "--template", path).exception)
    assert "give either" in str(run(workspace).exception)


VALUES = st.one_of(
    st.none(),
    st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=40),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(min_value=dt.date(1900, 3, 1)),
    st.times(),
    st.sampled_from(["en service", "en essai", "minimal", "élevé", "31/02/2025", "=1+1", "1,200", "-", "\u00a0"]),
)


@pytest.mark.costly
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from([n for c in COLUMNS for n in c.names]), max_size=8),
    st.lists(st.lists(VALUES, max_size=13), max_size=6),
)
def test_any_table_is_read_or_refused_and_never_crashes(tmp_path, more, rows):
    path = book(tmp_path, *rows, head=[*HEAD, *more])
    made = planned(path)
    for fault in made.faults:
        assert fault.sheet == "Registre"
        assert fault.row >= 1
        assert fault.why
    for change in made.changes:
        assert change.system.kind == "declared"


@pytest.mark.costly
@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 5000))
def test_a_workbook_with_bytes_changed_is_read_or_refused(tmp_path_factory, noise, at):
    buffer = io.BytesIO()
    made = Workbook()
    made.active.append(HEAD)
    made.active.append(ROW)
    made.save(buffer)
    content = bytearray(buffer.getvalue())
    content[at : at + len(noise)] = noise
    path = tmp_path_factory.getbasetemp() / "noise.xlsx"
    path.write_bytes(bytes(content))
    with contextlib.suppress(BoussoleError):
        planned(path)
