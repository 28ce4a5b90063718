"""A system's page as data: its questions by article, each with its chart, table and small print."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from boussole.audits.languages import capital, inside
from boussole.audits.metrics.corrections import GAP_BY_CORRECTIONS
from boussole.audits.metrics.errors import RATES
from boussole.audits.metrics.through import GAP_SHARE
from boussole.audits.mixed import joined
from boussole.audits.systems import System
from boussole.charter.document import AuditDocument, Standing, VerdictDocument
from boussole.charter.judging.families import decision
from boussole.charter.text.model import Article, Charter
from boussole.dashboard.markup.elements import ORDER
from boussole.dashboard.markup.glossary import Kind
from boussole.dashboard.markup.templates import PageData
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import fairness_href
from boussole.dashboard.views.answers.asked import indicator_of, question_of, sentence_of
from boussole.dashboard.views.answers.known import known_words
from boussole.dashboard.views.answers.small_print import Cap, background, caps, read_words, small_print
from boussole.dashboard.views.charts.calibration import (
    calibration_note,
    calibration_table,
    calibration_text,
    calibration_title,
    curves,
    drawn_and_not,
)
from boussole.dashboard.views.charts.charts import (
    curves_svg,
    drift_chart,
    drift_text,
    falls,
    groups_chart,
    groups_text,
    svg,
    waterfall,
    waterfall_table,
    waterfall_text,
)
from boussole.dashboard.views.charts.drawings import NARROW, WIDE
from boussole.dashboard.views.charts.groups import (
    ADJUSTED,
    ADJUSTED_STAGE,
    NONE,
    RATIOS,
    By,
    attribute_name,
    compared,
    features,
    is_drift,
    rows,
)
from boussole.dashboard.views.charts.tables import (
    VerdictTable,
    adjusted_table,
    compared_with,
    corrections_table,
    drift_table,
    groups_table,
    judged_in,
    places_table,
    scores_table,
    stages_table,
)
from boussole.dashboard.views.fields import KINDS, PROFILES, RAW
from boussole.dashboard.views.register_words import risk_word, status_word
from boussole.dashboard.views.scene import Scene, anchor_of, excess, period, period_of


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A drawing (and one for a narrow screen), what it says in words, and how to read it."""

    svg: str
    narrow: str
    alt: str
    note: str
    kind: Kind


@dataclass(frozen=True, kw_only=True)
class ExaminedQuestion:
    """One examined question. `closer` is the address at which its figures are looked at one by one, if any."""

    anchor: str
    key: str
    verdict: str
    number: str
    question: str
    sentence: str
    known: str
    title: str
    chart: Chart | None
    table: VerdictTable | None
    small: Sequence[tuple[str, str]]
    background: Sequence[tuple[str, str]]
    drift: bool
    closer: str


@dataclass(frozen=True, kw_only=True)
class ArticleSection:
    """One article: its examined questions, the worst first, those that nobody has examined, and its drawings."""

    id: str
    order: int
    title: str
    commitment: str
    draft: bool
    verdict: str
    caps: Sequence[Cap]
    questions: Sequence[ExaminedQuestion]
    not_examined: Sequence[tuple[str, str]]
    places: VerdictTable | None
    scores: VerdictTable | None
    calibrations: Sequence[PageData]
    uncalibrated: str


@dataclass(frozen=True, kw_only=True)
class SystemHead:
    """What a system is, and how its questions came out."""

    title: str
    purpose: str
    facts: Sequence[tuple[str, str]]
    counts: Sequence[tuple[str, int]]
    other_charter: bool


@dataclass(frozen=True, kw_only=True)
class SystemPage(SystemHead):
    """The same with every question drawn."""

    sections: Sequence[ArticleSection]


def system_head(scene: Scene, system_id: str, say: Say) -> SystemHead:
    """What a system is of which something was examined; of one that nobody audited, without facts of an audit."""
    document, system = scene.examined[system_id], scene.systems.get(system_id)
    keys = [verdict.verdict for verdict in document.verdicts]
    return SystemHead(
        title=scene.title(system_id, say),
        purpose=say.text(system.purpose) if system else "",
        facts=_facts(document, system, say) if isinstance(document, AuditDocument) else [],
        counts=[(verdict, keys.count(verdict)) for verdict in ORDER if verdict in keys],
        other_charter=isinstance(document, AuditDocument) and document.charter.sha256 != scene.charter.sha256,
    )


