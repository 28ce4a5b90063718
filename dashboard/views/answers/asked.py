"""The question that a verdict answers, as the charter words it."""

from __future__ import annotations

from boussole.audits.languages import inside
from boussole.audits.mixed import foreign, marked
from boussole.audits.systems import System
from boussole.charter.amending.plain import plainly
from boussole.charter.document import VerdictDocument
from boussole.charter.judging.families import Attribute, asked_of, spoken, worded
from boussole.charter.text.model import Charter, Indicator
from boussole.dashboard.words.say import Say


def indicator_of(charter: Charter, verdict: VerdictDocument) -> Indicator | None:
    """The question of the charter that a verdict answers: ids of expanded questions end in their attributes."""
    return way_called(charter, verdict.indicator)


def way_called(charter: Charter, name: str) -> Indicator | None:
    """The question of the charter that has a name, or whose name an expanded one begins with."""
    fitting = [way for way in charter.ways if f"{name}_".startswith(f"{way.id}_")]
    return max(fitting, key=lambda indicator: len(indicator.id), default=None)


def worded_for(way: Indicator, system: System | None, say: Say, *, by: Attribute | None = None) -> str:
    """A question in the names of the system that it is about; in general words where it is about none or several."""
    if system is None:
        return plainly(way.question, say.lang)
    lang, text = spoken(way.question, say.lang), worded(way, system, say.lang, by=by)
    return text if lang == say.lang else foreign(text, lang)


def worded_as(charter: Charter, name: str, system: System | None, say: Say) -> str:
    """A question by its id, with its number, as the charter asks it of a system: by one attribute where its id ends in
    it; the id itself where it asks no such thing."""
    way = way_called(charter, name)
    if way is None:
        return name
    asked = asked_of(charter, system).questions if system else ()
    by = next((each.by for each in asked if each.id == name), None)
    return f"{way.number} " + worded_for(way, system, say, by=by)


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
