"""The documents say what the code does: commands, examples, links, numbers, licence."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from functools import cache
from pathlib import Path

import mlflow
import pandas as pd
import pytest
import typer.main
import yaml
from markdown.extensions.toc import slugify
from statsmodels.stats.proportion import test_proportions_2indep as score_test
from typer.testing import CliRunner

from boussole.audits import ledger
from boussole.audits.log_names import LOGS
from boussole.audits.systems import System
from boussole.audits.systems.kinds import Strict
from boussole.audits.workspace import SETTINGS_FILE, Workspace
from boussole.charter.records import open_records
from boussole.charter.records.in_force import in_force
from boussole.charter.text.loading import find_faults, load_charter
from boussole.dashboard.cli.main import app
from boussole.dashboard.cli.schemas import SCHEMAS
from boussole.experiments.sync import sync
from docs.generate import PAGES as PAGES_OF_REFERENCE
from docs.generate import REFERENCE, write
from tests.project_copy import ran
from tests.screens import ANSWERS, COMPASS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
MOST_WORDS = 55_000
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.glob("*.md"))]


@cache
def reference(name: str) -> str:
    """A page of the reference as the site has it."""
    return PAGES_OF_REFERENCE[name].text()


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), flags=re.DOTALL)


def test_every_key_of_a_system_file_says_what_it_means():
    parts = {System.__name__, *System.model_json_schema()["$defs"]}
    models = [part for part in subclasses(Strict) if part.__module__.startswith("boussole.audits.systems.")]
    assert parts <= {part.__name__ for part in models}
    silent = [
        f"{part.__name__}.{key}" for part in models for key, field in part.model_fields.items() if not field.description
    ]
    assert silent == []


def subclasses(model: type[Strict]) -> list[type[Strict]]:
    return [each for child in model.__subclasses__() for each in (child, *subclasses(child))]


@pytest.mark.parametrize(
    "text", [block for page in ("system-file.md", "data-scientists.md", "logging.md") for block in blocks(page, "yaml")]
)
def test_system_files_in_the_documents_are_valid(text):
    system = System.model_validate(yaml.safe_load(text))
    assert system.kind == "declared" or system.log.decision.selected


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for file, anchor in links(page.read_text(encoding="utf-8")):
        assert_leads(page.parent / file if file else page, anchor)


@pytest.mark.parametrize("name", sorted({*PAGES_OF_REFERENCE} - {"commands"}))
def test_links_of_the_reference_lead_somewhere(name):
    here = REFERENCE / f"{name}.md"
    for file, anchor in links(reference(name)):
        assert_leads((REFERENCE / file).resolve() if file else here, anchor)


def links(text: str) -> list[tuple[str, str]]:
    return [target.partition("#")[::2] for target in re.findall(r"\]\(([^)]+)\)", text)]


def assert_leads(path: Path, anchor: str) -> None:
    """There is such a page, or the site's build makes it; with such a heading."""
    made = path.parent in (REFERENCE, REFERENCE / "schemas")
    assert path.stem in {*PAGES_OF_REFERENCE, *SCHEMAS} if made else path.exists(), path
    if anchor:
        text = reference(path.stem) if made else path.read_text(encoding="utf-8")
        headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
        assert anchor in [slugify(heading, "-") for heading in headings], f"{path.name}#{anchor}"


