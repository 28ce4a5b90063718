"""A register in a spreadsheet: read whatever people type, every fault at its cell, all rows or none."""

from __future__ import annotations

import contextlib
import datetime as dt
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from typer.testing import CliRunner

from boussole.audits import private_files
from boussole.audits.errors import SourceError, SystemFileError
from boussole.audits.spreadsheet import carry_out, plan, write_template
from boussole.audits.spreadsheet.columns import COLUMNS, HEADERS, plain
from boussole.audits.systems import load_systems
from boussole.audits.systems.register import Dates
from boussole.audits.workspace import Workspace
from boussole.dashboard.cli.main import app
from tests.written import system_text

HEAD = ["Nom", "Finalité", "Responsable", "Statut", "Risque"]
ROW = ["Trad’Emploi", "Traduire des offres.", "Direction Data", "en essai", "minimal"]


def book(tmp_path, *rows, head=HEAD, shape=lambda sheet: None):
    made = Workbook()
    sheet = made.active
    sheet.title = "Registre"
    for row in (head, *rows):
        sheet.append(row)
    shape(sheet)
    path = tmp_path / "register.xlsx"
    made.save(path)
    return path


def planned(path):
    return plan(path, {})


def faults(path):
    return [str(fault) for fault in planned(path).faults]


def raws(path):
    made = planned(path)
    assert made.faults == []
    return {change.system.id: change.raw for change in made.changes}


def with_cell(tmp_path, header, typed):
    return book(tmp_path, [*ROW, typed], head=[*HEAD, header])


def test_every_column_is_known_by_its_own_names_whatever_their_case_and_accents():
    assert len(HEADERS) == len({plain(name) for column in COLUMNS for name in column.names})
    for column in COLUMNS:
        for name in column.names:
            assert HEADERS[plain(f" {name.upper()} ")][0] is column, name


def test_dates_and_amounts_may_be_texts_and_choices_are_understood_in_both_languages(tmp_path):
    of_date = dt.date(2025, 3, 31), dt.datetime.fromisoformat("2025-03-31"), "2025-03-31", " 31/03/2025 ", "31.03.2025"
    for typed in of_date:
        (raw,) = raws(with_cell(tmp_path, "Premier essai", typed)).values()
        assert raw["dates"]["trial"] == dt.date(2025, 3, 31)
    many = dict.fromkeys((1200000, "1 200 000", "1\u202f200\u00a0000"), 1200000)
    for typed, euros in {**many, "42,50": 42.5}.items():
        (raw,) = raws(with_cell(tmp_path, "Coût annuel", typed)).values()
        assert raw["costs"] == {"yearly": euros}
    words = {"EN SERVICE": "production", "on trial": "pilot", "à l'étude": "design", "pilot": "pilot"}
    for typed, value in words.items():
        (raw,) = raws(book(tmp_path, [*ROW[:3], typed, "minimal"])).values()
        assert raw["status"] == value


def test_what_is_no_date_or_no_amount_is_refused_and_what_can_be_read_in_two_ways(tmp_path):
    for typed in ("31/02/2025", "bientôt", True):
        (told,) = faults(with_cell(tmp_path, "Premier essai", typed))
        assert told.startswith("row 1, column 'Premier essai': '")
        assert told.endswith("is no date: write 31/03/2025 or 2025-03-31")
    for typed in ("environ 3000", -1, 1e13, True):
        (told,) = faults(with_cell(tmp_path, "Coût annuel (€)", typed))
        assert "is no amount of euros" in told
    with pytest.raises(SourceError, match=r"'Coût annuel' holds 1 number.*decimals or thousands"):
        planned(with_cell(tmp_path, "Coût annuel", "1,200"))


