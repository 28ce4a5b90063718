"""A letter to one reader, in their language: a subject, a text, and the same as HTML. It names and quotes nobody."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.alerts.letters.letters import SUBJECT, Letter, line
from boussole.dashboard.alerts.words import AlertSay
from boussole.dashboard.markup.elements import Html, el
from boussole.dashboard.markup.marks import INK, INK_2, LINE, LINK, PAPER
from boussole.dashboard.views.concern import Concern
from boussole.dashboard.words.addresses import concerns_href


def personal_letter(concerns: Sequence[Concern], tell: AlertSay, *, organisation: str, address: str) -> Letter:
    """What is sent. `address`: of the dashboard, to which alone links lead; empty: no links."""
    made = _Made(concerns, tell, organisation, address)
    return Letter(
        subject=line(f"[Boussole] {made.subject}", SUBJECT),
        text=made.text(),
        html="<!DOCTYPE html>\n" + made.html(),
        document={},
        unfavourable=False,
    )


class _Made:
    def __init__(self, concerns: Sequence[Concern], tell: AlertSay, organisation: str, address: str) -> None:
        self.concerns, self.tell, self.address = concerns, tell, address
        self.organisation = line(organisation, 200)
        n = len(concerns)
        only = line(concerns[0].text.rstrip("."), SUBJECT) if n == 1 else ""
        self.subject = only or tell.plural("One new thing concerns you", "{n} new things concern you", n)

    def text(self) -> str:
        """As plain text."""
        blocks = [self.subject, self.organisation]
        for each in self.concerns:
            link = f"\n  {self.address}{each.href}" if self.address else ""
            blocks.append(f"- {self._said(each)}{link}")
        return "\n\n".join([*blocks, "-- \n" + "\n".join(self._small())]) + "\n"

    def _said(self, each: Concern) -> str:
        """The sentence, after its day, with its committee where there are several."""
        place = f" — {line(each.place, 200)}" if each.place else ""
        return self.tell("{date}: {text}", date=self.tell.date(each.on), text=line(each.text, 500)) + place

    def _small(self) -> list[str]:
        """Why it came, how often, and how it stops."""
        why = self.tell(
            "You get this as a member or secretary of a committee: one e-mail a day at the most, unless something "
            "cannot wait."
        )
        stop = self.tell("To get none any more, or in another language: “What concerns you”, in Boussole.")
        place = f"{self.address}{self._settings()}" if self.address else ""
        return [why, " ".join(part for part in (stop, place) if part)]

    def _settings(self) -> str:
        return concerns_href(query={"lang": self.tell.lang}, anchor="by-mail")

    def html(self) -> Html:
        """The same for readers of HTML: no picture, nothing that is fetched."""
        rows = [el("li", self._linked(each), style="margin:0 0 12px") for each in self.concerns]
        small = [el("p", each, style="margin:2px 0") for each in self._small()[:1]]
        stop = self.tell("To get none any more, or in another language: “What concerns you”, in Boussole.")
        way = el("a", stop, href=f"{self.address}{self._settings()}", style=f"color:{LINK}") if self.address else stop
        foot = f"margin-top:20px;padding-top:8px;border-top:1px solid {LINE};font-size:14px;color:{INK_2}"
        inner = el(
            "div",
            el("h1", self.subject, style=f"font-size:20px;margin:0 0 4px;color:{INK}"),
            el("p", self.organisation, style=f"margin:0 0 16px;color:{INK_2}"),
            el("ul", *rows, style="margin:0;padding-left:20px"),
            el("div", *small, el("p", way, style="margin:2px 0"), style=foot),
            style="max-width:640px;margin:0 auto",
        )
        style = f"margin:0;padding:16px;background:{PAPER};color:{INK};font:16px/1.5 'Source Sans 3',Arial,sans-serif"
        head = el("head", el("meta", charset="utf-8"), el("title", self.subject))
        return el("html", head, el("body", inner, style=style), lang=self.tell.lang)

    def _linked(self, each: Concern) -> Html | str:
        said = self._said(each)
        return el("a", said, href=f"{self.address}{each.href}", style=f"color:{LINK}") if self.address else said
