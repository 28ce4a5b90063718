"""Templates are charters without a fault, each with its own law, words, languages and colleges."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from boussole.audits.errors import CharterError
from boussole.audits.workspace import Workspace
from boussole.charter.amending.diff import diff
from boussole.charter.amending.plain import called
from boussole.charter.judging.crosswalk import crosswalk
from boussole.charter.templates import ABOUT, TEMPLATES, write_template
from boussole.charter.text.loading import find_faults, load_charter, unread
from boussole.charter.text.model import Charter
from boussole.dashboard.cli.main import app

OWN = ["bank", "hospital", "minimal"]


@pytest.mark.parametrize(
    ("name", "languages", "articles", "person"),
    [
        ("bank", ["en", "fr"], 5, "a borrower"),
        ("hospital", ["fr", "en"], 5, "a patient"),
        ("minimal", ["en"], 3, "a person concerned"),
        ("employment", ["fr", "en"], 7, "a job seeker"),
    ],
)
def test_each_has_no_fault_and_its_own_languages_words_and_articles(
    name: str, languages: list[str], articles: int, person: str
) -> None:
    assert find_faults(TEMPLATES[name]) == []
    assert [file for file in unread(TEMPLATES[name]) if file != "__pycache__"] == []
    assert name in ABOUT
    charter = load_charter(TEMPLATES[name])
    assert charter.languages == languages
    assert len(charter.articles) == articles
    assert called(charter, "person", "en") == person
    assert len(charter.colleges) >= 2
    without = Charter.model_validate(charter.document() | {"words": {}})
    assert called(without, "person", "en") == "a person concerned"


def test_a_template_becomes_the_charter_of_a_workspace_and_is_never_written_over(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    done = CliRunner().invoke(app, ["--workspace", str(workspace.home), "charter", "new", "--from", "bank"])
    assert done.exit_code == 0, done.output
    assert diff(load_charter(TEMPLATES["bank"]), load_charter(workspace)) == []
    (workspace.home / "charter" / "model.yaml").write_text("mine", encoding="utf-8")
    again = CliRunner().invoke(app, ["--workspace", str(workspace.home), "charter", "new", "--from", "hospital"])
    assert isinstance(again.exception, CharterError)
    assert "not written over" in str(again.exception)
    assert (workspace.home / "charter" / "model.yaml").read_text(encoding="utf-8") == "mine"
    assert not (workspace.home / "charter" / "soin.yaml").exists()


def test_an_unknown_template_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(CharterError, match="Did you mean 'bank'"):
        write_template("bnak", tmp_path / "charter")
    assert not (tmp_path / "charter").exists()


@pytest.mark.parametrize("name", OWN)
def test_every_template_asks_both_kinds_of_questions_covers_its_law_and_tells_the_rules_of_verdicts(name: str) -> None:
    """The engine is the same: a rule that is added to the packaged charter belongs in every template."""
    written = " ".join(path.read_text(encoding="utf-8").lower() for path in TEMPLATES[name].glob("*.yaml"))
    written = re.sub(r"selection procedures|pour l’emploi\)|emploie\w*|employ(er|é)\b", "", written)
    for word in ("job seeker", "demandeur", "labour code", "code du travail", "employment service", "matchft"):
        assert word not in written
    charter = load_charter(TEMPLATES[name])
    indicators = [indicator for article in charter.articles for indicator in article.indicators]
    assert {indicator.evidence for indicator in indicators} == {"measured", "attested"}
    assert sum(indicator.metric is not None for indicator in indicators) >= 2
    assert {indicator.threshold.status for indicator in indicators} == {"proposed"}
    assert len({str(i.threshold.justification) for i in indicators if i.threshold.breach}) >= 1
    for chapter in crosswalk(charter, on=dt.date(2026, 11, 26)):
        assert chapter.framework is not None
        for provision in chapter.provisions:
            assert provision.covered != bool(provision.law.uncovered), provision.id
    packaged, own = load_charter().rules, charter.rules
    assert {key: texts["en"] for key, texts in own.items()} == {key: texts["en"] for key, texts in packaged.items()}