def system_page(scene: Scene, system_id: str, say: Say, *, query: Mapping[str, str] | None = None) -> SystemPage:
    """The page of a system of which something was examined: articles with an examined question first."""
    document, system, head = scene.examined[system_id], scene.systems.get(system_id), system_head(scene, system_id, say)
    sections = [
        replace(
            section(document, article, scene.charter, system, say, known=partial(_known, scene, system_id, say)),
            caps=caps(scene, say, query=query or {}, article=article.id, system=system_id),
        )
        for article in scene.charter.articles
    ]
    return SystemPage(
        title=head.title,
        purpose=head.purpose,
        facts=head.facts,
        counts=head.counts,
        other_charter=head.other_charter,
        sections=sorted(sections, key=lambda part: not part.questions),
    )


def _known(scene: Scene, system: str, say: Say, verdict: VerdictDocument) -> str:
    return known_words(scene, system, verdict, say)


def section(
    document: Standing,
    article: Article,
    charter: Charter,
    system: System | None,
    say: Say,
    *,
    only: str | None = None,
    known: Callable[[VerdictDocument], str] | None = None,
) -> ArticleSection:
    """One article of the page, of which only one question where that is given; `known` adds to an answer."""
    verdicts = [each for each in document.verdicts if each.article == article.id and only in (None, each.indicator)]
    examined = [verdict for verdict in verdicts if verdict.verdict != "not_examined"]
    examined.sort(key=lambda verdict: (ORDER.index(verdict.verdict), -excess(document, verdict)))
    summary = {s.article: s.verdict for s in document.articles}
    on_outcomes = _on_outcomes(document, examined)
    calibrations, uncalibrated = _calibrations(document, system, say) if on_outcomes else ([], "")
    return ArticleSection(
        id=article.id,
        order=article.order,
        title=say.text(article.title),
        commitment=say.text(article.commitment),
        draft=article.text.status == "draft wording",
        verdict=summary.get(article.id, "not_examined"),
        caps=(),
        questions=[
            replace(question(document, verdict, charter, system, say), known=known(verdict) if known else "")
            for verdict in examined
        ],
        not_examined=[
            (
                question_of(charter, verdict, say),
                joined(" ", [sentence_of(charter, verdict, say, system=system), *filter(None, [told])]),
            )
            for verdict in verdicts
            if verdict.verdict == "not_examined"
            for told in [known(verdict) if known else ""]
        ],
        places=_places(document, examined, system, say),
        scores=_scores(document, examined, system, say),
        calibrations=calibrations,
        uncalibrated=uncalibrated,
    )


def _places(
    document: Standing, examined: Sequence[VerdictDocument], system: System | None, say: Say
) -> VerdictTable | None:
    asked = [found[0] for verdict in examined if (found := compared(document, verdict))]
    return places_table(document, say, system=system) if system and "selection_rate" in asked else None


def _scores(
    document: Standing, examined: Sequence[VerdictDocument], system: System | None, say: Say
) -> VerdictTable | None:
    return scores_table(document, say, system=system) if system and _on_outcomes(document, examined) else None


def _on_outcomes(document: Standing, examined: Sequence[VerdictDocument]) -> bool:
    asked = {found[0] for verdict in examined if (found := compared(document, verdict))}
    return bool(asked & {rate.metric for rate in RATES})


def _calibrations(document: Standing, system: System | None, say: Say) -> tuple[list[PageData], str]:
    drawn, others = drawn_and_not(document)
    found = []
    for by in drawn:
        shown = curves(document, by, say, system=system)
        title = calibration_title(by, say, system=system)
        wide, narrow = (curves_svg(shown, say.lang, narrow=each) for each in (False, True))
        alt = f"{title}. {calibration_text(shown, say.lang)}"
        found.append(
            {
                "title": title,
                "chart": Chart(
                    svg=wide,
                    narrow=narrow,
                    alt=alt,
                    note=calibration_note(shown, say, system=system),
                    kind="calibration",
                ),
                "table": calibration_table(shown, by, say, title=title, system=system),
            }
        )
    if not drawn or not others:
        return found, ""
    names = joined(", ", [inside(attribute_name(by, say, system=system)) for by in others])
    why = say("No such drawing by {attributes}: small counts could be worked out from it.", attributes=names)
    return found, why


