"""A text as an example: redacted and looked at again, refused where that cannot be trusted, blacked out for good."""

from __future__ import annotations

import pytest

from boussole.audits.texts.personal import examples
from boussole.audits.texts.personal.examples import REASONS, ExampleError, blacked_out, choices, redacted
from boussole.audits.texts.personal.findings import PersonalFinding

NIR = "1 85 05 78 006 084 91"
PLANTED = (
    f"Bonjour Madame Zibeline Kowalczyk,\n\nVotre numéro de sécurité sociale {NIR} est bien reçu. Nous vous appelons "
    "au 06 12 34 56 78, ou écrivez à zibeline.kowalczyk@exemple.fr. Vous êtes en arrêt maladie et vous avez une RQTH : "
    "nous en tenons compte pour l'atelier du mois de mai.\nCordialement,\nHervé Trencavel"
)
SECRETS = ("Zibeline", "Kowalczyk", "Trencavel", "Hervé", "006 084", "34 56", "exemple.fr", "RQTH", "arrêt maladie")


def reason(text: str) -> str:
    with pytest.raises(ExampleError) as raised:
        redacted(text)
    assert not any(word in str(raised.value) for word in text.split() if len(word) > 6)  # no text is quoted
    return raised.value.reason


@pytest.mark.costly
def test_a_planted_text_comes_out_without_what_was_planted() -> None:
    shown = redacted(PLANTED)
    assert not [secret for secret in SECRETS if secret.lower() in shown.lower()]
    assert {"[PERSON]", "[NIR]", "[PHONE]", "[EMAIL]", "[HEALTH]"} <= {*examples.MARK.findall(shown)}
    assert "nous en tenons compte pour l’atelier du mois de mai" in shown.replace("'", "’")
    assert redacted(shown) == shown  # nothing more is found in it


@pytest.mark.costly
def test_what_hides_in_a_text_is_taken_off_before_it_is_read() -> None:
    text = (
        "Bonjour, le numéro de cette personne est le 06\u200b12&nbsp;34\u202e 56<b> 78</b> pour la suite. "
        "<script>alert(1)</script> &amp;lt;img src=x onerror=alert(1)&amp;gt;"
    )
    shown = redacted(text)
    assert "[PHONE]" in shown
    assert "34" not in shown
    assert not [each for each in shown if each in "\u200b\u202e\u2066"]
    assert "<script>alert(1)</script>" in shown  # plain text: who shows it escapes it
    assert "<img src=x" in shown


@pytest.mark.costly
def test_long_numbers_and_addresses_go_whatever_they_are() -> None:
    shown = redacted("Le dossier 1234567 de cette personne est sur https://exemple.fr/dossiers/zibeline pour la suite.")
    assert shown == "Le dossier […] de cette personne est sur […] pour la suite."


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Bonjour à toutes et à tous. " * 200, "long"),
        ("Bonjour \x00 le texte est pour vous.", "binary"),
        ("Bonjour \ufffd le texte est pour vous.", "binary"),
        ("Bonjour \ue000 le texte est pour vous.", "binary"),
        ("Voici la pièce jointe pour vous : " + "QUJD" * 30, "binary"),
        ("We are looking for you, please come and join our team", "language"),
        ("Bonjour, le conseiller est pour vous Фёдор Достоевский", "language"),
        ("Bonjour, le conseiller de votre agence est pour vous. We are looking for you and for your team", "language"),
        ("ok", "language"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_for_sure_is_refused(monkeypatch: pytest.MonkeyPatch, text: str, why: str) -> None:
    monkeypatch.setattr(examples, "redact", lambda _: pytest.fail("it was refused too late"))
    assert reason(text) == why


def test_what_is_still_found_or_leaves_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second look is another one: it reads the lines as one, too."""
    text = "Le numéro de la personne\nest pour vous."
    monkeypatch.setattr(examples, "redact", lambda given: given)
    monkeypatch.setattr(
        examples, "find", lambda given: [PersonalFinding(0, 9, "PERSON")] if "personne est" in given else []
    )
    assert reason(text) == "found"
    monkeypatch.setattr(examples, "find", lambda _: [])
    assert redacted(text) == text
    monkeypatch.setattr(examples, "redact", lambda _: "[PERSON], [HEALTH] […] le")
    assert reason(text) == "left"
    monkeypatch.setattr(
        examples, "find", lambda given: [PersonalFinding(0, 8, "PERSON")] if "[PERSON]" in given else []
    )
    monkeypatch.setattr(examples, "redact", lambda _: "[PERSON] est attendue ce matin")
    assert redacted(text) == "[PERSON] est attendue ce matin"  # a mark is not something that was found


def test_more_is_taken_out_and_nothing_comes_back() -> None:
    shown = "Bonjour Zoé, [PERSON] attend Zoé et Zoélie. Le poste est à Brest."
    assert blacked_out(shown, [(8, 11)]) == "Bonjour […], [PERSON] attend […] et Zoélie. Le poste est à Brest."
    assert blacked_out(shown, [(0, len(shown))]) == "[…]"
    assert "[PERSON]" in blacked_out(shown, [(0, 16)])  # a part of a mark leaves it whole
    assert blacked_out(shown, [(-5, 3), (60, 900)]).startswith("[…]jour")
    offered = [shown[start:end] for start, end in choices(shown)]
    assert offered == [
        "Bonjour", "Zoé", "Zoélie", "Le", "Brest",
        "Bonjour Zoé, [PERSON] attend Zoé et Zoélie.", "Le poste est à Brest.",
    ]  # fmt: skip


def test_a_name_with_a_hyphen_goes_wherever_it_stands() -> None:
    shown = "Bonjour Jean-Baptiste, le dossier de JEAN-BAPTISTE et de Zoé-Lou est prêt, Jean-Baptiste. Zoe attend."
    first, other = shown.index("Jean"), shown.index("Zoé")
    assert blacked_out(shown, [(first, first + 13), (other, other + 3)]) == (
        "Bonjour […], le dossier de […] et de […]-Lou est prêt, […]. […] attend."
    )


def test_every_reason_says_the_next_step() -> None:
    assert all(what.endswith(".") and step.endswith(".") for what, step in REASONS.values())
