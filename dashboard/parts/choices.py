"""What is chosen on a page, with Streamlit's own fields; the address holds it, so that a view can be shared.

The address says what is chosen, before every look: Back undoes a choice, and a link or an old address sets the fields.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st

from boussole.audits.languages import LANGUAGES
from boussole.dashboard.views.fields import BETWEEN, Field

Settle = Callable[[Mapping[str, str]], Mapping[str, str]]
"""What an address comes to, of what it asks for: what does not go together with the rest is left out."""
FEW = 2
"""Up to so many values of a field stand beside each other; of one alone there is nothing to choose."""


def choose(fields: Sequence[Field], *, page: str, settle: Settle) -> None:
    """The fields of a page, each with its value of the address; a choice asks for the page anew."""
    with st.container(key=f"choose-{page}", horizontal=True):
        for field in fields:
            if len(field.options) < 2:
                continue
            key = f"{page}-{field.key}"
            st.session_state[key] = field.values if field.several else field.value
            _field(field, key=key, changed=partial(_changed, field.key, key, settle))


def _changed(name: str, key: str, settle: Settle) -> None:
    """Whoever chose: the address says so, with the language it was in."""
    chosen = st.session_state[key]
    value = BETWEEN.join(chosen) if isinstance(chosen, list) else str(chosen or "")
    asked = st.query_params.to_dict()
    kept = {"lang": asked["lang"]} if asked.get("lang", "") in LANGUAGES else {}
    found = settle({**asked, name: value})
    st.query_params.from_dict({**{each: told for each, told in found.items() if told}, **kept})


def _field(field: Field, *, key: str, changed: Callable[[], None]) -> None:
    """One field, as wide as what it holds asks for."""
    names = {option.value: option.name for option in field.options}
    values = list(names)
    if field.several:
        st.pills(
            field.label,
            values,
            selection_mode="multi",
            format_func=names.__getitem__,
            key=key,
            on_change=changed,
            wrap=True,
        )
    elif len(values) <= FEW:
        st.segmented_control(
            field.label, values, format_func=names.__getitem__, key=key, on_change=changed, required=True, wrap=True
        )
    else:
        st.selectbox(field.label, values, format_func=names.__getitem__, key=key, on_change=changed, filter_mode=None)
