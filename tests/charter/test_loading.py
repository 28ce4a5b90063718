"""The packaged charter, and the faults that a committee's own charter may have."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from audits.errors import CharterError
from audits.hashing import canonical_json, sha256_hex
from audits.languages import french
from audits.workspace import Workspace
from charter.loading import PACKAGED, charter_folder, find_faults, load_charter

ARTICLES = ["finalite", "humain", "equite", "liberte", "transparence", "securite", "environnement"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKAGED, tmp_path / "charter"))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_packaged_charter_has_the_seven_articles_in_order_and_no_fault():
    charter = load_charter()
    assert [article.id for article in charter.articles] == ARTICLES
    assert [article.order for article in charter.articles] == [1, 2, 3, 4, 5, 6, 7]
    assert find_faults() == []


def test_packaged_wording_is_marked_as_a_draft_and_every_threshold_as_proposed():
    for article in load_charter().articles:
        assert article.text.status == "draft wording"
        assert {indicator.threshold.status for indicator in article.indicators} == {"proposed"}


def test_every_question_of_the_domain_is_asked():
    numbers = {re.sub("[a-z]$", "", i.number) for article in load_charter().articles for i in article.indicators}
    expected = {1: 5, 2: 6, 3: 7, 4: 7, 5: 6, 6: 7, 7: 5}
    assert numbers == {f"{article}.{n}" for article, last in expected.items() for n in range(1, last + 1)}


def test_levels_that_are_judged_in_this_version():
    judged = {
        indicator.metric + (indicator.subject or ""): (
            indicator.threshold.watch,
            indicator.threshold.breach,
        )
        for article in load_charter().articles
        for indicator in article.indicators
        if indicator.metric
    }
    assert judged == {
        "selection_rate_ratio": (0.95, 0.8),
        "adjusted_selection_rate_ratio": (0.95, 0.8),
        "adjusted_stage_selection_rate_ratio": (0.95, 0.8),
        "true_positive_rate_difference": (0, 0.1),
        "false_positive_rate_difference": (0, 0.1),
        "precision_difference": (0, 0.1),
        "psiscore": (0.1, None),
        "psifeatures": (0.1, None),
    }


def test_raw_question_does_not_claim_comparable_profiles():
    question = load_charter().indicator("selection_rate_ratio").question
    assert "comparable" not in question["fr"] + question["en"]


def french_texts(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from [inner] if key == "fr" else french_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from french_texts(inner)


def test_french_is_typeset_and_never_says_conforme():
    texts = list(french_texts(load_charter().document()))
    assert len(texts) > 200
    for text in texts:
        assert text == french(text)
        assert "conforme" not in text.lower()


def test_hash_is_that_of_the_canonical_json():
    charter = load_charter()
    assert charter.sha256 == sha256_hex(canonical_json(charter.document()))
    assert "sha256" not in charter.document()


def test_hash_follows_the_words_but_not_the_layout_of_the_files(folder: Path):
    before = load_charter(folder).sha256
    assert before == load_charter().sha256
    path = folder / "equite.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text(encoding="utf-8"))), encoding="utf-8")
    assert load_charter(folder).sha256 == before
    change(path, "breach: 0.8", "breach: 0.81")
    assert load_charter(folder).sha256 != before


def test_a_workspace_charter_replaces_the_packaged_one(folder: Path):
    workspace = Workspace.create(folder.parent)
    change(folder / "charter.yaml", "id: charte_emploi", "id: notre_charte")
    assert charter_folder(workspace) == folder
    assert load_charter(workspace).id == load_charter(folder).id == "notre_charte"


def test_a_workspace_without_a_charter_uses_the_packaged_one(tmp_path: Path):
    assert load_charter(Workspace.create(tmp_path)).sha256 == load_charter().sha256


def test_law_is_found_with_its_date():
    charter = load_charter()
    laws = charter.law_of(charter.indicator("told_it_is_ai"))
    assert [law.in_force.isoformat() for law in laws] == ["2026-08-02"]


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("equite.yaml", "commitment:", "comitment:", r"equite\.yaml: .*'comitment' \(Did you mean 'commitment'"),
        ("equite.yaml", "    kinds: [", "    kind: [", r"equite\.yaml: .*unknown key 'indicators\.0\.kind'.*'kinds'"),
        ("equite.yaml", "order: 3", "order: 4", r"the order '4' is used 2 times, in equite\.yaml, liberte\.yaml"),
        (
            "liberte.yaml",
            "- id: decent_hours",
            "- id: undeclared_use",
            r"indicator id 'undeclared_use' is used 2 times, in finalite\.yaml, liberte\.yaml",
        ),
        ("humain.yaml", "number: '2.1'", "number: '2.2'", r"the number '2\.2' is used 2 times, in humain\.yaml"),
        ("humain.yaml", "id: humain", "id: human", r"humain\.yaml: .*its id is 'human': rename it to human\.yaml"),
        ("humain.yaml", "order: 2", "order: 2\norder: 3", r"humain\.yaml: .*the key 'order' is given twice"),
        ("humain.yaml", "[ai_act_4]", "[ai_act_5]", r"humain\.yaml, trained_before_use: law 'ai_act_5'.*Did you mean"),
        (
            "humain.yaml",
            "related: [time_to_read]",
            "related: [time_to_reed]",
            r"humain\.yaml, override_rate: the related question 'time_to_reed'.*'time_to_read'",
        ),
        (
            "humain.yaml",
            "  en: People at the centre",
            "  de: Der Mensch im Mittelpunkt",
            r"humain\.yaml, humain\.title is missing in: en\.",
        ),
        ("charter.yaml", "languages: [fr, en]", "languages: [fr]", "is written in en, which the charter does not decl"),
        ("charter.yaml", "languages: [fr, en]", "languages: [fr, en, de]", r"equite\.title is missing in: de"),
        ("law.yaml", "    en: 'AI Act, Art. 4: AI literacy'", "", r"law\.yaml, ai_act_4\.title is missing in: en"),
        ("law.yaml", "in_force: 2025-02-02", "in_force: soon", r"law\.yaml: in 'ai_act_4': 'in_force'"),
        ("law.yaml", "ai_act_4:", "ai_act_4b:", r"law\.yaml, ai_act_4b: no question refers to this text"),
        ("finalite.yaml", "{system} ne sert", "{sistem} ne sert", r"names '\{sistem\}'. Did you mean 'system'\?"),
        ("finalite.yaml", "watch: 0.01", "watch: -1", r"finalite\.yaml: 'indicators\.0\.threshold\.watch'"),
        ("equite.yaml", "      watch: 0.95\n", "", r"'indicators\.0': the measure 'selection_rate_ratio' is judged"),
        ("humain.yaml", "valid_months: 12", "frequency: yearly", "is given twice"),
        ("humain.yaml", "    valid_months: 12\n", "", "needs `attested_by` and `valid_months`"),
        ("finalite.yaml", "evidence: attested", "evidence: measured", "are for attested questions"),
        ("finalite.yaml", "order: 1", "order: [", "not valid YAML"),
        (
            "equite.yaml",
            "metric: selection_rate_ratio",
            "metric: selection_rate_ration",
            r"there is no measure 'selection_rate_ration'\. Did you mean 'selection_rate_ratio'\?",
        ),
        (
            "equite.yaml",
            "metric: selection_rate_ratio",
            "metric: impact_ratio",
            "'impact_ratio' is shown, never judged",
        ),
        ("equite.yaml", "breach: 0.8", "breach: 0.96", r"the breach level \(0\.96\) must lie beyond the watch level"),
        ("equite.yaml", "watch: 0\n", "watch: 0.2\n", r"the breach level \(0\.1\) must lie beyond the watch level"),
        ("equite.yaml", "watch: 0.95", "watch: 1.25", "the levels of a ratio lie above 0 and up to 1"),
    ],
)
def test_faults_name_file_entry_and_the_nearest_word(folder: Path, file, old, new, told):
    change(folder / file, old, new)
    assert re.search(told, "\n".join(find_faults(folder))), find_faults(folder)
    with pytest.raises(CharterError):
        load_charter(folder)


@pytest.mark.parametrize("key", ["justification", "source"])
def test_a_threshold_without_its_reason_is_a_fault(folder: Path, key):
    path = folder / "liberte.yaml"
    article = yaml.safe_load(path.read_text(encoding="utf-8"))
    del article["indicators"][1]["threshold"][key]
    path.write_text(yaml.safe_dump(article), encoding="utf-8")
    assert find_faults(folder) == ["liberte.yaml, decent_hours: the threshold needs a `justification` and a `source`."]


def test_an_empty_text_counts_as_missing(folder: Path):
    path = folder / "liberte.yaml"
    article = yaml.safe_load(path.read_text(encoding="utf-8"))
    article["indicators"][0]["broken_if"] = {}
    path.write_text(yaml.safe_dump(article), encoding="utf-8")
    assert find_faults(folder) == [
        "liberte.yaml, liberte.indicators.stop_is_respected.broken_if is missing in: en, fr."
    ]


def test_three_to_twelve_articles(folder: Path):
    for name in ARTICLES[2:]:
        (folder / f"{name}.yaml").unlink()
    assert "a charter has 3 to 12 articles, this one has 2." in find_faults(folder)


def test_files_that_cannot_be_read(folder: Path):
    (folder / "liberte.yaml").write_bytes(b"\xff\xfe")
    (folder / "humain.yaml").write_text("- a list", encoding="utf-8")
    (folder / "charter.yaml").unlink()
    assert find_faults(folder) == [
        "charter.yaml: this file of the charter is missing.",
        "humain.yaml: expected keys and values.",
        "liberte.yaml: the file is not UTF-8 text.",
    ]
