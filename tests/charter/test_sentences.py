"""The sentences that verdicts are told in, word for word, in both languages."""

import re

import pytest

from boussole.charter.judging.wording.findings import RATIOS
from boussole.charter.text.judged import JUDGED
from tests.charter.builders import (
    CHARTER,
    WOMEN,
    absent,
    amended,
    comparison,
    drift,
    everybody,
    family,
    harmful,
    system,
    told,
    verdict,
)


def rates(first, second, *, error, metric="true_positive_rate_difference", **more):
    return comparison(
        WOMEN, estimate=first - second, error=error, metric=metric, scale="difference", values=(first, second), **more
    )


def test_not_kept():
    assert told([comparison(WOMEN, estimate=0.74, error=0.02)]) == (
        "Non. À nombre égal, 74 personnes sont contactées parmi les femmes quand 100 le sont parmi les hommes "
        "(entre 71 et 77). Il est très improbable que le hasard seul explique ce dépassement du niveau de rupture "
        "(80 pour 100).",
        "No. At equal numbers, 74 people are contacted among women where 100 are among men (between 71 and 77). "
        "It is very unlikely that chance alone explains going beyond the breach level (80 for 100).",
    )


def test_ends_that_are_written_alike_are_not_told_twice():
    french, english = told([comparison(WOMEN, estimate=0.74, error=0.0001)])
    assert "(à l'arrondi près)" in french
    assert "74 people are contacted among women where 100 are among men (to within rounding)." in english


def test_a_charter_may_judge_the_attention_that_places_get():
    measure = comparison(WOMEN, estimate=0.74, error=0.02, metric="exposure_ratio")
    fr, en = told([measure], charter=amended("selection_rate_ratio", metric="exposure_ratio"))
    assert fr.startswith(
        "Non. Dans les mêmes listes, l'attention que donne la place est en moyenne de 74 parmi les femmes quand elle "
        "est de 100 parmi les hommes (entre 71 et 77)."
    )
    assert "the attention that a place gets is 74 on average among women where it is 100 among men" in en
    none = absent(WOMEN, status="undefined", reason="no_common_list", metric="exposure_ratio")
    assert told([none], charter=amended("selection_rate_ratio", metric="exposure_ratio"))[1].endswith(
        "No list holds people of both of the groups compared."
    )


def test_unknown_says_what_would_settle_it():
    """z at .80 is 1: 5.18 times 2,300 decisions is 11,920, said as about 12,000."""
    assert told([everybody(2300), comparison(WOMEN, estimate=0.97, error=0.17)]) == (
        "On ne peut pas encore le dire. À nombre égal, 97 personnes sont contactées parmi les femmes quand 100 le sont "
        "parmi les hommes (entre 69 et 125) ; il faudrait environ 12 000 décisions de plus pour trancher. Le chiffre "
        "se situe du bon côté du niveau de vigilance (95 pour 100) : le hasard seul peut l'expliquer.",
        "We cannot tell yet. At equal numbers, 97 people are contacted among women where 100 are among men (between 69 "
        "and 125); it would take about 12,000 more decisions to tell. The figure lies on the good side of the watch "
        "level (95 for 100): chance alone may explain that.",
    )


def test_where_being_selected_is_a_harm_people_are_flagged_more_often():
    fr, en = told([comparison(WOMEN, estimate=1.4, error=0.05, bad_side="above")], of=harmful())
    assert fr == (
        "Non. À nombre égal, 140 personnes sont signalées parmi les femmes quand 100 le sont parmi les hommes "
        "(entre 132 et 148). Il est très improbable que le hasard seul explique ce dépassement du niveau de rupture "
        "(125 pour 100)."
    )
    assert en.startswith("No. At equal numbers, 140 people are flagged among women where 100 are among men")


def test_groups_without_names_are_quoted_and_others_counted():
    fr, en = told(family([0.6, 1.2, 0.7], 0.02), "selection_rate_ratio_age")
    assert fr.startswith(
        "Non. À nombre égal, 60 personnes sont contactées dans le groupe « <25 » quand 100 le sont parmi toutes les "
        "autres personnes (entre 57 et 64)."
    )
    assert fr.endswith("C'est aussi le cas d'un autre groupe.")
    assert en.startswith("No. At equal numbers, 60 people are contacted in the group “<25” where 100 are among everybo")
    assert en.endswith("So it is for one other group.")
    fr, en = told(family([1.1, 1.0, 0.97], 0.02), "selection_rate_ratio_age")
    assert "97 personnes sont contactées dans le groupe « 50+ »" in fr
    assert fr.endswith("Les 2 autres groupes comparés ne sont pas plus mal placés.")
    assert en.endswith("The 2 other groups compared are no worse.")


