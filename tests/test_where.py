"""*Where do I put…?* in docs/architecture.md: each line is done in a copy of the project, in these files alone."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path

import pytest

from tests import test_a_log_more
from tests.project_copy import ROOT, Change, copy_with, run_in
from tests.written import CALLS, written_workspace

METRIC: Change = {
    "audits/metrics/passing.py": '''"""Passing over: how often each group is not selected."""

from __future__ import annotations

from boussole.audits.metrics.definition import Metric, Rate
from boussole.audits.metrics.selection import SELECTION_RATE

ASSESSED = SELECTION_RATE.denominator
OTHERS = tuple(cell for cell in ASSESSED if cell not in SELECTION_RATE.numerator)
PASSED_OVER = Rate(metric="passed_over_rate", numerator=OTHERS, denominator=ASSESSED, decided=True)
TOLD = {"formula": "not selected ÷ assessed", "undefined": "nobody assessed", "source": "complement of Fairlearn's"}
METRICS = (Metric(name="passed_over_rate", kind="group", range="[0, 1]", ideal=None, **TOLD),)
''',
    "audits/metric_registry.py": {
        "from boussole.audits.metrics.ranking import": (
            "from boussole.audits.metrics.passing import METRICS as PASSING_METRICS\n"
            "from boussole.audits.metrics.ranking import"
        ),
        "        *SELECTION_METRICS,\n": "        *SELECTION_METRICS,\n        *PASSING_METRICS,\n",
    },
    "audits/metrics/measure.py": {
        "    missing,\n    ranking,\n": "    missing,\n    passing,\n    ranking,\n",
        "rates=(*selection.RATES, *errors.RATES,": "rates=(*selection.RATES, passing.PASSED_OVER, *errors.RATES,",
        "            rates=selection.RATES,": "            rates=(*selection.RATES, passing.PASSED_OVER),",
    },
}
ARTICLE = "charter/articles/equite.yaml"
ASKED = re.findall(r"  - id: selection_rate_ratio\n.*?(?=  - id: )", (ROOT / ARTICLE).read_text("utf-8"), re.DOTALL)[0]
OWN = {
    "id: selection_rate_ratio": "id: own_selection_rate",
    "number: '3.1'": "number: '3.99'",
    "family: selection": "family: indicator",
    "watch: 0.95": "watch: 0.9",
    "breach: 0.8": "breach: 0.7",
}
"""What another question says otherwise than the first of its article."""
QUESTION: Change = {ARTICLE: {"": functools.reduce(lambda text, each: text.replace(*each), OWN.items(), ASKED)}}
PAGE: Change = {
    "dashboard/pages/hello/page.py": '''"""The page that greets."""

from __future__ import annotations

import streamlit as st

from boussole.dashboard.markup.templates import Template
from boussole.dashboard.pages.hello.view import greeted
from boussole.dashboard.views.parts import context

st.html(Template("pages/hello/hello.html", context.speaks())("greeting", greeted(context.scene())))
''',
    "dashboard/pages/hello/view.py": '''"""Whom the page greets."""

from __future__ import annotations

from boussole.dashboard.views.scene import Scene


def greeted(scene: Scene) -> list[str]:
    """The systems by their names."""
    return sorted(scene.systems)
''',
    "dashboard/pages/hello/hello.html": """{# Who is greeted. #}
{% macro greeting(names) %}
<h1>{{ say("We greet you") }}</h1>
<p>{% for name in names %}<strong>{{ name }}</strong>{% endfor %}</p>
{% endmacro %}
""",
    "dashboard/markup/words/addresses.py": {
        '        DashboardPage(name="sitemap",': (
            '        DashboardPage(name="hello", title=say("We greet you"), group=helps, action="LEARN"),\n'
            '        DashboardPage(name="sitemap",'
        )
    },
    "dashboard/markup/words/locale/fr/LC_MESSAGES/messages.po": {
        "": '\nmsgid "We greet you"\nmsgstr "Nous vous saluons"\n'
    },
}
SECTION: Change = {
    "dashboard/report/motto.py": '''"""The section of the report that says its motto."""

from __future__ import annotations

from typing import Any

from boussole.dashboard.report.edition import ReportSay


def motto(tell: ReportSay) -> dict[str, Any]:
    """Its title and its text."""
    return {"title": tell("Our motto"), "text": tell("Whoever measures, tells.")}
''',
    "dashboard/report/content.py": {
        "from boussole.dashboard.report.systems import anchor, anchor_in, part\n": (
            "from boussole.dashboard.report.motto import motto\n"
            "from boussole.dashboard.report.systems import anchor, anchor_in, part\n"
        ),
        '        "reading": reading(edition, tell),\n': (
            '        "reading": reading(edition, tell),\n        "motto": motto(tell),\n'
        ),
    },
    "dashboard/report/report.typ": {
        "// ---- How to read figures, how to verify ----\n": (
            "// ---- The motto ----\n= #data.motto.title\n#prose(data.motto.text)\n\n"
            "// ---- How to read figures, how to verify ----\n"
        )
    },
    "dashboard/report/locale/fr/LC_MESSAGES/messages.po": {
        "": '\nmsgid "Our motto"\nmsgstr "Notre devise"\n\nmsgid "Whoever measures, tells."\nmsgstr "Qui mesure dit."\n'
    },
}
CHANGES = {
    "A metric": METRIC,
    "A question of the charter": QUESTION,
    "A page": PAGE,
    "A log type": test_a_log_more.CHANGE,
    "A section of the report": SECTION,
}
NAMES = {
    "audits/metrics/passing.py": "audits/metrics/FAMILY.py",
    "charter/articles/equite.yaml": "charter/articles/ARTICLE.yaml",
    "dashboard/pages/hello/page.py": "dashboard/pages/NAME/page.py",
    "dashboard/pages/hello/view.py": "dashboard/pages/NAME/view.py",
    "dashboard/pages/hello/hello.html": "dashboard/pages/NAME/NAME.html",
    "audits/systems/logs/complaints.py": "audits/systems/logs/NAME.py",
    "dashboard/report/motto.py": "dashboard/report/NAME.py",
}
"""As the page of the documents calls the files that a change adds."""
COMMANDS = """
import json, sys
from typer.testing import CliRunner
from boussole.dashboard.cli.main import app

told = []
for words in json.loads(sys.stdin.read()):
    done = CliRunner().invoke(app, ["--workspace", sys.argv[1], *words])
    told.append([done.exit_code, done.stdout, f"{done.stderr} {done.exception}"])
print("\\n" + json.dumps(told))
"""
LOOK = """
from pathlib import Path
from streamlit.testing.v1 import AppTest
from boussole import dashboard
from boussole.dashboard.server.access import sessions

sessions.cookie = lambda name: ""  # AppTest has no browser that sends any
for language in ("fr", "en"):
    seen = AppTest.from_file(str(Path(dashboard.__file__).parent / "app" / "app.py"), default_timeout=60)
    seen.query_params["lang"] = language
    seen.run().switch_page("../pages/hello/page.py").run()
    assert not seen.exception, seen.exception
    print("".join(getattr(element.proto, "body", "") for element in seen.main))
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with one system of two groups, and its decisions beside it."""
    home = written_workspace(tmp_path / "w", CALLS).home
    selected = [i % (2 if i % 4 < 2 else 3) == 0 for i in range(2400)]
    rows = [f"{i},2026-0{1 + i % 3}-15,{each},{'M' if i % 4 < 2 else 'F'}" for i, each in enumerate(selected)]
    (tmp_path / "rows.csv").write_text("\n".join(["decision_id,ts,contacted,gender", *rows]), encoding="utf-8")
    return home


def commands(folder: Path, home: Path, *lines: tuple[str, ...]) -> list[str]:
    """What commands of the copy print, each of which ends well."""
    told = json.loads(
        run_in(folder, COMMANDS, str(home), input=json.dumps(lines)).rpartition("\n[[")[2].join(["[[", ""])
    )
    for line, (code, out, said) in zip(lines, told, strict=True):
        assert code == 0, f"{line}: {said} {out}"
    return [out for _, out, _ in told]


def imported(home: Path) -> tuple[str, ...]:
    return ("import", str(home.parent / "rows.csv"), "--system", "calls")


def test_the_page_names_these_files() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = page.partition("## Where do I put…?")[2].partition("\n## ")[0]
    rows = [re.split(r"\s*\|\s*", line.strip("| ")) for line in section.splitlines() if line.startswith("| ")][1:]
    assert {row[0]: re.findall(r"`([^`]+)`", row[1]) for row in rows} == {
        what: [NAMES.get(name, name) for name in change] for what, change in CHANGES.items()
    }


@pytest.mark.slow
def test_a_metric(tmp_path: Path, workspace: Path) -> None:
    folder = copy_with(METRIC, tmp_path / "project")
    listed, _, audit = commands(
        folder, workspace, ("metrics",), imported(workspace), ("audit", "--system", "calls", "--json", "-")
    )
    assert "passed_over_rate" in listed
    measures = {each["id"]: each["value"] for each in json.loads(audit)["measures"]}
    assert measures["passed_over_rate/gender=M"] == pytest.approx(1 - measures["selection_rate/gender=M"])


@pytest.mark.slow
def test_a_question(tmp_path: Path, workspace: Path) -> None:
    folder = copy_with(QUESTION, tmp_path / "project")
    _, _, audit = commands(
        folder, workspace, ("charter", "check"), imported(workspace), ("audit", "--system", "calls", "--json", "-")
    )
    verdicts = json.loads(audit)["verdicts"]
    (found,) = [each for each in verdicts if each["indicator"] == "own_selection_rate_gender"]
    assert found["verdict"] == "watch", "two of three where three are: below 0.7, and not surely so"


@pytest.mark.costly
def test_a_page(tmp_path: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = copy_with(PAGE, tmp_path / "project")
    monkeypatch.setenv("BOUSSOLE_HOME", str(workspace))
    french, english = run_in(folder, LOOK).split("We greet you", maxsplit=1)
    assert "<h1>Nous vous saluons</h1><p><strong>calls</strong></p>" in french
    assert english


@pytest.mark.slow
def test_a_section_of_the_report(tmp_path: Path, workspace: Path) -> None:
    from pypdf import PdfReader

    folder = copy_with(SECTION, tmp_path / "project")
    out = tmp_path / "report.pdf"
    commands(
        folder,
        workspace,
        imported(workspace),
        ("audit", "--system", "calls"),
        ("report", "--lang", "fr", "--out", str(out)),
    )
    text = " ".join(page.extract_text() for page in PdfReader(out).pages)
    assert "Notre devise" in text
    assert "Qui mesure dit." in text
