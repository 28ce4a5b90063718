"""What changed between two charters: each kind of change by hand, said in both languages."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from boussole.audits.errors import CharterError
from boussole.audits.workspace import Workspace
from boussole.charter.amending.diff import diff
from boussole.charter.amending.resolving import charter_of_json, resolve
from boussole.charter.records import open_records, register_charter
from boussole.charter.text.loading import PACKAGED, load_charter
from boussole.charter.text.model import Charter
from boussole.dashboard.cli.main import app


@pytest.fixture
def text() -> dict:
    return load_charter().document()


def question(text: dict, name: str) -> dict:
    return next(i for article in text["articles"] for i in article["indicators"] if i["id"] == name)


def changes(text: dict, before: Charter | None = None) -> list:
    return diff(before or load_charter(), Charter.model_validate(text))


def one(text: dict) -> tuple:
    (change,) = changes(text)
    return change.kind, change.effect, change.indicator, change.field, change.before, change.after


@pytest.mark.parametrize(
    ("name", "level", "value", "kind", "effect"),
    [
        ("adjusted_selection_rate_ratio", "breach", 0.85, "level_tightened", "tighter"),  # nearer to 1
        ("adjusted_selection_rate_ratio", "breach", 0.75, "level_loosened", "looser"),
        ("adjusted_selection_rate_ratio", "breach", None, "level_removed", "looser"),
        ("true_positive_rate_difference", "breach", 0.08, "level_tightened", "tighter"),  # a smaller gap
        ("true_positive_rate_difference", "watch", 0.02, "level_loosened", "looser"),
        ("likeness_to_reference", "watch", 0.2, "level_loosened", "looser"),  # a larger distance
        ("likeness_to_reference", "breach", 0.25, "level_added", "tighter"),
        ("decent_hours", "watch", 0.02, "level_loosened", "looser"),  # 1 % and 5 %: beyond is above
        ("time_to_read", "breach", 0.4, "level_tightened", "tighter"),
        ("planted_errors", "breach", 0.6, "level_tightened", "tighter"),  # 90 and 50 %: beyond is below
        ("stop_is_respected", "tolerance", 0.01, "level_loosened", "looser"),
        ("notice_understood", "watch", 0.9, "level_changed", "unclear"),  # one level alone has no direction
    ],
)
def test_a_level_is_tighter_when_it_lies_nearer_to_parity(text, name, level, value, kind, effect):  # noqa: PLR0917 (one row of the table)
    before = question(text, name)["threshold"][level]
    question(text, name)["threshold"][level] = value
    assert one(text) == (kind, effect, name, f"threshold.{level}", before, value)


def test_adoption_and_its_date(text):
    text["version"] = "0.3"
    assert changes(text) == [], "a version number alone changes nothing"
    threshold = question(text, "adjusted_selection_rate_ratio")["threshold"]
    threshold |= {"status": "adopted", "since": "2026-12-01"}
    assert one(text)[0] == "threshold_adopted"
    adopted = Charter.model_validate(text)
    threshold["since"] = "2026-12-02"
    (later,) = changes(text, adopted)
    assert (later.kind, later.before, later.after) == ("threshold_dated", "2026-12-01", "2026-12-02")
    threshold |= {"status": "proposed", "since": "2026-12-01"}
    assert changes(text, adopted)[0].kind == "threshold_proposed"


@pytest.mark.parametrize(
    ("change", "kind", "effect"),
    [
        ({"valid_months": 6}, "validity_changed", "tighter"),
        ({"valid_months": 24}, "validity_changed", "looser"),
        ({"frequency": "quarterly"}, "frequency_changed", "tighter"),
        ({"frequency": "once"}, "frequency_changed", "looser"),
        ({"attested_by": {"fr": "X", "en": "Y"}}, "attester_changed", "neutral"),
        ({"kinds": ["selection"]}, "kinds_removed", "looser"),
        ({"law": []}, "law_removed", "neutral"),
        ({"law": ["labour_l2312_8", "altai_society", "gdpr_9"]}, "law_added", "neutral"),
        ({"number": "2.9"}, "question_renumbered", "neutral"),
        ({"applies": "harm"}, "setting_changed", "unclear"),
        ({"question": {"fr": "X ?", "en": "X?"}}, "question_wording", "neutral"),
        ({"broken_if": {"fr": "X.", "en": "X."}}, "question_wording", "neutral"),
        ({"metric": "selection_rate_ratio"}, "metric_changed", "unclear"),
        ({"family": "indicator"}, "family_changed", "unclear"),
        ({"params": {"against": "rest"}}, "setting_changed", "unclear"),
    ],
)
def test_what_changes_in_a_question(text, change, kind, effect):
    measured = {"metric", "family", "params"} & change.keys()
    name = "adjusted_selection_rate_ratio" if measured else "work_got_better"
    question(text, name).update(change)
    assert one(text)[:3] == (kind, effect, name)


def test_a_level_of_error_of_its_own_is_said_in_words(text):
    question(text, "adjusted_selection_rate_ratio")["threshold"] |= {"watch_alpha": 0.01}
    (found,) = changes(text)
    assert (found.kind, found.effect) == ("setting_changed", "looser")
    assert found.sentence["en"].endswith(
        "“how often chance alone may put it beyond the watch level” goes from as for all questions to 1 in 100."
    )


def test_a_level_of_another_measure_is_neither_tighter_nor_looser(text):
    question(text, "adjusted_selection_rate_ratio").update(metric="true_positive_rate_difference")
    question(text, "adjusted_selection_rate_ratio")["threshold"] |= {"watch": 0.01, "breach": 0.1}
    assert [(c.kind, c.effect) for c in changes(text)] == [
        ("metric_changed", "unclear"),
        ("level_changed", "unclear"),
        ("level_changed", "unclear"),
    ]


def test_questions_and_articles_come_go_and_move(text):
    moved = text["articles"][3]["indicators"].pop()  # 4.7
    text["articles"][1]["indicators"].append(moved)
    gone = text["articles"].pop()
    text["articles"][5]["order"] = 7
    new = json.loads(json.dumps(text["articles"][5]["indicators"][0])) | {"id": "brand_new"}
    text["articles"][5]["indicators"].append(new)
    found = [(c.kind, c.effect, c.article, c.indicator) for c in changes(text)]
    assert found == [
        ("question_moved", "neutral", "humain", "agent_may_refuse"),
        ("article_moved", "neutral", "securite", None),
        ("question_added", "tighter", "securite", "brand_new"),
        ("article_removed", "looser", "environnement", None),
        *[("question_removed", "looser", "environnement", each["id"]) for each in gone["indicators"]],
    ]


def test_sentences_are_plain_and_name_both_sides(text):
    question(text, "selection_rate_ratio")["threshold"]["breach"] = 0.805
    question(text, "true_positive_rate_difference")["threshold"]["breach"] = 0.08
    question(text, "undeclared_use")["threshold"]["tolerance"] = 0.0005
    assert [change.sentence["en"] for change in changes(text)] == [
        "Question 1.1: the tolerated share of cases goes from 0.001 to 0.0005. That is tighter.",
        "Question 3.1: the breach level goes from 80 for 100 to 80.5 for 100. That is tighter.",
        "Question 3.5: the breach level goes from a gap of 10 in 100 to a gap of 8 in 100. That is tighter.",
    ]
    assert changes(text)[1].sentence["fr"] == (
        "Question 3.1\u202f: le niveau de rupture passe de 80 pour 100 à 80,5 pour 100. C’est plus strict."
    )


def test_a_charter_goes_by_many_names(text, tmp_path):
    workspace, packaged = Workspace.create(tmp_path / "w"), load_charter()
    folder = Path(shutil.copytree(PACKAGED, workspace.home / "charter"))
    head = (folder / "charter.yaml").read_text(encoding="utf-8")
    (folder / "charter.yaml").write_text(head.replace("'0.2'", "'0.3'"), encoding="utf-8")
    current = load_charter(workspace)
    file = tmp_path / "charter.json"
    file.write_text(json.dumps(packaged.document()), encoding="utf-8")
    with open_records(workspace).begin() as connection:
        for each in (packaged, current):
            register_charter(connection, each)
    for name in ("packaged", "employment", str(PACKAGED), str(file), "0.2", packaged.sha256, packaged.sha256[:8]):
        assert resolve(name, workspace).sha256 == packaged.sha256, name
    for name in ("current", "draft", "0.3", str(folder)):
        assert resolve(name, workspace).sha256 == current.sha256, name
    text["alpha"] = 0.01
    other = charter_of_json(json.dumps(text), where="here")
    with open_records(workspace).begin() as connection:
        register_charter(connection, other)
    with pytest.raises(CharterError, match="is the name of several charters"):
        resolve("0.2", workspace)
    assert resolve(other.sha256[:10], workspace).alpha == 0.01
    for name, told in (
        ("pakaged", "Did you mean 'packaged'"),
        ("9.9", "there is no charter '9.9'"),
        ("current", "Give --workspace DIR"),
    ):
        with pytest.raises(CharterError, match=told):
            resolve(name)


@pytest.mark.parametrize("written", ['{"id": 1}', "[]", "not json", '{"a": NaN}'])
def test_json_that_is_no_charter_is_told(written):
    with pytest.raises(CharterError, match=r"x\.json: this is not the JSON of a charter"):
        charter_of_json(written, where="x.json")


def test_json_with_a_fault_is_refused(text):
    text["articles"][0]["title"]["en"] = "<script>"
    with pytest.raises(CharterError, match="holds an HTML tag"):
        charter_of_json(json.dumps(text), where="x.json")
    question(text, "adjusted_selection_rate_ratio")["metric"] = "selection_rate_ration"
    with pytest.raises(CharterError, match="selection_rate_ration"):
        charter_of_json(json.dumps(text), where="x.json")


def test_the_command_tells_and_counts(tmp_path):
    folder = Path(shutil.copytree(PACKAGED, tmp_path / "c"))
    path = folder / "equite.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("breach: 0.8", "breach: 0.85", 1), encoding="utf-8")
    done = CliRunner().invoke(app, ["charter", "diff", "packaged", str(folder), "--lang", "fr"])
    assert done.exit_code == 0
    assert (
        "+ Question 3.1\u202f: le niveau de rupture passe de 80 pour 100 à 85 pour 100. C’est plus strict."
        in done.output
    )
    assert "Changes: 1; 1 tighter (+)" in done.output
    written = CliRunner().invoke(app, ["charter", "diff", "packaged", str(folder), "--json", "-"])
    assert json.loads(written.stdout)["changes"][0]["kind"] == "level_tightened"