@pytest.mark.parametrize(("sure", "extreme", "answer"), [(0.70, 0.55, "No."), (0.88, 0.82, "To be watched.")])
def test_the_most_certain_group_is_named_and_not_the_most_extreme_small_one(sure, extreme, answer):
    """z at the breach level is 10 for the large group and 4 for the small one; at the watch level, 7 and 3."""
    measures = [
        comparison({"age": "<25"}, estimate=extreme, error=0.06 if answer == "No." else 0.043, against="rest", n=120),
        comparison({"age": "25-49"}, estimate=sure, error=0.01, against="rest", n=9000),
    ]
    _, en = told(measures, "selection_rate_ratio_age")
    assert en.startswith(f"{answer} At equal numbers, {round(100 * sure)} people are contacted in the group “25-49”")


HIDDEN = (
    "On ne sait pas. Le chiffre est masqué : le montrer exposerait trop peu de personnes.",
    "We cannot tell. The figure is hidden: showing it would expose too few people.",
)


def test_a_hidden_group_leaves_no_number_and_no_name():
    small = absent({"age": "50+"}, status="suppressed", reason="small_group") | {"n": 7}
    assert told([small], "selection_rate_ratio_age") == HIDDEN
    hidden = absent({"age": "50+"}, status="suppressed", reason="protects_small_group") | {"n": 7}
    kept = comparison({"age": "<25"}, estimate=1.0, error=0.02, against="rest")
    assert told([hidden, kept], "selection_rate_ratio_age") == (
        f"{HIDDEN[0]} Une autre comparaison est nettement du bon côté.",
        f"{HIDDEN[1]} One other comparison is clearly on the good side.",
    )
    broken = comparison({"age": "<25"}, estimate=0.5, error=0.01, against="rest")
    for sentence in told([hidden, hidden | {"id": "other"}, broken], "selection_rate_ratio_age"):
        assert "50+" not in sentence
        assert "7" not in sentence
        assert re.search(r"2 compar\w+ (sont masquées|are hidden)", sentence)


def test_the_rest_is_called_the_other_groups_shown_where_some_are_hidden():
    everybody_else = comparison({"age": "<25"}, estimate=0.5, error=0.01, against="rest")
    shown = everybody_else | {"params": everybody_else["params"] | {"groups_left_out": 1}}
    for measure, words in [
        (everybody_else, ("parmi toutes les autres personnes", "among everybody else")),
        (shown, ("parmi les autres groupes affichés", "among the other groups shown")),
    ]:
        for sentence, said in zip(told([measure], "selection_rate_ratio_age"), words, strict=True):
            assert said in sentence


@pytest.mark.parametrize(
    ("reason", "fr", "en"),
    [
        ("zero_denominator", "L'un des groupes n'a aucun cas à compter.", "One of the groups has no case to count."),
        ("no_outcomes", "Les résultats ne sont pas encore connus.", "What became of people is not known yet."),
        ("no_other_group", "Il n'y a qu'un seul groupe", "There is only one group in these decisions"),
        ("reference_absent", "Le groupe auquel les autres sont comparés est absent", "The group that others are compa"),
        (
            "no_values",
            "Dans l'une des deux périodes, la colonne ne contient",
            "In one of the two periods the column holds no",
        ),
        ("empty_window", "L'une des deux périodes ne contient aucune décision.", "One of the two periods holds no dec"),
        (
            "selective_labels",
            "Les résultats ne sont connus que pour les personnes contactées : comparer les erreurs serait trompeur.",
            "What became of people is known only for those contacted: comparing errors would mislead.",
        ),
        ("something_new", "Ces décisions ne permettent pas de le calculer.", "This cannot be computed from these dec"),
    ],
)
def test_undefined(reason, fr, en):
    found = told([absent(WOMEN, status="undefined", reason=reason)])
    assert found[0].startswith(f"On ne sait pas. {fr}")
    assert found[1].startswith(f"We cannot tell. {en}")


