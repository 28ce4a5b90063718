"""Stable names of measures within the characters that MLflow allows: letters, digits, `_ - . / :` and spaces."""

from __future__ import annotations

import hashlib
import re

from boussole.charter.document import MeasureDocument

PREFIX = "boussole/"
LONGEST = 250


def metric_name(measure: MeasureDocument) -> str:
    """The name of a measure: `boussole/METRIC`, then `.ATTRIBUTE` and, for one group, `.VALUE`.

    Of a value, letters, digits, `_` and `-` stay; any other character is written as a dot and two hexadecimal
    digits for each of its bytes in UTF-8. Different measures have different names; a name over 250 characters ends
    in a hash.

    >>> from boussole.audits.measures import Measure
    >>> from boussole.charter.document.measures import measures_of
    >>> whole = Measure(metric="selection_rate", value=0.5)
    >>> ratio = Measure(metric="selection_rate_ratio", by=("gender", "age"), group=("F", "50+"), value=0.9)
    >>> [metric_name(each) for each in measures_of([whole, ratio])]
    ['boussole/selection_rate', 'boussole/selection_rate_ratio.gender.F.age.50.2B']
    """
    group = measure.group
    parts = [name if group is None else f"{name}.{escaped(group[name])}" for name in measure.by]
    full = PREFIX + ".".join([measure.metric, *parts])
    if len(full) <= LONGEST:
        return full
    return f"{full[: LONGEST - 9].rstrip('.')}-{hashlib.sha256(full.encode()).hexdigest()[:8]}"


def escaped(value: str) -> str:
    """A value without any character that MLflow refuses.

    >>> escaped("<25"), escaped("Île-de-France"), escaped("a.b")
    ('.3C25', 'Île-de-France', 'a.2Eb')
    """
    return re.sub(r"[^\w-]", lambda found: "".join(f".{byte:02X}" for byte in found[0].encode()), value)