@pytest.mark.costly
def test_the_site_builds_and_shows_every_page(tmp_path):
    for name in ("docs", "mkdocs.yml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, tmp_path / name)
    write(tmp_path / "docs" / "reference")
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    built = ran(sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", cwd=tmp_path, env=env)
    assert built.returncode == 0, built.stderr
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    pages = [str(page.relative_to(tmp_path / "docs")) for page in (tmp_path / "docs").rglob("*.md")]
    assert sorted(page for entry in nav for page in entry.values()) == sorted(pages)
    assert (tmp_path / "site" / "reference" / "schemas" / "audit.json").exists()


def test_what_people_read_is_short():
    """The most that somebody can be asked to keep up to date."""
    read = [page.read_text(encoding="utf-8") for page in PAGES if page.name != "CHANGELOG.md"]
    assert sum(len(text.split()) for text in read) <= MOST_WORDS


def test_the_readme_gives_two_commands_and_make_knows_them():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```console\n(.*?)```", readme, flags=re.DOTALL)
    given = [line.split("#")[0].strip() for line in block.strip().splitlines()]
    targets = re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert given == ["make demo", "make test"]
    assert {"demo", "test"} <= set(targets)


def mentioned_commands() -> list[str]:
    """Command lines of the documents: in code, and between backticks."""
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    text = re.sub(r" \\\n\s*", " ", text)  # a line that goes on is one command
    return sorted(
        set(re.findall(r"^(boussole .+)$", text, flags=re.MULTILINE) + re.findall(r"`(boussole [^`]+)`", text))
    )


@pytest.mark.parametrize("line", mentioned_commands())
def test_commands_in_the_documents_exist(line):
    words = shlex.split(line)[1:]
    command, path = typer.main.get_command(app), []
    for word in words:
        if word not in getattr(command, "commands", {}):
            break
        command = command.commands[word]
        path.append(word)
    assert path or words[0].startswith("--"), f"`{line}` names no command"
    shown = CliRunner().invoke(app, [*path, "--help"]).output
    for option in (word for word in words if word.startswith("--")):
        assert option in shown, f"`{line}`: there is no {option}"


@pytest.mark.slow
def test_a_college_keeps_a_checkpoint_by_the_printed_commands(tmp_path):
    """In a shell, as printed: the first checkpoint, an entry that comes later, the three commands of each session."""
    workspace = Workspace.create(tmp_path / "server")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "BOUSSOLE_HOME": str(workspace.home)}
    for number, block in enumerate(blocks("ledger.md", "bash")):
        with open_records(workspace).begin() as connection:
            ledger.append(connection, kind="exclusion", payload={"number": number})
        done = ran("bash", "-euc", block, cwd=tmp_path, env=env)
        assert done.returncode == 0, done.stderr
    assert "The entries that were kept (1) are unchanged; 1 more came since." in done.stderr
    assert "kept.checkpoint: the entries it knows (2) are unchanged." in done.stderr
    assert "signed by example.org/agents" in done.stderr


@pytest.mark.slow
def test_the_logging_examples_are_read_by_a_sync(tmp_path, monkeypatch, empty_store):
    """Plain MLflow for each log and then the helper, as printed, on rows of their own."""
    workspace = Workspace.create(tmp_path / "workspace")
    (workspace.home / "systems" / "matchft.yaml").write_text(blocks("logging.md", "yaml")[0], encoding="utf-8")
    shutil.copyfile(empty_store, workspace.home / "mlflow.db")
    monkeypatch.chdir(tmp_path)
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(workspace.tracking_uri)
    try:
        for number, code in zip((0, 0, 1), blocks("logging.md", "python"), strict=True):
            exec(code, some_logs(number))  # noqa: S102 (the printed example is what is tested)
    finally:
        mlflow.set_tracking_uri(before)
    (report,) = sync(workspace)
    assert report.failures == ()
    accepted = sorted((file.log, file.accepted) for file in report.ingested)
    assert accepted == sorted(2 * [(log, 2) for log in LOGS])
    (again,) = sync(workspace)
    assert again.ingested == ()


def some_logs(number: int) -> dict[str, pd.DataFrame]:
    ids, moments = [f"{number}-1", f"{number}-2"], [f"2026-07-0{number + 1} 10:00", f"2026-07-0{number + 1} 11:00"]
    people, either = {"person_id": ["p1", "p2"]}, [True, False]
    counted = {"people": [120, 90], "returns": [12, 8]}
    texts = {"prompt": ["Write", "Sum up"], "text": ["So", "In short"]}
    columns = {
        "decisions": {**people, "ts": moments, "contacted": either, "model_version": ["1", "1"], "gender": ["F", "M"]},
        "outcomes": {"hired": either, "seen_at": moments},
        "human_actions": {"adviser_decision": [True, True], "review_seconds": [12.5, 40.0]},
        "contacts": {**people, "sent_at": moments, "kind": ["sms", "opt-out"]},
        "generations": {"text_id": ids, "written_at": moments, **texts},
        "agencies": {"code": ids, "month": ["2026-07-01"] * 2, "started": ["2026-07-06", None], **counted},
        "accounts": {"login": ids, "exported_on": ["2026-07-31", "2026-07-31"], "mfa": ["yes", "no"]},
        "search_controls": {"person_id": ids, "controlled_on": ["2026-07-30", "2026-07-31"], "why": ["random", None]},
        "usage": {"use_id": ids, "used_at": moments, "task": ["letter", "letter"], "age": ["25-49", None]},
    }
    return {log: pd.DataFrame({"decision_id": ids} | values) for log, values in columns.items()}


@pytest.mark.parametrize(
    ("k", "n", "p_values"),
    [((870, 1000), 2000, ("0.993", "0.0047", "0.0068")), ((87, 100), 200, ("0.782", "0.206", "0.218"))],
)
def test_the_worked_example_is_right(k, n, p_values):
    page = (DOCS / "verdicts.md").read_text(encoding="utf-8")
    questions = ((0.80, "smaller"), (0.95, "smaller"), (0.80, "larger"))
    for (level, side), printed in zip(questions, p_values, strict=True):
        p = score_test(k[0], n, k[1], n, value=level, compare="ratio", method="score", alternative=side).pvalue
        assert f"{p:.{len(printed) - 2}f}" == printed
        assert printed in page


def test_the_licence_is_whole():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert [int(number) for number in re.findall(r"^(\d+)\.[A-Z]", text, flags=re.MULTILINE)] == list(range(1, 16))
    assert text.rstrip().endswith(
        "All other changes or additions to this Appendix require the production of a new EUPL version."
    )
    for licence in ("GNU Affero General Public License (AGPL) v. 3", "CeCILL v. 2.0, v. 2.1", "LiLiQ-R+"):
        assert licence in text.partition("Appendix\n")[2]


def test_every_place_of_a_workspace_is_told(audited_offers, tmp_path):
    """Whatever lies in a workspace, or will, stands in the table that says what it holds and how it is protected."""
    workspace = audited_offers(tmp_path / "w")
    known = [getattr(workspace, name) for name, kind in vars(Workspace).items() if isinstance(kind, property)]
    places = {path.relative_to(workspace.home).parts[0] for path in known if isinstance(path, Path)}
    places |= {path.name for path in workspace.home.iterdir() if path.suffix not in (".lock", ".parquet")}
    assert all(path.stat().st_size == 0 for path in workspace.home.glob("*.lock")), "locks hold nothing"
    places = {name.removesuffix("-wal").removesuffix("-shm") for name in places}
    assert {"keys", "lake", "access.sqlite", SETTINGS_FILE} <= places
    table = (
        (DOCS / "privacy.md").read_text(encoding="utf-8").partition("## What is stored where")[2].partition("\n\nF")[0]
    )
    told = {re.split(r"[/*…]", name)[0] for name in re.findall(r"`([^`]+)`", table)}
    assert {place for place in places if not place.startswith(".")} <= told


@pytest.mark.parametrize(("page", "lang"), [("matching", "en"), ("appariement", "fr")])
def test_pictures_of_answers_are_shown_in_words_too_and_are_small(page, lang):
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    shown = dict(re.findall(rf"!\[([^!]*?)\]\(images/([^)]*?)-{lang}\.png\)", text))
    assert sorted(shown.values()) == sorted([COMPASS, *ANSWERS])
    assert min(map(len, shown)) > 60
    for name in shown.values():
        assert (DOCS / "images" / f"{name}-{lang}.png").stat().st_size < 120_000


PAGE = Path(__file__).parent.parent / "docs" / "charter.md"
STEP = re.compile(
    r"Write `(?P<written>[^`]+)`:\n\n```\w+\n(?P<text>.*?)```"
    r"|```console\n(?P<commands>.*?)```"
    r"|```text\n(?P<answer>.*?)```"
    r"|In `(?P<edited>[^`]+)`, replace\n\n```yaml\n(?P<old>.*?)```\n\nby\n\n```yaml\n(?P<new>.*?)```",
    flags=re.DOTALL,
)


def run(command: str) -> str:
    """What a command prints; `cd` is done by the caller."""
    done = CliRunner().invoke(app, shlex.split(command)[1:])
    assert isinstance(done.exception, SystemExit | None), done.output
    return done.output


def test_a_newcomer_gets_a_charter_without_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BOUSSOLE_HOME", raising=False)
    answer, answers, edits, page = "", 0, 0, PAGE.read_text(encoding="utf-8")
    assert sum(step.group().count("```") for step in STEP.finditer(page)) == page.count("```"), "each block is a step"
    for step in STEP.finditer(page):
        if step["commands"]:
            answer = ""
            for command in step["commands"].splitlines():
                if command.startswith("cd "):
                    monkeypatch.chdir(Path.cwd() / command[3:])
                else:
                    answer += run(command)
        elif step["answer"]:
            answers += 1
            for line in step["answer"].splitlines():
                assert line in answer, f"expected {line!r} in:\n{answer}"
        elif step["edited"]:
            edits += 1
            path = Path(step["edited"])
            text = path.read_text(encoding="utf-8")
            assert text.count(step["old"]) == 1, f"{path}: {step['old']}"
            path.write_text(text.replace(step["old"], step["new"]), encoding="utf-8")
        else:
            Path(step["written"]).write_text(step["text"], encoding="utf-8")
    assert (answers, edits) == (3, 11)
    assert find_faults(Path("charter")) == []
    charter = load_charter(Path("charter"))
    assert [article.id for article in charter.articles] == ["fairness", "oversight", "stability", "openness"]
    assert charter.indicator("selected_as_often").threshold.breach == 0.9
    assert "The charter has no fault." in run("boussole charter check")
    assert in_force(Workspace(Path.cwd())).charter.sha256 == charter.sha256
