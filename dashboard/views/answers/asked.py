"""The question that a verdict answers, as the charter words it."""

from __future__ import annotations

from boussole.audits.languages import inside
from boussole.audits.mixed import foreign, marked
from boussole.audits.systems import System
from boussole.charter.document import VerdictDocument
from boussole.charter.judging.families import spoken
from boussole.charter.text.model import Charter, Indicator
from boussole.dashboard.words.say import Say


def indicator_of(charter: Charter, verdict: VerdictDocument) -> Indicator | None:
    """The question of the charter that a verdict answers: ids of expanded questions end in their attributes."""
    return way_called(charter, verdict.indicator)


def way_called(charter: Charter, name: str) -> Indicator | None:
    """The question of the charter that has a name, or whose name an expanded one begins with."""
    fitting = [way for way in charter.ways if f"{name}_".startswith(f"{way.id}_")]
    return max(fitting, key=lambda indicator: len(indicator.id), default=None)


def question_of(charter: Charter, verdict: VerdictDocument, say: Say) -> str:
    """What was asked of the system. A charter that does not speak this language asks in one of its own.

    A document has each question under the languages of Boussole, whichever it is written in.
    """
    indicator = indicator_of(charter, verdict)
    lang = spoken(indicator.question, say.lang) if indicator else say.lang
    texts = verdict.question
    return say.text(texts) if lang == say.lang or say.lang not in texts else foreign(texts[say.lang], lang)


def sentence_of(charter: Charter, verdict: VerdictDocument, say: Say, *, system: System | None) -> str:
    """What was answered. Boussole says it, with names of the charter and of the system file, which may not speak its
    language."""
    indicator, columns = indicator_of(charter, verdict), system.columns if system else None
    named = [control.title for control in system.controls.values()] if system else []
    named += [columns.decision.title if columns.decision else None, *columns.stage_titles.values()] if columns else []
    named += [*system.feature_titles.values()] if system else []
    names = [say.text(texts) for texts in (indicator.attested_by if indicator else None, *named) if texts]
    text = say.text(verdict.sentence)
    for name in names:
        for written in (name, inside(name)):
            text = marked(text, written)
    return text