def test_a_row_becomes_a_declared_system(tmp_path):
    head = [*HEAD, "Name", "Premier essai", "Analyse d’impact : date", "Impact assessment: document"]
    row = [*ROW, "JobTranslate", "03/03/2025", dt.date(2025, 1, 20), "AIPD n° 31"]
    expected = {
        "id": "trad_emploi",
        "kind": "declared",
        "title": {"fr": "Trad’Emploi", "en": "JobTranslate"},
        "purpose": {"fr": "Traduire des offres."},
        "owner": "Direction Data",
        "status": "pilot",
        "risk": "minimal",
        "dates": {"trial": dt.date(2025, 3, 3)},
        "impact_assessment": {"done_on": dt.date(2025, 1, 20), "document": "AIPD n° 31"},
    }
    assert raws(book(tmp_path, row, head=head)) == {"trad_emploi": expected}
    path = tmp_path / "register.csv"
    path.write_bytes("".join(";".join(map(str, line)) + "\r\n" for line in (head, row)).encode("cp1252"))
    assert raws(path) == {"trad_emploi": expected}


def test_every_fault_is_told_at_once_with_row_and_column(tmp_path):
    path = book(
        tmp_path,
        ["", "But", "Direction", "en essai", "minimal"],
        ["A", "But", "Direction", "peut-être", "minimal"],
        ["B", "But", None, "en service", "?"],
        ["C", "But", "Direction", "en service", "élevé"],
    )
    *told, last = faults(path)
    assert told == [
        "row 1, column 'Nom': it is empty",
        "row 2, column 'Statut': 'peut-être' is none of: à l’étude, en essai, en service, abandonné",
        "row 3, column 'Responsable': it is empty",
        "row 3, column 'Risque': '?' is none of: interdit, élevé, limité, minimal",
    ]
    assert last.startswith("row 4: 'Analyse d’impact : date': a use of high risk is not put in production without")
    assert "fundamental rights" in last


def test_a_missing_column_and_an_unknown_one_are_told(tmp_path):
    path = book(tmp_path, [1, 2, 3, 4, 5], head=["Nom", "Finalité", "Responsable", "Statu", "Comentaire"])
    told = faults(path)
    assert "the names of the columns: the column 'Statut' ('Status') is missing" in told
    assert any("the column 'Risque'" in text for text in told)
    assert planned(path).notes == ["not read, as no register has them: 'Statu', 'Comentaire'"]
    assert "means the same as 'Statut'" in faults(book(tmp_path, [*ROW, "X"], head=[*HEAD, "Status"]))[0]
    with pytest.raises(SourceError, match="--template"):
        planned(book(tmp_path, ["x", "y"], head=["A", "B"]))


def test_two_rows_of_one_name_or_id_are_a_fault(tmp_path):
    told = faults(book(tmp_path, ["CVM", *ROW[1:]], ["C V", *ROW[1:]], ["c-v", *ROW[1:]]))
    assert told == ["row 3: its name or id is also that of row 2"]
    path = book(tmp_path, [*ROW, "one"], [*ROW, "two"], ["3D", *ROW[1:], None], head=[*HEAD, "Identifiant"])
    assert list(raws(path)) == ["one", "two", "use_3d"]
    told = faults(book(tmp_path, [*ROW, "No id"], head=[*HEAD, "Id"]))
    assert told[0].startswith("row 1, column 'Id': `No id` cannot be an identifier")


def test_empty_rows_are_passed_over_and_one_of_several_sheets_is_asked_for(tmp_path, workspace):
    path = book(tmp_path, [], ROW, [None] * 5, ["  "])
    assert list(raws(path)) == ["trad_emploi"]
    made = load_workbook(path)
    made.create_sheet("Notes").append(["Rien"])
    made.save(path)
    with pytest.raises(SourceError, match=r"which sheet\? Several hold something: 'Registre', 'Notes'"):
        planned(path)
    assert "New: trad_emploi" in run(workspace, path, "--sheet", "Registre").stderr


