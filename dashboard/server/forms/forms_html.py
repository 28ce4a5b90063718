"""Forms as HTML, by their names of before: until no page asks for them here."""

from boussole.dashboard.server.forms.model import PageForms, Titled, done_html, folded_form, form_html

__all__ = ["PageForms", "Titled", "done_html", "folded_form", "form_html"]