def question(
    document: Standing, verdict: VerdictDocument, charter: Charter, system: System | None, say: Say
) -> ExaminedQuestion:
    """One question with its picture and its data, where its measures allow them."""
    indicator = indicator_of(charter, verdict)
    drift = is_drift(verdict)
    title, chart, table = _drift(document, verdict, system, say) if drift else _groups(document, verdict, system, say)
    return ExaminedQuestion(
        anchor=anchor_of(verdict),
        key=verdict.indicator,
        verdict=verdict.verdict,
        number=indicator.number if indicator else "",
        question=question_of(charter, verdict, say),
        sentence=sentence_of(charter, verdict, say, system=system),
        known="",
        title=title,
        chart=chart,
        table=table,
        small=small_print(document, verdict, say, charter=charter, system=system),
        background=background(verdict, indicator, charter, say),
        drift=drift,
        closer=_closer(document, verdict, say),
    )


def _closer(document: Standing, verdict: VerdictDocument, say: Say) -> str:
    found = compared(document, verdict)
    if found is None or not isinstance(document, AuditDocument):
        return ""
    rate, by = found
    plain = rate.removeprefix("adjusted_")
    kind = next((each for each in KINDS if each.rate == plain), None)
    if kind is None:
        return ""
    control = PROFILES if plain != rate else RAW
    window = f"{document.window.start}/{document.window.end}"
    asked = {"system": document.system, "period": window, "kind": kind.key, "by": ",".join(by)}
    return fairness_href(query={"lang": say.lang}, **asked, control=control)


Picture = tuple[str, Chart | None, VerdictTable | None]


def _groups(document: Standing, verdict: VerdictDocument, system: System | None, say: Say) -> Picture:
    found = compared(document, verdict)
    if found is None:
        return "", None, None
    metric, by = found
    if metric == GAP_BY_CORRECTIONS:
        title = say("What corrections make of the gap")
        table = corrections_table(document, verdict, say, title=title, system=system)
        return (title, None, table) if table is not None else ("", None, None)
    if metric == GAP_SHARE:
        return _through(document, verdict, by, system, say)
    shown = rows(document, by, say, metric=metric, system=system)
    if not shown:
        return "", None, None
    title = _with_days(chart_title(metric, by, say, system=system), document, metric, say)
    made = {ADJUSTED: adjusted_table, ADJUSTED_STAGE: stages_table}.get(metric, groups_table)
    table = made(document, verdict, by, say, metric=metric, title=title, system=system)
    if all(row.value is None for row in shown):
        return title, None, table
    wide, narrow = (
        svg(groups_chart(document, by, say.lang, metric=metric, system=system, layout=layout), say.lang)
        for layout in (WIDE, NARROW)
    )
    alt = f"{title}. {groups_text(document, by, say.lang, metric=metric, system=system)}"
    return (
        title,
        Chart(
            svg=wide,
            narrow=narrow,
            alt=alt,
            note=_note(document, verdict, by, say, metric=metric, system=system),
            kind="ratios" if metric in RATIOS else "shares",
        ),
        table,
    )


def _with_days(title: str, document: Standing, metric: str, say: Say) -> str:
    found = next((each for each in document.measures if each.metric == metric), None)
    if not isinstance(document, AuditDocument) or found is None or found.params.first_day is None:
        return title
    return say("{title}, {period}", title=title, period=period_of(document, found, say))


def _through(document: Standing, verdict: VerdictDocument, by: By, system: System | None, say: Say) -> Picture:
    """Through whom the gap of a group opens, stage by stage; of the others, and who acts, the table."""
    group, found = falls(document, verdict, say, system=system)
    attribute = inside(attribute_name(by, say, system=system))
    title = say("Where the gap opens, by {attribute}", attribute=attribute)
    if not found:
        return title, None, None
    table = waterfall_table(document, verdict, say, title=title, system=system)
    named = say("{title}: {group}", title=title, group=inside(group))
    wide, narrow = (svg(waterfall(found, say, layout=layout), say.lang) for layout in (WIDE, NARROW))
    note = say(
        "Each bar is what one stage adds to the gap, or takes from it: from where the group stood before it to "
        "where it stands after it, where 100 of the group compared with got as far. Multiplied, the stages give the "
        "whole gap."
    )
    alt = f"{named}. {waterfall_text(found, say)}"
    return named, Chart(svg=wide, narrow=narrow, alt=alt, note=note, kind="waterfall"), table


