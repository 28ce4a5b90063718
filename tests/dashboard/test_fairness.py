"""The fairness explorer shows what audits released, and nothing else, whatever an address asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.templates import PageData, Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.fields import PROFILES, RAW, FairnessQuery
from boussole.dashboard.views.scene import Scene, load
from boussole.dashboard.views.system import system_page
from tests.as_json import attributes_of, audits_of, controls_of, explorer, kinds_of, stages_of
from tests.dashboard.app_at import app_at

EN = speaker("en")
View = Callable[..., PageData]
NUMBERS = re.compile(r"\d[\d,.]*")


@pytest.fixture(scope="module")
def workspace(audited_offers: Callable[..., Workspace], tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return audited_offers(tmp_path_factory.mktemp("explored") / "workspace")


@pytest.fixture(scope="module")
def scene(workspace: Workspace) -> Scene:
    return load(workspace)


@pytest.fixture(scope="module")
def windows(workspace: Workspace) -> list[Any]:
    return list(reversed(audits_of(workspace, "offers")))


@pytest.fixture
def local(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, be: Callable[..., None]) -> None:
    monkeypatch.setenv("BOUSSOLE_HOME", str(workspace.home))
    be("chair")


@pytest.fixture
def view(scene: Scene, windows: list[Any]) -> View:
    def view(lang: str = "en", *, of: list[Any] | None = None, **asked: str) -> PageData:
        chosen = FairnessQuery.of({"system": "offers"} | asked)
        shown = explorer(scene, of or windows[:1], chosen, speaker(lang), query={"lang": lang})
        assert shown is not None
        return shown

    return view


def every_choice(document: Any) -> Iterator[dict[str, str]]:
    for kind in kinds_of(document):
        for by in attributes_of(document, kind):
            for control in controls_of(document, kind, by):
                for stage in stages_of(document, kind) or [""]:
                    yield {"kind": kind.key, "by": ",".join(by), "control": control, "stage": stage}


@pytest.mark.costly
def test_what_an_audit_hides_is_hidden_here_and_said_to_be(view: View) -> None:
    shown = view(kind="selected", by="origin", control=RAW)
    assert shown["answer"].startswith("The widest gap: ")  # one handful does not hide the others
    hidden = next(sentence for sentence in shown["more"] if sentence.startswith("Not shown: "))
    assert re.match(r"Not shown: Small group [0-9a-f]{8} – set apart \(", hidden)
    assert hidden.endswith("are compared: one that is hidden could lie further apart.")
    few = next(row for row in shown["table"].rows if str(row[0]).startswith("Small group "))
    assert few[1].startswith("set apart (")
    assert not NUMBERS.findall("".join(few[2:4])), "neither its interval nor its size"
    word = hidden.split(" – ")[0].rpartition(" ")[2]
    alone = view(kind="selected", by="origin", group=f"origin=rare-{word}")
    assert alone["answer"].startswith(f"Small group {word}: set apart (")


@pytest.mark.slow
def test_no_figure_stands_here_that_the_audit_does_not_hold(view: View, windows: list[Any]) -> None:
    document = windows[0]
    held = {text for m in document["measures"] for text in _written(m)} | {"100", "95", "11", "2", "2026", "100.0"}
    decided = [each["interval"] for verdict in document["verdicts"] for each in verdict["comparisons"]]
    held |= {text for interval in decided if interval for text in _ends(interval)}
    for choice in every_choice(document):
        shown = view(**choice)
        cells = [cell for row in shown["table"].rows for cell in row[1:]]
        figures = {number.strip(".,") for cell in cells for number in NUMBERS.findall(cell)}
        assert figures <= held, choice


def _written(measure: Any) -> Iterator[str]:
    """Every way in which a page writes the numbers of a measure."""
    if measure["value"] is not None:
        yield from _forms(measure["value"])
    yield from _ends(measure["interval"] or {})
    if measure["n"] is not None:
        yield EN.whole(measure["n"])


def _ends(interval: Any) -> Iterator[str]:
    for end in interval.values():
        if isinstance(end, float):
            yield from _forms(end)


def _forms(value: float) -> Iterator[str]:
    yield EN.percent(value).strip("%−-")
    yield EN.number(value, 2).strip("−-")
    yield EN.whole(100 * value).strip("−-")
    yield EN.number(100 * value, 1).strip("−-")


def asked_by(address: str) -> dict[str, str]:
    """What an address asks, where it asks everything once."""
    every = parse_qs(urlsplit(address).query, keep_blank_values=True, strict_parsing=True)
    return {name: value for name, (value,) in every.items()}


@pytest.mark.parametrize("key", ["system", "period", "kind", "by", "stage", "control", "group"])
def test_what_is_not_there_is_refused_by_name_and_something_else_is_shown(view: View, key: str) -> None:
    attack = "<img src=x onerror=alert(1)>"
    asked = {"stage": {"kind": "stage"}}.get(key, {})
    plain, shown = view(**asked), view(**asked | {key: attack})
    assert [field.key for field in shown["fields"] if field.refused] == [key]
    assert (shown["answer"], shown["table"]) == (plain["answer"], plain["table"])
    page = Template("pages/fairness/fairness.html", EN)("head", [field for field in shown["fields"] if field.refused])
    assert attack not in page
    assert "&lt;img src=x" in page


@pytest.mark.costly
@pytest.mark.usefixtures("local")
def test_what_is_chosen_stands_in_the_address_and_an_address_sets_the_fields() -> None:
    seen = app_at("fairness", lang="en", system="offers", by="origin", kind="stage").run()
    assert not seen.exception
    assert seen.selectbox(key="fairness-kind").value == "stage"
    seen.selectbox(key="fairness-by").select("gender").run()
    asked = {key: value[0] if isinstance(value, list) else value for key, value in seen.query_params.items()}
    assert (asked["by"], asked["kind"], asked["lang"]) == ("gender", "stage", "en")
    assert asked["stage"]
    seen.selectbox(key="fairness-kind").select("found").run()
    assert not seen.exception
    asked = {key: value[0] if isinstance(value, list) else value for key, value in seen.query_params.items()}
    assert asked["kind"] == "found"
    assert "stage" not in asked, "a stage is none of a question without stages: it is left out, and nobody is warned"
    assert not any("warning" in getattr(each.proto, "body", "") for each in seen.main)


@pytest.mark.costly
def test_a_question_of_a_system_leads_to_its_figures(scene: Scene) -> None:
    page = system_page(scene, "offers", EN)
    judged = [asked for part in page.sections for asked in part.questions if asked.closer]
    assert judged
    for asked in judged:
        chosen = asked_by(asked.closer)
        shown = explorer(scene, [scene.latest["offers"]], FairnessQuery.of(chosen), EN, query={"lang": "en"})
        assert shown is not None
        assert not any(field.refused for field in shown["fields"]), asked.closer
        assert shown["judged"] is not None
        assert shown["judged"][0] == asked.verdict
        assert f"question={asked.key}&" in shown["judged"][1]


def test_a_ratio_is_not_called_how_many_people(view: View) -> None:
    """A chart called "How often are people contacted?" once showed a ratio of 55.7 % for a rate of 26.8 %."""
    adjusted, raw = (view(kind="selected", by="gender", control=control) for control in (PROFILES, RAW))
    assert "where 100 are in the group compared with" in adjusted["question"]
    assert adjusted["table"].caption.startswith(adjusted["question"])
    assert raw["table"].caption.startswith("How often are people")
    options = {option.name for field in adjusted["fields"] for option in field.options}
    assert raw["question"] in options
