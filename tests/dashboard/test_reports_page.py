"""The page of reports: what there is, whether it holds, who may make one, and that making it waits for nobody."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from boussole.audits.errors import ReportError
from boussole.audits.workspace import Workspace
from boussole.charter.records import summaries
from boussole.dashboard import report as printed
from boussole.dashboard.app.server import guarded
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say, speaker
from boussole.dashboard.pages.reports import view
from boussole.dashboard.pages.reports.forms import asked_for, asking, report_routes
from boussole.dashboard.server.access.permissions import COOKIE
from boussole.dashboard.views.fields import ChoiceField

EN, FR = speaker("en"), speaker("fr")
TITLES = {"offers": "Offers"}
MADE = "boussole-2026-01-en.pdf"


@pytest.fixture(scope="module")
def printed_one(audited_offers: Callable[..., Workspace], tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with a report: made once, since that takes seconds."""
    workspace = audited_offers(tmp_path_factory.mktemp("printed") / "workspace")
    printed.write_report(workspace, period="2026-01", lang="en", out=None)
    return workspace


@pytest.fixture
def workspace(printed_one: Workspace, tmp_path: Path) -> Workspace:
    shutil.copytree(printed_one.home, tmp_path / "w")
    return Workspace(tmp_path / "w")


@pytest.fixture
def client(workspace: Workspace) -> Iterator[TestClient]:
    app = Starlette(routes=guarded(report_routes(workspace.home), workspace.home))
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as made:
        yield made


def page_of(found: Sequence[view.Report], say: Say, **query: str) -> str:
    return Template("pages/reports/reports.html", say)("listed", view.listed(found, say, query=query, titles=TITLES))


def made_of(found: Sequence[view.Job], say: Say) -> str:
    return Template("pages/reports/reports.html", say)("under_way", *view.under_way(found, say, titles=TITLES))


def send(client: TestClient, role: str, **typed: str) -> Any:
    client.cookies.set(COOKIE, role)
    return client.post("/report-make?lang=en&spoken=en", data={f"f-{key}": value for key, value in typed.items()})


@pytest.mark.attack("reports", "a file of the workspace is replaced by a forged one")
def test_a_file_that_was_changed_is_told_and_not_handed_out(workspace: Workspace, client: TestClient) -> None:
    whole = (workspace.reports / MADE).read_bytes()
    (workspace.reports / "boussole-2026-02-fr.pdf").write_bytes(b"%PDF-1.7 nothing")
    (workspace.reports / "boussole-2026-03-fr.pdf").write_bytes(whole)  # another report under this name
    (workspace.reports / MADE).write_bytes(whole + b"% changed")
    assert {each.name: each.state for each in view.reports(workspace)} == {
        MADE: "changed",
        "boussole-2026-02-fr.pdf": "damaged",
        "boussole-2026-03-fr.pdf": "changed",
    }
    page = page_of(view.reports(workspace), EN)
    assert page.count("not handed out") == 3
    assert "No: the file was changed after it was made." in page
    client.cookies.set(COOKIE, "reader")
    for name in (MADE, "boussole-2026-02-fr.pdf", "boussole-2026-03-fr.pdf"):
        answer = client.get(f"/report-file/{name}")
        assert answer.status_code == 409, name
        assert "it was changed after it was made" in answer.text
    (workspace.reports / MADE).write_bytes(whole)
    assert client.get(f"/report-file/{MADE}").content == whole


def test_a_report_of_before_reports_were_sealed_is_neither_changed_nor_vouched_for(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("boussole.dashboard.report.attachments.sealed_reports", lambda _: [])
    monkeypatch.setattr("boussole.dashboard.pages.reports.view._known", {})
    assert [each.state for each in view.reports(workspace)] == ["unsealed"]
    assert "Nobody can say" in page_of(view.reports(workspace), EN)


def test_a_report_is_taken_by_every_role_and_nothing_else_is(workspace: Workspace, client: TestClient) -> None:
    client.cookies.set(COOKIE, "reader")
    taken = client.get(f"/report-file/{MADE}")
    assert taken.content == (workspace.reports / MADE).read_bytes()
    assert "attachment" in taken.headers["content-disposition"]
    (workspace.reports / "secret.txt").write_text("x")
    (workspace.reports / "boussole-2026-03-en.pdf").symlink_to(workspace.home / "boussole.toml")
    for name in (
        "secret.txt",
        "..%2Fboussole.toml",
        "boussole-2026-03-en.pdf",
        "boussole-2026-04-en.pdf",
        MADE + ".part",
    ):
        assert client.get(f"/report-file/{name}").status_code == 404, name


def test_only_some_roles_may_have_one_made(
    workspace: Workspace, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str | None, str, Sequence[str]]] = []

    def written(_: Workspace, *, period: str | None, lang: str, out: Path | None, systems: Sequence[str] = ()) -> Path:
        asked.append((period, lang, systems))
        return Path(MADE)

    monkeypatch.setattr(printed, "write_report", written)
    assert send(client, "member", period="2026-01", spoken="en", system="offers").status_code == 403
    assert asked == []
    answer = send(client, "chair", period="2026-01", spoken="fr", system="offers")
    assert answer.headers["location"] == "/reports?lang=en#making"
    assert send(client, "steward", period="newest", spoken="en", system="every-system").status_code == 303
    ended(workspace)
    assert sorted(asked, key=str) == [("2026-01", "fr", ("offers",)), (None, "en", ())]
    assert "January 2026, in French: Offers" in made_of(view.jobs(workspace), EN)


