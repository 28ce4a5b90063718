"""The site map: every page that the reader's role opens, by the groups of the menu, and each article and system."""

from __future__ import annotations

import streamlit as st

from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import address, article_href, listed, pages, system_href
from boussole.dashboard.server.access.permissions import allowed
from boussole.dashboard.server.access.places import page_actions
from boussole.dashboard.server.access.sessions import here
from boussole.dashboard.views.parts import context


def show(say: Say) -> None:
    """The second way to every page: RGAA 12.1 and WCAG 2.4.5 ask for one beside the menu."""
    query, seen, role = context.kept_query(), context.scene(), here().role
    known = [page for page in pages(say) if allowed(role, page_actions()[page.name])]
    groups = [
        (group, [(page.title, address(page.path, query)) for page in found]) for group, found in listed(known, say)
    ]
    charter = [(say.text(each.title), article_href(each.id, query=query)) for each in seen.charter.articles]
    systems = [(seen.title(name, say), system_href(name, query=query)) for name in seen.systems]
    groups += [(say("Articles of the charter"), charter), (say("Systems and uses of AI"), systems)]
    st.html(Template("pages/sitemap/sitemap.html", say)("page", groups))


context.draw(show)
