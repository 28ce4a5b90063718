"""Rules by hand-worked cases: what is asked of the person is found, what is lawful beside it is not."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from boussole.audits.texts import engine
from boussole.audits.texts.engine import Checker, check_text, packaged_checker
from boussole.audits.texts.measuring import AnnotationAgreement, agreements
from boussole.audits.texts.rule_file import CRITERIA, RuleError, packaged, read_rules

HELD = Path(__file__).parents[2] / "data" / "texts"

PAIRS = [
    ("age", "Comptable H/F, moins de 30 ans.", "Comptable H/F, moins de 3 ans d'expérience acceptés."),
    ("age", "Vous êtes jeune et motivé(e).", "Vous rejoignez une équipe jeune et motivée."),
    ("sex", "Nous recherchons une femme pour l'accueil.", "Vendeur ou vendeuse au rayon femme."),
    ("family", "Célibataire sans enfant de préférence, H/F.", "Poste H/F auprès de parents célibataires."),
    ("origin", "Nationalité française exigée, comptable H/F.", "Titre de séjour exigé. Comptable H/F."),
    ("language_native", "Anglais langue maternelle, F/H.", "Anglais niveau C2, F/H."),
    ("health", "Personnes handicapées s'abstenir.", "Poste ouvert aux personnes handicapées."),
    ("appearance", "Physique agréable, hôte ou hôtesse.", "Tenue fournie, hôte ou hôtesse."),
    ("residence", "Vous habitez Lyon, vendeur ou vendeuse.", "Poste à Lyon, vendeur ou vendeuse."),
    ("religion", "Pas de voile, vendeur ou vendeuse.", "École de voile : moniteur ou monitrice."),
    ("politics_union", "Pas de syndicalistes, H/F.", "Juriste d'une organisation syndicale, H/F."),
    ("sexual_orientation_gender_identity", "Homosexuels s'abstenir.", "Sans distinction d'orientation sexuelle."),
    ("economic_vulnerability", "Chômeurs s'abstenir, H/F.", "Conseil aux demandeurs d'emploi, H/F."),
    ("morals_genetic", "Non-fumeur exigé, gardien ou gardienne.", "Il est interdit de fumer dans les locaux, H/F."),
    ("military_other", "Casier judiciaire vierge, comptable H/F.", "Casier judiciaire vierge, crèche, H/F."),
    ("masculine_only", "Nous recrutons un plombier.", "Nous recrutons un plombier ou une plombière."),
]
ORDINARY = [
    ("age", "Pas plus de 50 ans. Comptable H/F.", "6e semaine de congés à partir de 50 ans. Comptable H/F."),
    ("military_other", "Casier judiciaire vierge, comptable H/F.", "Vous tenez le casier judiciaire du tribunal, H/F."),
    ("health", "Vaccins obligatoires à jour. Comptable H/F.", "Vaccins obligatoires à jour. Infirmier ou infirmière."),
    ("family", "Aucune attache familiale, H/F.", "Aucune attache géographique demandée, H/F."),
]
FRAMES = [
    ("age", "Vendeur ou vendeuse. Votre CV fera apparaître votre âge.", "Votre âge ne nous intéresse pas, H/F."),
    ("sex", "Le poste irait bien à une dame, secrétariat H/F.", "Salon pour dames : coiffeur ou coiffeuse."),
    ("appearance", "Barman ou barmaid, pas de kilos en trop.", "Port de colis de 20 kilos : manutentionnaire H/F."),
    ("morals_genetic", "Livreur ou livreuse : ni clope ni alcool, même le dimanche.", "Locaux non fumeurs, H/F."),
    ("origin", "Nos clients n'aiment pas les Arabes, H/F.", "Nos clients sont des Arabes du Golfe, interprète H/F."),
    ("religion", "Famille recherche une aide (H/F) catholique.", "Famille catholique recherche une aide (H/F)."),
]


@pytest.mark.parametrize(("criterion", "unlawful", "lawful"), [*PAIRS, *ORDINARY, *FRAMES])
def test_each_criterion_is_found_and_its_lawful_neighbour_is_not(criterion: str, unlawful: str, lawful: str) -> None:
    assert criterion in {each.criterion for each in check_text(unlawful).findings}
    assert check_text(lawful).findings == ()


@pytest.mark.parametrize(
    "written", ["Réservé aux h\u043emmes.", "Réservé aux ho\u200bmmes.", "R&eacute;serv&eacute; aux <b>hom</b>mes."]
)
def test_a_span_is_the_text_as_it_was_written(written: str) -> None:
    (found,) = check_text(written).findings
    assert (found.criterion, written[found.start : found.end]) == ("sex", found.span)
    assert "mes" in found.span


def test_a_list_of_what_is_refused_is_one_finding_and_one_span_is_one_criterion() -> None:
    (found,) = check_text("Vendeur ou vendeuse, pas de tatouage ni de piercing.").findings
    assert (found.criterion, found.span.endswith("piercing")) == ("appearance", True)
    (found,) = check_text("Métayer ou métayère : enfants d'immigrés s'abstenir.").findings
    assert found.criterion == "origin"
    both = check_text("Comptable H/F, mère de famille de préférence.").findings
    assert {each.criterion for each in both} == {"family", "sex"}


def test_other_languages_are_named_and_their_text_is_left_alone() -> None:
    texts = {
        "en": "We are looking for a young man for our team and you must be under 30 years old",
        "es": "Buscamos para nuestra empresa una persona con experiencia y ganas de trabajar en equipo",
        "de": "Wir suchen für unser Team einen Mitarbeiter mit Erfahrung, der sich nicht scheut",
        "ru": "Мы ищем молодого сотрудника для нашей команды",
        "ar": "نبحث عن موظف شاب للعمل في فريقنا",
    }
    assert {name: check_text(text).language for name, text in texts.items()} == {name: name for name in texts}
    assert all(check_text(text).findings == () for text in texts.values())


def test_a_french_sentence_in_a_text_of_another_language_is_read() -> None:
    english = "We are looking for you and your skills, to work with our team in the office."
    found = check_text(f"{english} Poste réservé aux hommes d'ici.")
    assert found.language == "en"
    assert {each.criterion for each in found.findings} >= {"sex"}


def test_every_criterion_has_rules_with_both_suggestions() -> None:
    files = packaged()
    assert {each.criterion for each in files.values()} == set(CRITERIA)
    for file in files.values():
        assert file.suggestion.fr != file.suggestion.en
        assert "art. " in file.law


def held(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HELD / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def agreed(name: str) -> dict[str, AnnotationAgreement]:
    """By criterion, how far what is found agrees with the annotations of a set."""

    def find(text: str) -> list[tuple[str, int, int]]:
        return [(each.criterion, each.start, each.end) for each in check_text(text).findings]

    return {each.label: each for each in agreements(held(name), find, label="criterion")}


SETS = ["adverts_dev", "adverts_dev2", "adverts_dev3", "adverts_dev4"]


def some_texts() -> list[str]:
    texts = [each["text"] for name in SETS for each in held(name)[::80]]
    return [*texts, "\n".join(texts[:8]), " ".join(reversed(texts[:8]))]


@pytest.mark.costly
def test_sentences_passed_over_hold_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    checker = packaged_checker()
    found = [checker.check(text) for text in some_texts()]
    monkeypatch.setattr(engine, "_matched", lambda sentences, _: iter(sentences.whole))
    assert [checker.check(text) for text in some_texts()] == found
    assert any(each.findings for each in found)


@pytest.mark.costly
@pytest.mark.parametrize("name", SETS)
def test_the_development_sets_are_agreed_with(name: str) -> None:
    """Whoever wrote the rules has seen these texts: this holds against a step back, and measures nothing."""
    rows = agreed(name)
    assert rows["all"].found / rows["all"].annotated >= 0.95
    assert rows["all"].right / rows["all"].reported >= 0.98
    assert min(each.found / each.annotated for each in rows.values()) >= 0.85


ENOUGH = 10
"""Annotated spans of a criterion from which on its share is held to a bar."""


@pytest.mark.costly
def test_lines_of_real_adverts_are_told_apart() -> None:
    """Benefits, publics served, requirements that a law makes: what an ordinary advert says is not reported."""
    rows = agreed("adverts_lines")
    assert rows["all"].found / rows["all"].annotated >= 0.96
    assert rows["all"].right / rows["all"].reported >= 0.95
    many = {name: each for name, each in rows.items() if each.annotated >= ENOUGH}
    assert {"age", "family", "health", "military_other", "origin", "sex"} <= set(many)
    assert min(each.found / each.annotated for each in many.values()) >= 0.95
    assert min(each.right / each.reported for each in many.values()) >= 0.95


RULES = """
criterion: age
law: "L. 1132-1"
suggestion: {fr: "Ne dites pas d'âge.", en: "State no age at all."}
rules:
  - {id: young, patterns: ["jeunes?"]}
