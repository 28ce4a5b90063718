"""The evidence page as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from boussole.dashboard.markup.elements import Child, Html, attached_html, code, details, el, facts, join, link, stacked
from boussole.dashboard.markup.glossary import explained
from boussole.dashboard.markup.words.addresses import EVIDENCE
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.pages.evidence.check import LARGEST, FileAnswer
from boussole.dashboard.pages.evidence.view import CHECK, CHECKPOINT, PROOF, Choice, EntryPage, Head, Search


def head(view: Head, say: Say) -> Html:
    """The question and its answer."""
    return el(
        "header",
        el("h1", say("What is sealed here?")),
        el("p", say("The ledger: every audit and every act, in order, each with its fingerprint."), class_="subtitle"),
        el("div", el("p", el("strong", code(view.headline)), " ", code(view.others)), class_=f"lead lead-{view.tone}"),
        *(el("p", code(note), class_="told") for note in view.notes),
    )


def search(view: Search, say: Say) -> Html:
    """The form, which is a plain one: its address can be shared; then what it found."""
    columns = [say("Entry"), say("Sealed on ({clock})", clock=say.clock), say("Kind"), say("About")]
    rows = [[link(line.number, line.href), line.when, line.what, line.about] for line in view.lines]
    found = stacked(columns, rows, caption=view.found, class_="entries") if rows else el("p", view.found, class_="told")
    return el("section", el("h2", say("Look something up"), id="search"), _form(view, say), found, _turn(view, say))


def entry(view: EntryPage, say: Say) -> Html:
    """One entry: what it seals, what it holds, how it is proved."""
    crumbs = el(
        "nav",
        el("ol", el("li", link(say("The evidence"), view.back)), el("li", say("Entry {n}", n=str(view.number)))),
        class_="crumbs",
        aria_label=say("Where you are"),
    )
    answers = el("p", link(say("See what this audit found"), view.answers)) if view.answers else None
    return join(
        [
            el(
                "header",
                crumbs,
                el("h1", view.title),
                el("p", view.subtitle, class_="subtitle"),
                el("div", el("p", view.seals), answers, class_=f"lead lead-{view.tone}"),
            ),
            _says(view, say),
            el(
                "section",
                el("h2", say("Everything it holds")),
                explained([(name, _value(value)) for name, value in view.content], say)
                or el("p", say("Nothing else.")),
                class_="entry-holds",
            ),
            el("section", el("h2", say("How it is proved")), *_proved(view, say), class_="entry-proof"),
            words(say),
        ]
    )


def _says(view: EntryPage, say: Say) -> Html | None:
    """What the record says, in its words, to those who may see it."""
    if not view.says and not view.kept_from:
        return None
    pairs = [(name, el("span", value, class_="words")) for name, value in view.says]
    told = facts([*pairs, (say("Attachments"), attached_html(view.attached))])
    kept = el("p", say("The words of this record are shown to those whose role may see it. Here: what proves it."))
    return el("section", el("h2", say("What it says")), kept if view.kept_from else told, class_="entry-holds")


def no_entry(text: str, say: Say, *, back: str) -> Html:
    """An entry that is not there."""
    return el(
        "header",
        el("h1", say("There is no entry {n}", n=text[:20])),
        el("p", link(say("All entries"), back), class_="subtitle"),
    )


def acts(say: Say, *, whole: bool, lang: Mapping[str, str]) -> Html:
    """What can be done here: check a file, keep a checkpoint. The ledger must be `whole` for the second."""
    return el("div", _checking(say, lang), _keeping(say, whole=whole), class_="two acts")


def _checking(say: Say, lang: Mapping[str, str]) -> Html:
    kinds = say(
        "A checkpoint that you kept, a report of Boussole (PDF), an audit document (JSON), the proof of an entry, or "
        "any document: is it sealed here, and unchanged? The file is read on this machine and not kept."
    )
    field = el(
        "p",
        el("label", say("File to check, up to {n} MB", n=say.whole(LARGEST // 10**6)), for_="file"),
        el("input", id="file", name="file", type="file", required="required"),
        class_="field",
    )
    go = el("p", el("button", say("Check"), type="submit"), class_="go")
    to = f"{CHECK}?{urlencode({**lang, 'spoken': say.lang})}"
    form = el(
        "form", field, go, action=to, method="post", enctype="multipart/form-data", target="_self", class_="ask upload"
    )
    return el("section", el("h2", say("Check a file"), id="check"), el("p", kinds), form)


def _keeping(say: Say, *, whole: bool) -> Html:
    why = say(
        "A small file that says how many entries there are, and the one fingerprint that stands for all of them. Keep "
        "it elsewhere: whoever changes, removes or reorders an entry afterwards can no longer make it fit, not even "
        "with the key of this server."
    )
    none = el("p", el("strong", say("There is none to keep today: the ledger does not hold.")))
    take = _take(say("Download a checkpoint"), CHECKPOINT)
    return el("section", el("h2", say("Keep a checkpoint"), id="keep"), el("p", why), take if whole else none)


def _take(text: str, href: str) -> Html:
    """A link that hands out a file."""
    return el("p", el("a", text, href=href, target="_self", download="", class_="take"))


def answer(name: str, found: FileAnswer) -> Html:
    """What a file is to the ledger."""
    more = [el("p", code(item)) for item in found.details if item]
    entries = el("p", join([link(text, href) for text, href in found.entries], " · ")) if found.entries else None
    shown = el("span", name, class_="file-name") if name else None
    first = el("p", shown, el("strong", found.headline))
    return el("div", first, *more, entries, class_=f"lead lead-{found.tone}", role="status", id="answer")


def words(say: Say) -> Html:
    """The words of this page, explained."""
    pairs = [
        (say("Entry"), say("A numbered line of the ledger. Once it is sealed, it is never changed nor removed.")),
        (
            say("Sealed"),
            say("Its fingerprint is in the ledger, under a number and a time. The content itself is not in it."),
        ),
        (
            say("Fingerprint"),
            say(
                "64 letters and digits computed from a file (SHA-256). The same file always gives the same; nobody can "
                "make another file that gives it too."
            ),
        ),
        (
            say("Root"),
            say("The fingerprint of all fingerprints together. It changes when a single one of them does."),
        ),
        (
            say("Proof"),
            say("The few fingerprints by which anybody can compute the root from one entry, without the others."),
        ),
    ]
    items = [el("div", el("dt", name), el("dd", meaning)) for name, meaning in pairs]
    return details(say("What these words mean"), el("dl", *items, class_="facts"), class_="folded")


def _form(view: Search, say: Say) -> Html:
    asked = view.asked
    days = (asked.start.isoformat() if asked.start else "", asked.end.isoformat() if asked.end else "")
    fields = [
        _field("q", say("Number or fingerprint"), el("input", id="ask-q", name="q", type="search", value=asked.text)),
        _field("kind", say("Kind"), _choose("kind", view.kinds)),
        _field("system", say("System"), _choose("system", view.systems)),
        _field("from", say("From"), el("input", id="ask-from", name="from", type="date", value=days[0])),
        _field("to", say("To"), el("input", id="ask-to", name="to", type="date", value=days[1])),
    ]
    kept = [el("input", type="hidden", name=name, value=value) for name, value in view.kept.items()]
    every = link(say("All entries"), view.all_href) if view.all_href else None
    go = el("p", el("button", say("Look up"), type="submit"), every, class_="go")
    return el("form", *kept, *fields, go, action=EVIDENCE, method="get", target="_self", class_="ask", role="search")


def _field(name: str, label: str, field: Html) -> Html:
    return el("p", el("label", label, for_=f"ask-{name}"), field, class_=f"field field-{name}")


def _choose(name: str, choices: Sequence[Choice]) -> Html:
    options = [
        el("option", choice.name, value=choice.value, selected="selected" if choice.chosen else None)
        for choice in choices
    ]
    return el("select", *options, id=f"ask-{name}", name=name)


def _turn(view: Search, say: Say) -> Html | None:
    """The pages of a long list."""
    if not view.where:
        return None
    newer = link(say("Newer"), view.newer) if view.newer else None
    older = link(say("Older"), view.older) if view.older else None
    return el("nav", newer, el("span", view.where), older, class_="turn", aria_label=say("Pages of the list"))


def _proved(view: EntryPage, say: Say) -> list[Child]:
    hashes = el("ol", *[el("li", el("code", item)) for item in view.path], class_="steps")
    shown = details(say("The fingerprints, from the entry to the root"), hashes) if view.path else None
    pairs: list[tuple[str, Child]] = [
        (say("Its fingerprint"), el("code", view.fingerprint)),
        (say("Root of all"), el("code", view.root)),
    ]
    take = _take(say("Download this proof"), f"{PROOF}/{view.number}") if view.tone == "kept" else None
    return [el("p", view.proof), explained(pairs, say), shown, take]


def _value(value: str) -> Child:
    """Fingerprints and the like as code, words as words."""
    return el("code", value) if len(value) >= 32 and value.isalnum() else value
