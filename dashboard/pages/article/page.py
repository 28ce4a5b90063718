"""The page of one article: its promise, how it stands, month by month, question by question, and what it rests on."""

from __future__ import annotations

import streamlit as st

from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import compass_href, evidence_href
from boussole.dashboard.pages.article.view import ArticleQuery, kept_article
from boussole.dashboard.views.parts import context, notices


def show(chosen: ArticleQuery, say: Say) -> None:
    """An article, one of its questions with every answer, or the list of the articles there are."""
    query = context.kept_query()
    home = compass_href(query=query)
    page = kept_article(Workspace.find(), chosen, say.lang)
    if page is None:
        found = notices.articles(context.scene(), say, query=query)
        st.html(notices.articles_html(found, say, asked=chosen.article))
        return
    made = Template("pages/article/article.html", say)
    if page["one"] is not None:
        st.html(made("one_question", page, home, context.asking()))
        return
    findings = say("Findings of authorities and recommendations")
    entries = made("sealed", page["entries"], evidence_href(query=query))
    context.put(
        made("head", page, home),
        context.open_incidents(say, article=chosen.article),
        made("trend", page["trend"]),
        made("questions", page, context.asking()),
        context.opinions(say, article=chosen.article),
        made("further", findings, made("outside", page)),
        made("further", say("Which law it answers to"), made("law", page["law"])),
        made("further", say("What its answers rest on"), entries),
    )


context.draw(lambda say: show(ArticleQuery.of(st.query_params.to_dict()), say))
