"""The evidence page: what is sealed, one entry and its proof, checkpoints to keep, files to check."""

from __future__ import annotations

import streamlit as st

from audits.errors import BoussoleError
from audits.workspace import Workspace
from charter.records import prove_entry, sign_checkpoint
from dashboard import compass_html, evidence_html, frame, store
from dashboard.evidence_check import LARGEST, Asking, examine
from dashboard.evidence_facts import proved, results, short
from dashboard.evidence_view import asked_of, entry_page, evidence_href, head, number_of, search_of
from dashboard.words import Say, speaker


def show_entry(text: str, say: Say) -> None:
    """One entry, and its proof to take away."""
    here, query, number = Workspace.find(), frame.kept_query(), number_of(text)
    found = None if number is None else proved(here, number)
    if found is None:
        st.html(evidence_html.no_entry(text, say, back=evidence_href(query=query)))
        return
    st.html(evidence_html.entry(entry_page(found, frame.scene(), say, query=query), say))
    if found.holds:
        index = found.entry.index
        st.download_button(
            say("Download this proof"),
            lambda: str(prove_entry(here, index, sign_checkpoint(here))),
            file_name=f"entry-{index}.tlog-proof",
        )


def show_all(say: Say) -> None:
    """What is sealed, and what can be done with it."""
    here, query = Workspace.find(), frame.kept_query()
    span, found = short(here), store.verified(here)
    st.html(evidence_html.head(head(span, found, say), say))
    if not span.size:
        return
    show_check(Asking(workspace=here, say=say, query=query), size=span.size, whole=found is None or found.ok)
    asked = asked_of(st.query_params.to_dict())
    listed = results(here, asked, page=number_of(st.query_params.get("page", "")) or 1)
    st.html(evidence_html.search(search_of(span, asked, listed, frame.scene(), say, query=query), say))
    st.html(evidence_html.words(say))


def show_check(asking: Asking, *, size: int, whole: bool) -> None:
    """A file to check and a checkpoint to keep, side by side; below both, what the file is."""
    say = asking.say
    check, keep = st.columns(2, gap="large")
    with check, st.container(key=f"upload-{say.lang}"):
        st.html(evidence_html.checking(say))
        most = LARGEST // 10**6
        given = st.file_uploader(say("File to check"), max_upload_size=most, label_visibility="collapsed")
    with keep:
        st.html(evidence_html.keeping(say, whole=whole))
        if whole:
            name = f"ledger-{size}.checkpoint"
            st.download_button(
                say("Download a checkpoint"), lambda: str(sign_checkpoint(asking.workspace)), file_name=name
            )
    if given is not None:
        st.html(evidence_html.answer(given.name, examine(given.name, given.getvalue(), asking)))


speaks = speaker(frame.language())
try:
    if wanted := st.query_params.get("entry", ""):
        show_entry(wanted, speaks)
    else:
        show_all(speaks)
except BoussoleError as error:
    st.html(compass_html.problem(error.what, error.next_step, speaks))
