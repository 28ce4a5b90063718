"""The file of a session: agenda, evidence, what has changed, the texts to vote on, questions and their answers.

It names roles and no people, so that it can be handed on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boussole.charter.committee.meetings.sessions import Session
from boussole.charter.committee.papers.drafts import SavedDraft
from boussole.charter.committee.papers.minutes import minutes_of
from boussole.charter.committee.placeholders import paragraphs
from boussole.charter.committee.referrals.between import asked_since
from boussole.charter.committee.referrals.matters import QuestionHistory
from boussole.charter.committee.voted import wording_in
from boussole.charter.text.model import Charter
from boussole.dashboard.access.people.role_words import who_words
from boussole.dashboard.pages.session.between_view import state_words
from boussole.dashboard.pages.session.links_view import item_links
from boussole.dashboard.pages.session.pack_view import Differences, PackView
from boussole.dashboard.parts.drafts.view import missing, title_of, words_of
from boussole.dashboard.views import paper_blocks as blocks
from boussole.dashboard.views.committee.chamber import Chamber
from boussole.dashboard.views.committee.words import item_word, sense_word
from boussole.dashboard.views.paper_blocks import Block
from boussole.dashboard.words.say import Say


@dataclass(frozen=True, kw_only=True)
class FileParts:
    """What a session file tells. `since`: what differs from the evidence of the session before; None where there was
    none."""

    chamber: Chamber
    found: Session
    pack: PackView
    since: Differences | None
    drafts: Sequence[SavedDraft]
    charter: Charter


def file_blocks(parts: FileParts, say: Say) -> list[Block]:
    """The whole file, in reading order."""
    return [
        *_head(parts, say),
        *_agenda(parts, say),
        *_evidence(parts, say),
        *_since(parts.since, say),
        *_drafts(parts.drafts, say),
        *_questions(parts, say),
        blocks.heading(say("How can it be checked?")),
        blocks.text(
            say(
                "The ledger seals the fingerprint of this file. Whoever has it puts it on the page of evidence, under "
                "“Check a file”: it says whether this is the file that was sealed, byte for byte."
            )
        ),
    ]


def _head(parts: FileParts, say: Say) -> list[Block]:
    call, pack = parts.found.call, parts.pack
    pairs = [
        (say("When"), say("{start} to {end}", start=say.time(call.starts), end=say.time(call.ends))),
        (say("Place"), call.place),
        (say("Evidence"), " ".join(pack.told)),
        (say("Sealed"), pack.entry[0]),
        (say("Fingerprint of the ledger"), pack.root),
    ]
    return [blocks.facts(pairs)]


def _agenda(parts: FileParts, say: Say) -> list[Block]:
    found = [blocks.heading(say("Agenda"))]
    for number, item in enumerate(minutes_of(parts.chamber.house, parts.found.entry)["items"], 1):
        system, referral = item["system"], item["referral"]
        links = item_links(parts.charter, item, say, query={})
        pairs = [
            (say("What is done"), item_word(item["kind"], say)),
            (say("System"), parts.chamber.system(system, say) if system else ""),
            *((each.name, ", ".join(name for name, _ in each.places)) for each in links),
            (say("Matter"), f"{referral['subject']} ({referral['sender']})" if referral else ""),
        ]
        found += [blocks.heading(f"{number}. {item['title']}", 2), blocks.facts(pairs)]
        found += [blocks.text(each) for each in paragraphs(item["note"]["text"])] if "note" in item else []
    return found


def _evidence(parts: FileParts, say: Say) -> list[Block]:
    found, pack = [blocks.heading(say("What evidence does it work on?"))], parts.pack
    if not pack.columns:
        return [*found, blocks.text(say("It holds no audit: none was sealed yet."))]
    pairs = [(each.title, f"{each.period} · {each.entry[0]}") for each in pack.columns]
    header = [say("Article"), *(each.title for each in pack.columns)]
    rows = [[row.title[0], *((each,) if each else "" for each in row.verdicts)] for row in pack.rows]
    return [*found, blocks.facts(pairs), blocks.table(header, rows)]


def _since(since: Differences | None, say: Say) -> list[Block]:
    title = blocks.heading(say("What has changed since the last session?"))
    if since is None:
        return [title, blocks.text(say("No session before this one froze its evidence."))]
    changed = [f"{each.place} — {each.question} — {each.told}" for each in since.verdicts]
    return [title, *(blocks.text(each) for each in since.told), *([blocks.bullets(changed)] if changed else [])]


def _drafts(drafts: Sequence[SavedDraft], say: Say) -> list[Block]:
    found = [blocks.heading(say("Texts that are being written"))]
    if not drafts:
        return [*found, blocks.text(say("Nothing is being written."))]
    for each in drafts:
        wording, version = wording_in(each.body), str(each.version)
        lacks = missing(each.body, say)
        found.append(blocks.heading(say("Draft no. {n}, version {version}", n=str(each.id), version=version), 2))
        found += [blocks.note(lacks)] if lacks else []
        sense = f" ({sense_word(wording.sense, say)})" if wording else ""
        reservations = wording.reservations if wording else []
        found.append(blocks.quote(title_of(each.body) + sense, paragraphs(words_of(each.body)), reservations))
        found += [blocks.facts([(say("Fingerprint"), wording.sha256)])] if wording else []
    return found


def _questions(parts: FileParts, say: Say) -> list[Block]:
    chamber = parts.chamber
    asked = asked_since(chamber.house, parts.found, today=chamber.today)
    found = [blocks.heading(say("Questions and answers"))]
    if not asked:
        return [*found, blocks.text(say("No question was asked since the last session, and none waits."))]
    for each in asked:
        found += _question(each, say)
    return found


def _question(each: QuestionHistory, say: Say) -> list[Block]:
    said = each.question
    told = [say("to: {who}", who=said.addressee), state_words(each, say), say("entry {n}", n=str(each.entry))]
    answers = [
        blocks.quote(
            say("{date} ({role})", date=say.date(answer.on), role=who_words(answer.role, say)), _words(answer, say)
        )
        for _, answer in each.answers
    ]
    return [blocks.strong(said.text), blocks.text(" · ".join(told)), *answers]


def _words(answer: object, say: Say) -> list[str]:
    return paragraphs(getattr(answer, "text", "")) or [say("A document.")]
