"""Minutes as a text that people read (Markdown), in one language, with the names that are known."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from boussole.charter.committee.papers.minutes import content_of
from boussole.charter.committee.papers.words import PaperWords
from boussole.charter.record_types.acts import Rules

Document = Mapping[str, Any]
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|])")


def minutes_text(document: Document, *, lang: str, names: Mapping[str, str], rules: Rules) -> str:
    """The minutes in Markdown. `names`: of members by number; `rules` name the colleges."""
    return "\n".join(_Text(document, PaperWords(lang), names, rules).lines()) + "\n"


class _Text:
    def __init__(self, document: Document, words: PaperWords, names: Mapping[str, str], rules: Rules) -> None:
        self.document, self.say, self.names = document, words, names
        self.colleges = {each.id: words.text(each.title) for each in rules.colleges}

    def lines(self) -> Iterator[str]:
        yield from self._head()
        yield from self._members()
        for number, item in enumerate(self.document["items"], 1):
            yield from self._item(number, item)
        yield from self._questions()
        yield from self._evidence()

    def _head(self) -> Iterator[str]:
        session, say = self.document["session"], self.say
        starts, ends = (dt.datetime.fromisoformat(session[key]) for key in ("starts", "ends"))
        title = say.text(self.document["committee"]["title"])
        yield f"# {plain(say('minutes', committee=title, date=say.date(starts.date())))}"
        yield ""
        yield f"- {say('from_to', start=say.time(starts), end=say.time(ends), place=plain(session['place']))}"
        if session["kind"] == "extraordinary":
            yield f"- {say('is_extraordinary')}"
        if session["second_call_of"] is not None:
            yield f"- {say('second_call')}"
        for call in self.document["calls"]:
            on = say.date(dt.date.fromisoformat(call["on"]))
            yield f"- {say('called_on', date=on, days=str(call['notice_days']))}"
            if call["urgent"]:
                yield f"- {say('urgent', reason=plain(call['reason']))}"
        yield f"- {say('rules_adopted' if self.document['rules']['adopted'] else 'rules_proposed')}"
        if self.document["presiding"]:
            yield f"- {say('presided', member=self._name(self.document['presiding']))}"
        quorum = self.document["quorum"]
        if quorum:
            figures = {key: str(quorum[key]) for key in ("counted", "members", "needed")}
            yield f"- {say('quorum_was' if session['state'] != 'no_quorum' else 'quorum_lacked', **figures)}"
        yield ""

    def _members(self) -> Iterator[str]:
        say, holders = self.say, {each["giver"]: each["holder"] for each in self.document["proxies"]}
        yield f"## {say('members')}"
        yield ""
        yield f"| {say('member')} | {say('college')} | {say('presence')} |"
        yield "|---|---|---|"
        for each in self.document["members"]:
            presence = say(f"presence_{each['presence']}")
            if each["member"] in holders and each["presence"] not in ("in_person", "remote"):
                presence = say("proxy_to", presence=presence, member=self._name(holders[each["member"]]))
            college = plain(self.colleges.get(each["college"], each["college"]))
            yield f"| {self._name(each['member'])} | {college} | {presence} |"
        yield ""

    def _item(self, number: int, item: Document) -> Iterator[str]:
        say = self.say
        yield f"## {number}. {plain(item['title'])}"
        yield ""
        if item["aside"]:
            yield say("stood_aside", members=", ".join(map(self._name, item["aside"])))
            yield ""
        referral = item["referral"]
        if referral:
            who = self._name(referral["rapporteur"]) if referral["rapporteur"] else say("nobody")
            yield say("referred", subject=plain(referral["subject"]), sender=plain(referral["sender"]), member=who)
            yield ""
            for hearing in referral["hearings"]:
                yield f"{say('heard', who=plain(hearing['heard']))} {plain(hearing['text'])}".rstrip()
                yield ""
        if "note" in item:
            yield from (plain(line) for line in item["note"]["text"].splitlines())
            yield ""
        for decision in item["decisions"]:
            yield from self._decision(decision)
        for vote in item["annulled"]:
            yield say("annulled", title=plain(vote["title"]), reason=plain(vote["reason"]))
            yield ""
        if not (item["decisions"] or item["annulled"]):
            yield say("no_decision")
            yield ""

    def _decision(self, decision: Document) -> Iterator[str]:
        say, title = self.say, plain(decision["title"])
        result = say("was_adopted" if decision["adopted"] else "was_rejected", title=title)
        if decision["how"] == "consensus":
            yield f"{result} {say('by_consensus')}"
        else:
            figures = {key: str(decision[key]) for key in ("in_favour", "against", "abstained")}
            casting = f" {say('by_casting_vote')}" if decision["casting"] else ""
            yield f"{result} {say('by_' + decision['how'] + '_vote', **figures)}{casting}"
        yield ""
        for choice in ("for", "against", "abstain"):
            members = [self._name(member) for member, said in decision.get("votes", {}).items() if said == choice]
            if members:
                yield f"- {say('voted_' + choice, members=', '.join(members))}"
        for each in decision["dissents"]:
            yield f"- {say('noted_' + each['sort'], member=self._name(each['member']))} {plain(each['text'])}"
        yield ""
        for opinion in decision["opinions"]:
            yield from self._opinion(opinion)

    def _opinion(self, opinion: Document) -> Iterator[str]:
        wording = opinion["wording"]
        yield f"> **{plain(wording['title'])}** ({self.say('sense_' + wording['sense'])})"
        for paragraph in [wording["words"], *wording["reservations"]]:
            yield ">"
            yield from (f"> {plain(line)}".rstrip() for line in paragraph.splitlines())
        yield ""

    def _questions(self) -> Iterator[str]:
        if not self.document["questions"]:
            return
        yield f"## {self.say('questions')}"
        yield ""
        for each in self.document["questions"]:
            due = self.say.date(dt.date.fromisoformat(each["due_on"]))
            yield f"- {plain(each['text'])} {self.say('to_answer', who=plain(each['addressee']), date=due)}"
        yield ""

    def _evidence(self) -> Iterator[str]:
        say = self.say
        yield f"## {say('evidence')}"
        yield ""
        for pack in self.document["packs"]:
            figures = {"audits": str(len(pack["audits"])), "version": pack["charter"]["version"]}
            yield f"- {say('pack_was', size=str(pack['size']), root=pack['root'], **figures)}"
        yield f"- {say('fingerprint', sha256=content_of(dict(self.document)))}"

    def _name(self, member: str) -> str:
        return plain(self.names.get(member) or self.say("unnamed", number=member))


def plain(text: str) -> str:
    """Somebody's words in Markdown, in which nothing of them is taken for a mark.

    >>> plain("<b>1_000</b> | *x*")
    '\\\\<b\\\\>1\\\\_000\\\\</b\\\\> \\\\| \\\\*x\\\\*'
    """
    return _SPECIAL.sub(r"\\\1", text)
