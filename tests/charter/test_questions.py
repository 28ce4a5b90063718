"""How questions are asked of a system, and that the first word of a sentence answers them."""

import pytest

from tests.as_json import judge
from tests.charter.builders import START, WOMEN, amended, comparison, plain, system, told


@pytest.mark.parametrize(
    ("answer", "estimate", "fr"),
    [
        ("no", 0.7, "Oui. "),
        ("no", 1.0, "Non. "),
        ("open", 0.7, "Pas tenu. "),
        ("open", 1.0, "Tenu. "),
        ("no", 0.88, "À surveiller. "),
    ],
)
def test_the_first_word_answers_the_question_as_it_is_asked(answer, estimate, fr):
    measures = [comparison(WOMEN, estimate=estimate, error=0.02)]
    assert told(measures, charter=amended("selection_rate_ratio", good_answer=answer))[0].startswith(fr)


def test_questions_bear_the_names_of_the_system():
    charter = amended("adjusted_stage_selection_rate_ratio", applies="always", needs=["controls"])
    documents = judge(charter, system(intersections=[["gender", "age"]]), [], window_start=START)
    asked = {d["indicator"]: {lang: plain(text) for lang, text in d["question"].items()} for d in documents}
    assert asked["selection_rate_ratio_gender_age"] == {
        "fr": "Avec MatchFT, les personnes sont-elles aussi souvent contactées d'un groupe à l'autre (sexe × âge) ?",
        "en": "With MatchFT, are people contacted as often in one group as in another (sex × age)?",
    }
    assert "(sexe, âge)" in asked["stage_selection_rate_ratio"]["fr"]
    assert "à profil comparable (critères à déclarer)" in asked["adjusted_stage_selection_rate_ratio"]["fr"]
    assert not any("{" in text for texts in asked.values() for text in texts.values())


def test_a_question_falls_back_to_what_is_written():
    charter = amended("selection_rate_ratio", question={"de": "Werden {decision} gleich oft {group}?"})
    of = system(
        title={"fr": "Outil"},
        groups={"gender": {"column": "g"}},
        columns={"decision": {"column": "c", "selected": [1]}},
    )
    documents = judge(charter, of, [], window_start=START)
    question = next(d for d in documents if d["template"] == "selection_rate_ratio")["question"]
    assert plain(question["en"]) == "Werden selected gleich oft gender?"