"""
BROKEN = {
    "an unknown key": (RULES.replace("patterns", "pattern"), "rule young"),
    "an unknown word": (RULES.replace("jeunes?", "{people}"), "there is no word '{people}'"),
    "no RE2": (RULES.replace("jeunes?", "(?=x)"), "rule young"),
    "an accent": (RULES.replace("jeunes?", "âgé"), "rule young"),
    "no YAML": ("{", "not YAML"),
    "no criterion": (RULES.replace("age", "agee", 1), "'criterion'"),
}


@pytest.mark.parametrize(("text", "told"), BROKEN.values(), ids=list(BROKEN))
def test_a_rule_that_cannot_be_used_is_named_with_its_file(text: str, told: str) -> None:
    with pytest.raises(RuleError) as error:
        Checker({"age.yaml": read_rules(text, where="age.yaml")})
    assert "age.yaml" in str(error.value)
    assert told in str(error.value)


def test_two_rules_do_not_share_an_id() -> None:
    file = read_rules(RULES, where="a")
    with pytest.raises(RuleError, match="young"):
        Checker({"a": file, "b": file})


@pytest.mark.attack("texts", "a rule whose pattern explodes, and a text made for it")
def test_no_pattern_explodes() -> None:
    made = Checker({"a": read_rules(RULES.replace("jeunes?", "(?:a+)+b"), where="a")})
    started = time.process_time()
    made.check("a" * 200_000 + " c b")
    assert time.process_time() - started < 5


LONG = ["pas de ", "recherche un ", "homme, ", "(e) ", "\n- x", "é. "]
ENDLESS = ["Vendeur ou vendeuse : homme de moins de 30 ans, ", "Pas de femme, mais un homme. ", " mais", "  "]
PIECES = [(piece, 100_000) for piece in LONG]
PIECES += [pytest.param(piece, 200_000, marks=pytest.mark.costly) for piece in ENDLESS]


@pytest.mark.attack("texts", "adverts of a megabyte made to be slow, sentences and unlawful adverts without end")
@pytest.mark.parametrize(("piece", "size"), PIECES)
def test_long_texts_are_read_in_time(piece: str, size: int, tries) -> None:
    tries.add()
    started = time.process_time()
    check_text(piece * (size // len(piece)))
    assert time.process_time() - started < 30