def test_outcomes_that_are_not_mature_say_until_when_to_wait():
    metric = "true_positive_rate_difference"
    measure = absent(WOMEN, status="undefined", reason="not_mature", metric=metric)
    measure["params"]["readable_from"] = "2026-10-01"
    assert told([measure], f"{metric}_gender") == (
        "On ne sait pas encore. Les résultats ne pourront être lus qu'à partir du 1er octobre 2026 : ceux qui arrivent "
        "plus tôt ne ressemblent pas aux autres.",
        "We cannot tell yet. What became of people can be read only from 1 October 2026: the outcomes that come "
        "earlier are not like the others.",
    )


def test_a_legal_basis_that_has_ended_is_said_without_naming_a_group():
    measure = absent(WOMEN, status="undefined", reason="expired") | {"group": None, "id": "selection_rate_ratio/gender"}
    measure["params"]["expired_on"] = "2026-08-31"
    assert told([measure]) == (
        "On ne sait pas. La base juridique qui permettait d'utiliser ces données a pris fin le 31 août 2026 : "
        "rien n'en est lu ni montré.",
        "We cannot tell. The legal basis for using these data ended on 31 August 2026: nothing of them is read or "
        "shown.",
    )


def test_missing_outcomes_are_told_where_a_charter_asks():
    asked, metric = "true_positive_rate_difference", "missing_outcome_share_difference"
    measure = rates(0.2, 0.1, error=0.01, metric=metric, bad_side="above")
    fr, en = told([measure], f"{asked}_gender", charter=amended(asked, metric=metric))
    assert "Sur 100 résultats attendus, 20 ne sont pas connus parmi les femmes, contre 10 parmi les hommes" in fr
    assert "Of 100 outcomes that are due, 20 are not known among women, against 10 among men: 10 more" in en


def test_an_interval_that_holds_zero_says_both_sides():
    fr, en = told([rates(0.71, 0.70, error=0.02)], "true_positive_rate_difference_gender")
    assert fr.startswith("Oui. ")
    assert "70 parmi les hommes : 1 de plus (entre 2 de moins et 6 de plus). C'est nettement du bon côté" in fr
    assert (
        "1 more (between 2 fewer and 6 more). That is clearly on the good side of the breach level (10 fewer in 100)"
        in en
    )
    fr, en = told([rates(0.69, 0.70, error=0.02)], "true_positive_rate_difference_gender")
    assert fr.startswith("On ne peut pas encore le dire. ")
    assert "1 de moins (entre 4 de moins et 4 de plus)" in fr
    assert "entre le niveau de vigilance (aucun écart) et le niveau de rupture (10 de moins pour 100)" in fr
    assert "between the watch level (no gap) and the breach level (10 fewer in 100)" in en


LABELS = {"outcome": {"column": "hired", "positive": [True], "observed_for": "selected", "absent": "missing"}}


def test_a_gap_in_precision_says_what_it_means():
    metric = "precision_difference"
    measure = rates(0.4, 0.3, error=0.02, metric=metric, bad_side="above")
    fr, en = told([measure], f"{metric}_gender", of=system(columns=LABELS))
    assert fr == (
        "À surveiller. Sur 100 personnes contactées, le résultat s'est produit pour 40 parmi les femmes, contre 30 "
        "parmi les hommes : 10 de plus (entre 5 et 13). Il est très improbable que le hasard seul explique cet écart. "
        "On leur a sans doute demandé davantage avant qu'elles soient contactées."
    )
    assert en.endswith("this gap. More was probably asked of them before they were contacted.")
    harm = rates(0.3, 0.4, error=0.02, metric=metric)
    fr, en = told([harm], f"{metric}_gender", of=harmful(columns=LABELS))
    assert fr.endswith("Il en a sans doute fallu moins pour qu'elles soient signalées.")
    assert en.endswith("Less was probably needed for them to be flagged.")


@pytest.mark.parametrize(
    ("value", "fr", "en"),
    [
        (
            0.02,
            "Oui. Les notes ressemblent à celles de la période de référence (distance de 0,02). C'est nettement du bon "
            "côté du niveau de vigilance (0,10).",
            "Yes. The scores resemble those of the reference period (distance 0.02). That is clearly on the good side "
            "of the watch level (0.10).",
        ),
        (
            0.3,
            "À surveiller. Les notes ne ressemblent plus à celles de la période de référence (distance de 0,30). Il "
            "est très improbable que le hasard seul explique ce dépassement du niveau de vigilance (0,10).",
            "To be watched. The scores no longer resemble those of the reference period (distance 0.30). It is very "
            "unlikely that chance alone explains going beyond the watch level (0.10).",
        ),
    ],
)
def test_drift_of_the_score(value, fr, en):
    assert told([drift("score", value)], "likeness_to_reference") == (fr, en)


