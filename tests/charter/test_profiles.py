"""What is said where comparable profiles tell another story than the figure over everybody, word for word."""

import datetime as dt

import pytest

from boussole.audits.languages import french
from tests.as_json import judge
from tests.charter.builders import amended, comparison, system

OF = system(controls={"job": {"column": "job", "title": {"fr": "Métier (ROME)", "en": "Occupation (ROME)"}}})
RAW, ADJUSTED = "selection_rate_ratio", "adjusted_selection_rate_ratio"


def told(metric, *pictures):
    """The end of both sentences, of women first, then of older people than others; the figures come before."""
    groups = [{"gender": "F"}] if len(pictures) == 1 else [{"age": age} for age in ("<25", "25-49", "50+")]
    measures = [comparison(group, estimate=0.7 + i / 50, error=0.01, metric=metric) for i, group in enumerate(groups)]
    for measure, picture in zip(measures, pictures, strict=True):
        measure["params"]["picture"] = picture
    (name,) = groups[0]
    charter = amended(ADJUSTED, metric=metric)  # others judge the raw figure too, the bank's template for one
    documents = judge(charter, OF, measures, window_start=dt.date(2026, 7, 1))
    sentence = next(d for d in documents if d["indicator"] == f"{ADJUSTED}_{name}")["sentence"]
    assert sentence["fr"] == french(sentence["fr"])
    return sentence["fr"].replace("\u202f", " ").replace("’", "'"), sentence["en"]


ALIKE = ("À profil comparable (métier [ROME]), ", "Between comparable profiles (occupation [ROME]), ")
OVER_ALL = ("Sur l'ensemble, tous profils confondus, ", "Over everybody, whatever their profile, ")
MIXED = (" : les groupes n'ont pas les mêmes profils.", ": the groups do not have the same profiles.")


@pytest.mark.parametrize(("metric", "picture", "fr", "en"), [
    (RAW, "reversed", "c'est l'inverse : aucun des deux chiffres ne suffit seul.",
     "the picture is the opposite: neither figure is enough alone."),
    (RAW, "leans", "cet écart disparaît et penche plutôt dans l'autre sens : aucun des deux chiffres ne suffit seul.",
     "this gap disappears and rather leans the other way: neither figure is enough alone."),
    (RAW, "explained", "cet écart ne se voit plus.", "this gap is no longer seen."),
    (RAW, "appears", "il y a un écart que ce chiffre ne montre pas.",
     "there is a gap that this figure does not show."),
    (ADJUSTED, "reversed", f"c'est l'inverse{MIXED[0]}", f"the picture is the opposite{MIXED[1]}"),
    (ADJUSTED, "leans", f"il y a un écart dans l'autre sens{MIXED[0]}", f"there is a gap the other way{MIXED[1]}"),
    (ADJUSTED, "explained", f"il y a un écart{MIXED[0]}", f"there is a gap{MIXED[1]}"),
    (ADJUSTED, "appears", "cet écart ne se voit pas.", "this gap is not seen."),
])  # fmt: skip
def test_the_other_picture_is_told_last(metric, picture, fr, en):
    found, within = told(metric, picture), ALIKE if metric == RAW else OVER_ALL
    assert found[0].endswith(f" {within[0]}{fr}")
    assert found[1].endswith(f" {within[1]}{en}")


def test_other_groups_whose_picture_differs_are_counted():
    fr, en = told(RAW, "agrees", "explained", "reversed")
    assert "Pour 2 autres groupes, la comparaison à profil comparable dit autre chose." in fr
    assert "For 2 other groups, comparable profiles tell another story." in en
    fr, en = told(ADJUSTED, "explained", "agrees", "appears")
    assert "il y a un écart : les groupes n'ont pas les mêmes profils. Pour un autre groupe, le chiffre sur" in fr
    assert "profiles. For one other group, the figure over everybody tells another story." in en