def test_merged_cells_formulas_without_a_result_and_errors_of_formulas_are_refused(tmp_path):
    with pytest.raises(SourceError, match="the cells B2:C2 are merged"):
        planned(book(tmp_path, ROW, shape=lambda sheet: sheet.merge_cells("B2:C2")))
    with pytest.raises(SourceError, match="the cell A2 holds a formula without a result"):
        planned(book(tmp_path, ["=1+1", *ROW[1:]]))
    (told,) = faults(book(tmp_path, [*ROW[:2], "#N/A", *ROW[3:]]))
    assert told == "row 1, column 'Responsable': an error of Excel (#N/A)"


def test_a_text_that_looks_like_a_formula_is_kept_as_a_text(tmp_path):
    def literal(sheet):
        sheet["A2"].value = "=cmd|' /C calc'!A0"
        sheet["A2"].data_type = "s"

    (raw,) = raws(book(tmp_path, ROW, shape=literal)).values()
    assert raw["title"] == {"fr": "=cmd|' /C calc'!A0"}
    assert raw["id"] == "cmd_c_calc_a0"


def archive(tmp_path, parts):
    path = tmp_path / "r.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in parts.items():
            out.writestr(name, content)
    return path


def test_a_bomb_a_document_type_a_damaged_part_and_what_is_no_workbook_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("boussole.audits.decisions.files.workbook.LARGEST_UNPACKED", 1_000_000)
    entity = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'
    for part, told in ((bytes(1_000_001), "unpacks to"), (entity, "document type"), (b"<workbook", "damaged")):
        with pytest.raises(SourceError, match=told):
            planned(archive(tmp_path, {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": part}))
    with pytest.raises(SourceError, match="no Excel workbook"):
        planned(archive(tmp_path, {"word/document.xml": b"<w/>"}))
    with pytest.raises(SourceError, match="no such file"):
        planned(tmp_path / "missing.xlsx")


@pytest.mark.costly
def test_ten_thousand_rows_are_read_and_no_more(tmp_path):
    path = tmp_path / "register.csv"
    rows = [";".join(["U" + str(n), *ROW[1:]]) for n in range(10_001)]
    path.write_text("\n".join([";".join(HEAD), *rows[:-1]]), encoding="utf-8")
    made = planned(path)
    assert (len(made.changes), made.faults) == (10_000, [])
    path.write_text("\n".join([";".join(HEAD), *rows]), encoding="utf-8")
    with pytest.raises(SourceError, match="at most 10,000 rows"):
        planned(path)


def run(workspace, *given):
    return CliRunner().invoke(app, ["--workspace", str(workspace.home), "systems", "import", *map(str, given)])


@pytest.fixture
def workspace(tmp_path):
    return Workspace.create(tmp_path / "w")


def files(workspace):
    return sorted(path.name for path in (workspace.home / "systems").iterdir() if not path.name.startswith("."))


def test_nothing_is_written_in_a_dry_run_where_one_row_is_faulty_or_over_another_file(tmp_path, workspace):
    done = run(workspace, book(tmp_path, ROW), "--dry-run")
    assert "New: trad_emploi" in done.stderr
    assert "Nothing was written" in done.stderr
    done = run(workspace, book(tmp_path, ROW, ["B", "But", "Direction", "?", "minimal"]))
    assert isinstance(done.exception, SystemFileError)
    assert "row 2, column 'Statut'" in done.stderr
    assert files(workspace) == []
    assert "exists already" in str(run(workspace, "--template", tmp_path / "register.xlsx").exception)
    assert "give either" in str(run(workspace).exception)


def test_a_measured_system_is_left_alone_and_said(tmp_path, workspace):
    columns = "{id: i, decided_at: t, decision: {column: d, selected: [1]}}"
    text = system_text("scoring", f"columns: {columns}", title="{fr: Trad’Emploi}")
    (workspace.home / "systems" / "scoring.yaml").write_text(text, encoding="utf-8")
    done = run(workspace, book(tmp_path, ROW), "--update")
    assert "'scoring' is measured" in done.stderr
    assert files(workspace) == ["scoring.yaml"]


def test_an_amended_register_changes_declared_systems_only_and_only_when_asked(tmp_path, workspace):
    head = [*HEAD, "Premier essai"]
    first = book(tmp_path, [*ROW, None], head=head)
    assert run(workspace, first).exit_code == 0
    assert run(workspace, first).stderr.endswith("0 added, 0 changed, 1 unchanged.\n")
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
    assert (system.status, system.privacy.suppress_below) == ("retired", 20)
    assert system.dates == Dates(trial=dt.date(2025, 3, 3))


def test_an_empty_cell_erases_nothing_and_a_done_assessment_replaces_its_excuse(tmp_path, workspace):
    head = [*HEAD, "Analyse d’impact : date", "Analyse d’impact : pourquoi pas requise", "Gains"]
    assert run(workspace, book(tmp_path, [*ROW, None, "Aucune donnée", "Du temps"], head=head)).exit_code == 0
    run(workspace, book(tmp_path, [*ROW, "2025-01-20", None, None], head=head), "--update")
    system = load_systems(workspace.home / "systems")["trad_emploi"]
    assert (system.impact_assessment.done_on, system.impact_assessment.not_required) == (dt.date(2025, 1, 20), None)
    assert system.gains == {"fr": "Du temps"}


def test_when_the_disk_refuses_one_file_all_others_are_put_back(tmp_path, workspace, monkeypatch):
    run(workspace, book(tmp_path, ROW))
    before = (workspace.home / "systems" / "trad_emploi.yaml").read_bytes()
    amended = book(tmp_path, [*ROW[:4], "limité"], ["B", *ROW[1:]], ["C", *ROW[1:]])
    made = plan(amended, load_systems(workspace.home / "systems"))
    written = private_files.write

    def refusing(target, content, **options):
        if target.name == "c.yaml":
            raise OSError(28, "No space left on device")
        written(target, content, **options)

    monkeypatch.setattr(private_files, "write", refusing)
    with pytest.raises(SystemFileError, match="nothing was imported: No space left"):
        carry_out(made, workspace.home / "systems")
    assert files(workspace) == ["trad_emploi.yaml"]
    assert (workspace.home / "systems" / "trad_emploi.yaml").read_bytes() == before


def test_a_file_that_appeared_meanwhile_is_not_overwritten(tmp_path, workspace):
    made, file = planned(book(tmp_path, ROW)), workspace.home / "systems" / "trad_emploi.yaml"
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(SystemFileError, match="appeared"):
        carry_out(made, workspace.home / "systems")
    assert file.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(("lang", "at"), [("fr", 0), ("en", 1)])
def test_a_template_that_is_filled_in_is_a_register(tmp_path, lang, at):
    path = tmp_path / "t.xlsx"
    write_template(path, lang=lang)
    made = load_workbook(path)
    (sheet,) = made.worksheets
    assert [cell.value for cell in sheet[1]] == [column.names[at] for column in COLUMNS]
    assert all(cell.comment for cell in sheet[1])
    assert [cell.value for cell in sheet[1] if cell.font.bold] == [c.names[at] for c in COLUMNS if c.needed]
    assert len(sheet.data_validations.dataValidation) == sum(column.choices is not None for column in COLUMNS)
    assert raws(path) == {}
    for place, column in enumerate(COLUMNS, start=1):
        words = list((column.choices or {}).values())
        if column.needed or column.choices:
            sheet.cell(2, place).value = words[-1][at] if words else "Tri"
    made.save(path)
    (raw,) = raws(path).values()
    assert (raw["id"], raw["status"], raw["risk"], raw["hosting"]) == ("tri", "retired", "minimal", "external")
    assert raw["title"] == {lang: "Tri"}


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
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from([n for c in COLUMNS for n in c.names]), max_size=8),
    st.lists(st.lists(VALUES, max_size=13), max_size=6),
)
def test_any_table_is_read_or_refused_and_never_crashes(tmp_path, more, rows):
    with contextlib.suppress(SourceError):
        made = planned(book(tmp_path, *rows, head=[*HEAD, *more]))
        assert all(fault.why for fault in made.faults)
        assert {change.system.kind for change in made.changes} <= {"declared"}
