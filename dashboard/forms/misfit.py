"""What a model refuses, as a form says it: in the reader's language, at the field to mend."""

from __future__ import annotations

from pydantic import ValidationError

from boussole.charter.record_types.inputs import misfit_of
from boussole.dashboard.forms.model import Form
from boussole.dashboard.words.say import Say


def misfit(error: ValidationError, form: Form, say: Say) -> tuple[str, str]:
    """The name of the field (empty: the whole), and what is wrong with it, of the first fault."""
    fault, labels = error.errors()[0], {each.name: each.label for each in form.fields if each.label}
    ctx, raised = fault.get("ctx", {}), misfit_of(error)
    if raised is not None:
        return raised.at if raised.at in labels else "", say(raised.text, **raised.values)
    at = next((str(part) for part in fault["loc"][:1] if part in labels), "")
    if not at:  # what no form foresees, in the words of the models
        reasons = "; ".join(each["msg"].removeprefix("Value error, ") for each in error.errors())
        return "", say("This cannot be recorded as it stands: {reasons}.", reasons=reasons)
    if fault["type"] == "greater_than_equal":
        return at, say("{field}: {n} at least.", field=labels[at], n=say.whole(ctx["ge"]))
    if fault["type"] == "less_than_equal":
        return at, say("{field}: {n} at most.", field=labels[at], n=say.whole(ctx["le"]))
    return at, say("This does not fit: {field}.", field=labels[at])