def _drift(document: Standing, verdict: VerdictDocument, system: System | None, say: Say) -> Picture:
    title = say("Distance from the reference period, by feature")
    table = drift_table(document, verdict, say, title=title, system=system)
    if all(feature.value is None for feature in features(document, verdict, say)):
        return title, None, table
    wide, narrow = (
        svg(drift_chart(document, say.lang, verdict=verdict, layout=layout, system=system), say.lang)
        for layout in (WIDE, NARROW)
    )
    alt = f"{title}. {drift_text(document, say.lang, verdict=verdict, system=system)}"
    parts = [say("0: nothing has moved. Population stability index (PSI), from the counts of both periods.")]
    if any(feature.bar != NONE for feature in features(document, verdict, say)):
        parts += [
            bar_note(say),
            say("In a small window chance alone makes a distance, so that a dot can lie right of its bar."),
        ]
    return (
        title,
        Chart(svg=wide, narrow=narrow, alt=alt, note=" ".join(parts), kind="drift"),
        table,
    )


def chart_title(metric: str, by: By, say: Say, *, system: System | None) -> str:
    """What a chart shows: "Share of people contacted, by sex"."""
    selected = decision(system, say.lang) if system else say("selected")
    titles = {
        "selection_rate": say("Share of people {selected}", selected=selected),
        "true_positive_rate": say("Share {selected} among those whose outcome was positive", selected=selected),
        "false_positive_rate": say("Share {selected} among those whose outcome was negative", selected=selected),
        "false_negative_rate": say("Share not {selected} among those whose outcome was positive", selected=selected),
        ADJUSTED: say(
            "People {selected} with comparable profiles, in percent of the group compared with", selected=selected
        ),
        ADJUSTED_STAGE: say(
            "People who move on at each stage with comparable profiles, in percent of the group compared with"
        ),
        "stage_selection_rate": say("Share of people who move on at each stage"),
        "exposure": say("Attention that a place in a list gets"),
        "late_reply": say("Replies that came after the list had closed"),
        "never_shortlisted_rate": say("Share of people on no list"),
        "precision": say("Share of positive outcomes among those {selected}", selected=selected),
    }
    attribute = inside(attribute_name(by, say, system=system))
    return say(
        "{title}, by {attribute}", title=titles.get(metric, capital(metric.replace("_", " "))), attribute=attribute
    )


def _note(document: Standing, verdict: VerdictDocument, by: By, say: Say, *, metric: str, system: System | None) -> str:
    reference = compared_with(verdict, by, say, system=system)
    parts = [bar_note(say)]
    if reference and metric == ADJUSTED_STAGE:
        parts.append(say("Each group is compared with: {group}.", group=reference))
    elif reference:
        parts.append(say("Diamond: the group that others are compared with."))
    else:
        shown = any(measure.params.against_shown for measure in judged_in(document, verdict))
        parts.append(
            say("Each group is compared with the other groups shown, so each has its own threshold.")
            if shown
            else say("Each group is compared with all others, so each has its own threshold.")
        )
    parts.append(say("Dashes: proposed threshold.") if _proposed(verdict) else say("Dashes: threshold."))
    return " ".join(parts)


def bar_note(say: Say) -> str:
    """What the bar of a judged group is."""
    return say("Bar: the interval that decides. The charter’s tests reject what lies outside it.")


def _proposed(verdict: VerdictDocument) -> bool:
    return verdict.threshold is not None and verdict.threshold.status == "proposed"


def _facts(document: AuditDocument, system: System | None, say: Say) -> list[tuple[str, str]]:
    pairs = [
        (
            say("Audited"),
            read_words(document, say, period=period(document, say)),
        )
    ]
    if system is not None:
        pairs += [
            (say("Status"), status_word(system.status, say)),
            (say("Risk class (AI Act)"), risk_word(system.risk, say)),
            (say("Answerable"), system.owner),
            (say("Provider"), system.provider or ""),
        ]
    return [(name, value) for name, value in pairs if value]
