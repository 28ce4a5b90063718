"""The packaged charter, and the faults that a committee's own charter may have."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from boussole.audits.errors import CharterError
from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.languages import french
from boussole.audits.workspace import Workspace
from boussole.charter.text.loading import PACKAGED, charter_folder, find_faults, load_charter, unread

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


def test_an_article_asks_four_to_eight_questions():
    """A question with a letter is the one of its number, asked in another way."""
    for article in load_charter().articles:
        assert len({re.sub("[a-z]$", "", indicator.number) for indicator in article.indicators}) in range(4, 9)


def test_levels_that_are_judged_in_this_version():
    judged = {
        indicator.metric + (indicator.subject or ""): (
            indicator.threshold.watch,
            indicator.threshold.breach,
        )
        for indicator in load_charter().ways
        if indicator.metric
    }
    assert judged == {
        "selection_rate_ratio": (0.95, 0.8),
        "adjusted_selection_rate_ratio": (0.95, 0.8),
        "stage_selection_rate_ratio": (0.95, 0.8),
        "exposure_ratio": (0.95, 0.8),
        "override_rate": (0.01, None),
        "put_in_outcome_difference": (0, None),
        "gap_by_corrections": (0, 0),
        "hasty_review_share": (0.1, 0.5),
        "never_shortlisted_rate_ratio": (0.95, 0.8),
        "tool_and_adviser_gap_share": (0.5, None),
        "adjusted_stage_selection_rate_ratio": (0.95, 0.8),
        "true_positive_rate_difference": (0, 0.1),
        "false_positive_rate_difference": (0, 0.1),
        "precision_difference": (0, 0.1),
        "psi": (0.1, None),
        "outside_hours_share": (0.01, 0.05),
        "written_too_often_share": (0.01, None),
        "effect_since_start": (0, 0),
        "written_after_stop_share": (None, None),
        "undeclared_use_share": (0.01, None),
        "first_without_notice_share": (0, None),
        "accounts_without_second_factor_share": (0, None),
        "calls_outside_allowed_share": (0.01, None),
        "unmarked_texts_share": (0, None),
        "reworked_texts_share": (0.01, None),
        "hasty_texts_share": (0.1, 0.5),
        "unlawful_adverts_share": (0.001, None),
        "personal_data_outside_share": (0.001, None),
        "emissions_of_useful_text": (1.14, None),
        "footprint_of_year": (1, 1),
        "discarded_tokens_ratio": (1.1, None),
        "electricity_spread": (10, None),
        "late_reply_ratio": (0.95, 0.8),
        "reached_in_time_ratio": (0.95, 0.8),
        "silent_shortlisting_ratio": (0.95, 0.8),
        "controls_from_replies_share": (0.01, None),
        "silent_control_ratio": (1, 0.8),
        "untrained_users_share": (0.05, None),
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


@pytest.mark.parametrize("make", [Path.touch, lambda path: None, lambda path: path.symlink_to("nowhere")])
def test_a_path_that_is_no_folder_is_not_taken_for_the_packaged_charter(tmp_path, make):
    make(tmp_path / "mine")
    for read in (load_charter, find_faults, unread):
        with pytest.raises(CharterError, match="no such folder"):
            read(tmp_path / "mine")
    workspace = Workspace.create(tmp_path / "w")
    assert charter_folder(workspace) == PACKAGED
    (workspace.home / "charter").symlink_to("nowhere")
    with pytest.raises(CharterError, match="no such folder"):
        load_charter(workspace)