def test_drift_of_the_data_names_what_changed_most():
    both = system(features=["distance_km", "experience"])
    fr, en = told([drift("distance_km", 0.02), drift("experience", 0.03)], "likeness_to_reference", of=both)
    assert fr.startswith(
        "Oui. Les données reçues ressemblent à celles de la période de référence ; ce qui a le plus changé est "
        "« experience » (distance de 0,03)."
    )
    assert en.startswith(
        "Yes. The data received resemble those of the reference period; what changed most is “experience” (distance 0"
    )
    fr, en = told([drift("distance_km", 0.4), drift("experience", 0.03)], "likeness_to_reference", of=both)
    assert fr.startswith(
        "À surveiller. Les données reçues ne ressemblent plus à celles de la période de référence : ce"
    )
    assert "“distance_km” (distance 0.40)" in en
    titled = system(features=[{"column": "distance_km", "title": {"fr": "Distance, en km", "en": "Distance, in km"}}])
    fr, en = told([drift("distance_km", 0.4)], "likeness_to_reference", of=titled)
    assert "« distance, en km » (distance de 0,40)" in fr
    assert "“distance, in km” (distance 0.40)" in en
    fr, en = told([drift("distance_km", 0.1)], "likeness_to_reference", of=both)
    assert fr.startswith("On ne peut pas encore le dire. Ce qui a le plus changé depuis la période de référence est")
    assert told([drift("score", 0.1)], "likeness_to_reference")[1].startswith(
        "We cannot tell yet. The distance between the scores and those of the reference period is 0.10"
    )


@pytest.mark.parametrize(("indicator", "of", "reason", "fr", "en"), [
    ("generated_texts_marked", system(kind="generation"), None,
     "le fichier du système ne dit pas quels textes doivent porter une marque",
     "the system file does not say which texts must bear a mark"),
    ("undeclared_use", system(), None,
     "le fichier du système ne dit pas à quels buts ou à quelles tâches il peut servir.",
     "the system file does not say for which purposes or tasks the system may be used."),
    ("examined_first", system(), "not_attested",
     "personne n'a encore remis l'attestation, avec son document, attendue de : Délégué à la protection des données.",
     "nobody has handed in the statement, with its document, expected from: Data protection officer."),
    ("likeness_to_reference", system(windows={}), "no_reference",
     "aucune période de référence n'est déclarée.", "no reference period is decl"),
    ("likeness_to_reference", system(), "no_measure",
     "rien n'a été mesuré pour cette question", "nothing was measured for this question"),
    ("selection_rate_ratio", system(groups={}), "no_groups",
     "la fiche du système ne déclare aucun groupe", "the system file decl"),
    ("true_positive_rate_difference", system(columns={"outcome": None}), "no_outcome",
     "le journal ne dit pas ce que les personnes sont devenues.", "the log does not hold what became of people."),
    ("stage_selection_rate_ratio", system(), "no_stages", "", ""),
    ("adjusted_stage_selection_rate_ratio", system(controls={"job": {"column": "job"}}), "no_stages", "", ""),
    ("score", system(columns={"score": None}), None, "le journal ne contient pas de note.", "the log holds no score."),
    ("features", system(features=[]), None,
     "la fiche du système ne nomme aucune donnée", "the system file names no d"),
])  # fmt: skip
def test_not_examined(indicator, of, reason, fr, en):
    charter = CHARTER
    if indicator in ("score", "features"):  # which a charter may need
        indicator, charter = "likeness_to_reference", amended("likeness_to_reference", needs=[indicator])
    found = verdict([], indicator=indicator, of=of, charter=charter)
    assert (found["verdict"], found["comparisons"], reason in (None, found["reason"])) == ("not_examined", [], True)
    french, english = told([], indicator, of=of, charter=charter)
    assert french.startswith(f"Pas examiné : {fr}")
    assert english.startswith(f"Not examined: {en}")


def test_every_ratio_that_a_charter_can_judge_has_words():
    assert {metric for metric, how in JUDGED.items() if how.scale == "ratio"} == set(RATIOS)