@pytest.mark.parametrize(
    "typed",
    [
        {"period": "1999", "spoken": "en", "system": "every-system"},
        {"period": "2026-01", "spoken": "de", "system": "every-system"},
        {"period": "2026-01", "spoken": "en", "system": "nobody"},
        {},
    ],
)
def test_what_is_not_offered_is_refused(client: TestClient, typed: dict[str, str]) -> None:
    answer = send(client, "chair", **typed)
    assert answer.headers["location"].startswith("/reports?sent=")


def ended(workspace: Workspace) -> list[view.Job]:
    """What became of the jobs, once none is under way."""
    deadline = time.monotonic() + 30
    while any(job.under_way for job in view.jobs(workspace)):
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)
    return view.jobs(workspace)


def test_a_report_under_way_is_not_made_twice_and_what_ended_is_told(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, calls = threading.Event(), []

    def slowly(_: Workspace, *, period: str | None, lang: str, out: Path | None, systems: Sequence[str]) -> Path:
        assert systems == ()
        calls.append((period, lang))
        assert go.wait(20)
        if period is None:
            raise ReportError("no audit.", next_step="Audit first.")
        return Path("boussole-2026-Q1-fr.pdf")

    monkeypatch.setattr(printed, "write_report", slowly)
    first, again = (view.make(workspace, period="2026-Q1", lang="fr") for _ in range(2))
    assert first is again
    view.make(workspace, period=None, lang="fr")
    told = made_of(view.jobs(workspace), FR)
    assert "En cours" in told
    assert "<progress" in told
    go.set()
    states = {job.period: (job.state, job.told) for job in ended(workspace)}
    assert states == {"2026-Q1": ("done", "boussole-2026-Q1-fr.pdf"), None: ("failed", "no audit.")}
    assert len(calls) == 2
    told = made_of(view.jobs(workspace), EN)
    assert "Audit first." in told
    assert 'href="/report-file/boussole-2026-Q1-fr.pdf"' in told
    assert view.make(workspace, period="2026-Q1", lang="fr") is not first
    ended(workspace)


def fields(
    workspace: Workspace, say: Say = EN, *, may_make: bool = True, **asked: str
) -> tuple[dict[str, ChoiceField], list[view.Report]]:
    """What can be chosen of an address, and the reports that were."""
    found, history = view.reports(workspace), list(summaries(workspace))
    query = view.ReportsQuery.of(asked)
    made = view.fields_of(found, history, query, say, titles=TITLES, may_make=may_make)
    return {field.key: field for field in made}, view.picked(found, history, view.chosen_of(made))


def test_reports_are_chosen_by_period_language_and_system(workspace: Workspace) -> None:
    shutil.copy(workspace.reports / MADE, workspace.reports / "boussole-2026-02-fr.pdf")
    every, found = fields(workspace)
    assert list(every) == ["period", "language", "system"]
    assert [option.value for option in every["period"].options] == ["", "2026", "2026-Q1", "2026-02", "2026-01"]
    assert [option.name for option in every["language"].options] == ["All languages", "French", "English"]
    assert len(found) == 2
    assert [each.name for each in fields(workspace, period="2026-01")[1]] == [MADE]
    assert [each.lang for each in fields(workspace, language="fr")[1]] == ["fr"]
    system = every["system"].options[1].value
    assert [each.name for each in fields(workspace, system=system, period="2026-01")[1]] == [MADE]
    assert fields(workspace, period="2026-Q1")[1] == []
    page = Template("pages/reports/reports.html", EN)
    assert "There is no report of that yet." in page("listed", [], 2)
    kept = view.listed(fields(workspace, language="fr")[1], EN, query={}, titles=TITLES)
    assert "Reports: 1 of 2" in page("listed", kept, 2)


def test_what_was_chosen_on_the_page_is_what_is_made(workspace: Workspace) -> None:
    form = asking(summaries(workspace), TITLES, EN)
    assert form is not None
    of = asked_for(form, view.ReportsQuery(period="2026-01", language="fr"), EN)
    assert [(each.name, each.kind, each.value) for each in of.fields] == [
        ("period", "hidden", "2026-01"),
        ("spoken", "hidden", "fr"),
        ("system", "hidden", "every-system"),
    ]
    assert of.note.startswith("January 2026, in French, with every system that was audited then.")
    nothing = asked_for(form, view.ReportsQuery(), FR)
    assert [each.value for each in nothing.fields] == ["newest", "fr", "every-system"]
    alone = asked_for(form, view.ReportsQuery(period="2026-01", language="fr", system="offers"), EN)
    assert alone.fields[2].value == "offers"
    assert asked_for(form, view.ReportsQuery(system="offers"), EN).note.startswith("The newest audit, in English: ")
    assert alone.note.startswith("January 2026, in French: Offers.")
    gone = asked_for(form, view.ReportsQuery(period="2019"), EN)  # a report of then is there, and no audit any more
    assert gone.fields[0].value == "newest"
    html = Template("pages/reports/reports.html", EN)("asked", of, {}, None)
    assert "<select" not in html
    assert 'value="2026-01"' in html


def test_without_reports_or_audits_the_page_says_so(tmp_path: Path) -> None:
    empty = Workspace.create(tmp_path / "w")
    assert view.reports(empty) == []
    assert "No report has been made yet." in page_of([], EN)
    assert asking(summaries(empty), TITLES, EN) is None
    assert "boussole audit --system ID" in Template("pages/reports/reports.html", EN)("asked", None, {}, None)
    assert made_of(view.jobs(empty), EN) == ""
