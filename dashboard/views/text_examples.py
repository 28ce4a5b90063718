"""What is said of redacted examples: what was found, what was taken out, and why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from boussole.audits.decisions.kept_texts import ANY, NOTHING
from boussole.audits.texts.personal.examples import MARK, ExampleError
from boussole.charter.records.examples.released import examples_in
from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.answers.asked import indicator_of
from boussole.dashboard.views.scene import Scene

ABOUT: Mapping[str, Callable[[str], bool]] = {
    "unlawful_adverts_share": str.islower,
    "personal_data_outside_share": str.isupper,
}
"""By the metric of a question, whether an example of a finding is one of what it asks about."""


def examples_about(scene: Scene, system: str, question: str) -> int:
    """How many redacted examples of what a question asks about are shown of a system."""
    document = scene.standing.get(system)
    verdict = next((each for each in document.verdicts if each.indicator == question), None) if document else None
    indicator = indicator_of(scene.charter, verdict) if verdict else None
    fits = ABOUT.get(str(indicator.metric)) if indicator else None
    if fits is None:
        return 0
    found = examples_in(scene.facts.sealed)
    return sum(
        each.said.system == system
        and each.said.finding not in (ANY, NOTHING)
        and fits(each.said.finding)
        and each.stands(scene.facts.as_of)
        for each in found
    )


def finding_words(finding: str, say: Say) -> str:
    """What a text is an example of: a criterion of wording, or a kind of personal data."""
    return criterion_words(finding, say) if finding.islower() else kind_words(finding, say)


def criterion_words(criterion: str, say: Say) -> str:
    """The name of a criterion that an advert may not state; one that is not known is named as it is."""
    names = {
        "age": say("age"),
        "sex": say("sex"),
        "family": say("family situation"),
        "origin": say("origin"),
        "language_native": say("mother tongue"),
        "health": say("health"),
        "appearance": say("appearance"),
        "residence": say("place of residence"),
        "religion": say("religion"),
        "politics_union": say("political or union activity"),
        "sexual_orientation_gender_identity": say("sexual orientation or gender identity"),
        "economic_vulnerability": say("economic vulnerability"),
        "morals_genetic": say("private life or genetic features"),
        "military_other": say("military service, criminal record, bank or photo"),
        "masculine_only": say("a title in one gender alone"),
    }
    return names.get(criterion, criterion)


def kind_words(kind: str, say: Say) -> str:
    """What stood where something was taken out: a kind of personal data, or what a person took out."""
    names = {
        "PERSON": say("name"),
        "NIR": say("social security number"),
        "IBAN": say("bank account"),
        "PHONE": say("phone number"),
        "EMAIL": say("e-mail address"),
        "ADDRESS": say("postal address"),
        "DATE_OF_BIRTH": say("date of birth"),
        "FT_ID": say("job seeker’s number"),
        "HEALTH": say("health"),
        "…": "…",
    }
    return names.get(kind, kind)


def marked_words(text: str, say: Say) -> str:
    """A part of a redacted text on one line, with the kinds of what was taken out in the reader's language."""
    return MARK.sub(lambda match: f"[{kind_words(match[0][1:-1], say)}]", " ".join(text.split()))


def example_words(error: ExampleError, say: Say) -> str:
    """Why there is no example, in the reader's language."""
    told = {
        "none": say("No text of this system that is still kept fits: choose another month or another finding."),
        "unknown": say("No text with this number is kept."),
        "no_texts": say("None of its texts is kept: there is no example to show."),
        "no_term": say("Its file does not say for how long its texts are kept: no example is shown."),
        "long": say("The text that was drawn is too long to be read by a person: draw another one."),
        "binary": say("The text that was drawn holds characters that are no text: draw another one."),
        "language": say(
            "The text that was drawn is not in French from end to end, so that names in it would be missed: draw "
            "another one."
        ),
        "found": say("After it was redacted, something was still found in the text that was drawn: draw another one."),
        "left": say("Nothing is left of this text once it is redacted: draw another one."),
        "over": say("This text can no longer be released: draw one anew."),
        "changed": say("This text is no longer the one that you read: draw one anew."),
        "day": say("The text is not kept until that day: give an earlier one."),
        "passed": say("This day has passed: give one to come."),
        "ended": say("This example is no longer shown."),
        "unread": say("This example is missing, or is not what was sealed: it is not shown."),
    }
    return told[error.reason]
