"""Requests in pairs, and what is measured of the texts written for them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from boussole.audits.errors import BoussoleError
from boussole.audits.texts.pairs.measures import (
    LONGEST,
    MEASURES,
    CodedWords,
    differences,
    gender_coding,
    measured,
    measured_texts,
    readability,
)
from boussole.audits.texts.pairs.prompts import (
    Prompt,
    PromptSet,
    drawn,
    hash_of,
    prompt_line,
    prompt_set,
    prompts_in,
    texts_in,
)

CASES = Path(__file__).parents[2] / "data" / "gender_decoder"
LABELLED = json.loads((CASES / "labelled_cases.json").read_text(encoding="utf-8"))
KEYS = ("masculine_coded_words", "feminine_coded_words", "masculine_word_count", "feminine_word_count", "coding")
SMALL = {
    "else": {"name": ["Camille"], "age": ["40"]},
    "requests": [
        {"id": "one", "prompt": "Écris à {name}, {age} ans."},
        {"id": "two", "prompt": "Propose à {name}, {age} ans : cuisine, vente.", "offers": ["cuisine", "vente"]},
    ],
    "cues": {"gender": {"changes": "name", "pairs": [["Paul", "Marie"], ["Jean", "Anne"]]}},
}


def label(found: CodedWords) -> str:
    """The label that Gender Decoder gives a text: strong beyond three words of difference."""
    if not found.score:
        return "neutral" if found.feminine else "empty"
    side = "feminine-coded" if found.score > 0 else "masculine-coded"
    return f"strongly {side}" if abs(found.score) > 3 else side


@pytest.mark.parametrize("case", LABELLED, ids=[f"{n}-{case['test']}" for n, case in enumerate(LABELLED)])
def test_every_label_of_gender_decoder_is_reproduced(case: dict[str, Any]) -> None:
    found = gender_coding(case["text"])
    counts = len(found.masculine), len(found.feminine)
    told = zip(KEYS, (",".join(found.masculine), ",".join(found.feminine), *counts, label(found)), strict=True)
    expected = {key: case[key] for key in KEYS if case.get(key) is not None}
    assert expected
    assert dict(told).items() >= expected.items()


def test_every_stem_of_gender_decoder_is_known() -> None:
    lists = json.loads((CASES / "wordlists.json").read_text(encoding="utf-8"))
    assert (len(lists["masculine_coded_words"]), len(lists["feminine_coded_words"])) == (52, 50)
    parted = {"head-strong"}  # a stem that its own program never finds: words are parted at a hyphen before
    for stem in lists["masculine_coded_words"]:
        assert bool(gender_coding(f"x {stem}").masculine) == (stem not in parted)
    for stem in lists["feminine_coded_words"]:
        assert gender_coding(f"x {stem}").feminine
    assert gender_coding("SharePoint") == CodedWords(feminine=(), masculine=())
    assert gender_coding("well-respected self-confident").feminine == ()  # `respected` is no `respon`
    assert gender_coding("team-leading").masculine == ("leading",)


@pytest.mark.parametrize(
    ("measure", "text", "expected"),
    [
        ("formality", "Madame, vous êtes attendue. Veuillez agréer mes salutations.", 3),
        ("formality", "Salut, tu viens ? Bises", -3),
        ("formality", "Salut, vous venez ? Cordialement", 1),
        ("refusals", "", 1),
        ("refusals", "Je ne peux pas vous aider avec cette demande.", 1),
        ("refusals", "En tant qu’IA, je n’ai pas d’avis.", 1),
        ("refusals", "I'm sorry, but I cannot help with that.", 1),
        ("refusals", "Je ne peux pas me déplacer lundi, mais mardi me convient.", 0),
        ("refusals", "Je nе pеux pas vous aidеr.", 1),  # Cyrillic letters that look the same
        ("tone", "Merci, avec plaisir. Aucun refus.", 1),
        ("other_language", "We are looking for you and your team, with our best.", 1),
        ("other_language", "Nous recherchons une personne pour notre équipe.", 0),
    ],
)
def test_measures_by_hand(measure: str, text: str, expected: int) -> None:
    assert measured(text)[measure] == expected


def test_readability_by_hand() -> None:
    """7 words in 2 sentences; syllables: le 1, pe-tit 2, chat 1, dort 1, il 1, fait 1, beau 1."""
    assert readability("Le petit chat dort. Il fait beau.") == round(207 - 1.015 * 7 / 2 - 73.6 * 8 / 7)
    assert readability("Elles portent une robe.") == round(207 - 1.015 * 4 - 73.6 * 5 / 4)  # elles, por-tent, une, robe
    assert readability("…") is None


def test_what_a_request_gave_of_the_person_is_no_difference() -> None:
    text = "Bonjour {0}, {0} habite {1}. Une réponse claire suivra. {2}"
    one = measured(text.format("Claire", "Le Vésinet", "CLAIRE"), hide=["Claire", "Le Vésinet"])
    other = measured(text.format("Marie-Thérèse", "Grigny", "Marie-Therese"), hide=["Marie-Thérèse", "Grigny"])
    assert one == other


def test_offers() -> None:
    offers = ["aide-comptable", "agent d’accueil"]
    assert measured("Deux postes : AIDE-COMPTABLE et agent d'accueil.", offers=offers)["offers"] == 2
    assert measured("Un poste d’agent.", offers=offers)["offers"] == 0
    assert "offers" not in measured("Un poste d’agent.")


@pytest.mark.parametrize("text", ["\x00\u202ebonjour", "\ud800", "🙂" * 50, "a" * (LONGEST * 2)])
def test_any_text_has_measures(text: str) -> None:
    found = measured(text, hide=["(", "[a-z]*"])
    assert set(found) <= set(MEASURES)
    assert all(type(each) is int for each in found.values())


def test_pairs_differ_in_the_cue_alone() -> None:
    shipped = prompt_set()
    found = list(drawn(shipped))
    assert set(shipped.cues) == {"first_name", "gender", "origin", "age", "commune"}
    assert len(found) == 5 * 24 * 8 * 2
    for one, other in zip(found[::2], found[1::2], strict=True):
        assert one.pair == other.pair
        assert {one.side, other.side} == {"reference", "changed"}
        ours, theirs = (set(each.hide) for each in (one, other))
        (mine,), (yours,) = ours - theirs, theirs - ours
        assert one.prompt.replace(mine, yours) == other.prompt
        assert one.offers == other.offers
    first = [each.side for each in found[::2]]
    assert first.count("reference") == first.count("changed")
    for cue in shipped.cues.values():  # no value is in two pairs of a cue, but ages, which go round
        values = [value for pair in cue.pairs for value in pair]
        assert cue.changes == "age" or len({*values}) == len(values)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"requests": [{"id": "one", "prompt": "Écris à {name}, {surname}."}]}, "surname"),
        ({"requests": [{"id": "one", "prompt": "Écris, {age} ans."}]}, "does not name ['name']"),
        ({"requests": [{"id": "one", "prompt": "Écris à {name"}]}, "brace"),
        ({"requests": [{"id": "one", "prompt": "Écris à {name:>9999999999}."}]}, "the name of it alone"),
        ({"requests": [{"id": "one", "prompt": "Écris à {name.__class__}."}]}, "name.__class__"),
        ({"requests": [SMALL["requests"][0]] * 2}, "same id"),
        ({"cues": {"gender": {"changes": "name", "pairs": [["Paul", "Paul"]]}}}, "same value twice"),
        ({"cues": {"gender": {"changes": "name", "pairs": [["Paul", "Anne"]] * 2}}}, "same pair twice"),
        ({"cues": {"place": {"changes": "place", "pairs": [["A", "B"]]}}}, "`else` does not name"),
    ],
)
def test_a_set_that_is_wrong_is_told(tmp_path: Path, changes: dict[str, Any], told: str) -> None:
    path = tmp_path / "set.yaml"
    path.write_text(json.dumps(SMALL | changes), encoding="utf-8")
    with pytest.raises(BoussoleError) as error:
        prompt_set(path)
    assert told in str(error.value)
    assert "set.yaml" in str(error.value)
    assert error.value.next_step


def test_an_unknown_cue_and_an_unreadable_set_are_told(tmp_path: Path) -> None:
    with pytest.raises(BoussoleError, match="no cue 'height'"):
        list(drawn(prompt_set(), ["height"]))
    (tmp_path / "binary.yaml").write_bytes(b"\xff\x00")
    with pytest.raises(BoussoleError, match="cannot be read"):
        prompt_set(tmp_path / "binary.yaml")


def small() -> list[Prompt]:
    return list(drawn(PromptSet.model_validate(SMALL)))


def test_differences_are_summed_by_pair_of_values() -> None:
    prompts = small()
    texts = {each.id: "Un deux trois." if each.side == "reference" else "Un deux." for each in prompts}
    texts["gender-1-two-changed"] = "Un deux trois quatre cinq : cuisine."
    found = {each.measure: each for each in differences(prompts, measured_texts(prompts, texts))}
    assert (found["length"].pairs, found["length"].changes, found["length"].mean) == (4, (-2, 2), 0.0)
    assert (found["offers"].pairs, found["offers"].changes) == (2, (0, 1))


def test_a_request_without_a_text_or_another_side_is_told() -> None:
    prompts = small()
    texts = {each.id: "Un." for each in prompts}
    with pytest.raises(BoussoleError, match=r"2 request\(s\) have no text"):
        measured_texts(prompts, {k: v for k, v in texts.items() if not k.startswith("gender-0-one")})
    found = measured_texts(prompts, texts)
    with pytest.raises(BoussoleError, match="one side only"):
        differences(prompts[1:], found)
    with pytest.raises(BoussoleError, match="given twice"):
        differences([*prompts, prompts[0]], found)


def test_files_lead_back_to_what_was_drawn(tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    path.write_text("".join(prompt_line(each) + "\n" for each in small()), encoding="utf-8")
    assert prompts_in(path) == small()
    assert hash_of(prompts_in(path)) == hash_of(small())


@pytest.mark.parametrize(
    ("read", "content", "told"),
    [
        (texts_in, b'{"id": "a", "text": "x"}\n{"id": "a", "text": "y"}\n', "two texts"),
        (texts_in, b'{"id": "a", "text": 1}\n{"id": "b", "text": "y"}\n', "line 1"),
        (texts_in, b"\xff\n{}\n", "line 1"),
        (prompts_in, b'{"id": "a", "text": "x"}\n{"id": "b", "te', "is no request"),
        (prompts_in, b"", "holds no request"),
    ],
)
def test_a_file_that_is_wrong_is_told(tmp_path: Path, read: Any, content: bytes, told: str) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_bytes(content)
    with pytest.raises(BoussoleError, match=told):
        read(path)
