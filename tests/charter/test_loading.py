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


def test_every_question_of_the_domain_is_asked():
    numbers = {re.sub("[a-z]$", "", i.number) for article in load_charter().articles for i in article.indicators}
    expected = {1: 5, 2: 6, 3: 7, 4: 7, 5: 6, 6: 7, 7: 5}
    assert numbers == {f"{article}.{n}" for article, last in expected.items() for n in range(1, last + 1)}


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
