"""From the law to questions and their answers, and back; what is not covered is never left out."""

import datetime as dt

import pytest

from boussole.charter.judging.crosswalk import answered, crosswalk, tally
from boussole.charter.text.loading import load_charter
from boussole.charter.text.model import Charter
from tests.as_json import answers

TODAY = dt.date(2026, 11, 26)
CHARTER = load_charter()


def document(*verdicts: tuple[str, str, str], entry: int = 7) -> dict:
    return {
        "window": {"end": "2026-10-31"},
        "evidence": {"entry": entry},
        "verdicts": [dict(zip(("template", "indicator", "verdict"), each, strict=True)) for each in verdicts],
    }


def provisions(charter: Charter = CHARTER, on: dt.date = TODAY) -> dict:
    return {each.id: each for chapter in crosswalk(charter, on=on) for each in chapter.provisions}


def test_from_a_provision_to_questions_and_verdicts():
    latest = {
        "matchft": document(
            ("selection_rate_ratio", "selection_rate_ratio_gender", "kept"),
            ("selection_rate_ratio", "selection_rate_ratio_age", "watch"),
        ),
        "chatft": document(("where_models_run", "where_models_run", "not_examined")),
        "other": document(("selection_rate_ratio", "selection_rate_ratio_gender", "kept"), entry=9),
    }
    found = answers(latest)
    told = [(each.system, each.verdict, each.question, each.entry) for each in found["selection_rate_ratio"]]
    assert told == [
        ("matchft", "watch", "selection_rate_ratio_age", 7),  # the worse of two groups, and where it stands
        ("other", "kept", "selection_rate_ratio_gender", 9),
    ]
    law = provisions()
    for day, state in ((1, "not_yet"), (2, "in_force")):
        assert provisions(on=dt.date(2026, 12, day))["ai_act_50_2"].state == state
    assert dict(tally(law["labour_l1132_1"], found)) == {"watch": 1, "kept": 1}
    assert answered(law["labour_l1132_1"], found)
    assert not answered(law["gdpr_32"], found)  # asked, and nobody has looked


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (("kept", "kept"), "kept"),
        (("kept", "unknown"), "unknown"),
        (("kept", "not_examined"), "unknown"),
        (("watch", "not_examined"), "watch"),
        (("not_examined", "not_examined"), "not_examined"),
        (("watch", "broken"), "broken"),
    ],
)
def test_groups_together_are_kept_only_when_all_are(verdicts, expected):
    latest = {"s": document(*[("x", f"x_{n}", verdict) for n, verdict in enumerate(verdicts)])}
    (answer,) = answers(latest)["x"]
    assert answer.verdict == expected
