"""The annotated French texts are what their README says: spans that lie in their text, and counts by label."""

from __future__ import annotations

import hashlib
import json
import lzma
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent / "data" / "texts"
HELD_OUT = ["adverts_held", "personal_held", "adverts_held3", "health_held"]
SETS = [
    ("adverts_dev", "criterion"),
    ("adverts_dev2", "criterion"),
    ("adverts_dev3", "criterion"),
    ("adverts_dev4", "criterion"),
    ("health_dev", "entity"),
    ("personal_dev", "entity"),
]
LINES = [("adverts_lines", "criterion"), ("personal_lines", "entity")]
"""Sets of lines as adverts and letters have them, in which some labels are rare."""


def texts(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def told(name: str) -> dict[str, int]:
    """What the README's table of a set says of the texts that lie here, by row."""
    section = (HERE / "README.md").read_text(encoding="utf-8").split(f"`{name}.jsonl`\n")[1].split("\n## ")[0]
    return {row: int(dev) for row, dev in re.findall(r"^\| `?([a-zA-Z_ ]+)`? \| (\d+) \|(?: \d+ \|)?$", section, re.M)}


@pytest.mark.parametrize(("name", "label"), [*SETS, *LINES])
def test_spans_lie_in_their_text_and_are_as_many_as_the_readme_says(name: str, label: str) -> None:
    held = texts(name)
    for text in held:
        for found in text["findings"]:
            span = text["text"][found["start"] : found["end"]]
            assert span == span.strip() != "", text
            assert set(found) == {label, "start", "end"}
        assert text["text"] == text["text"].strip() != ""
        assert text.get("borderline", True) is True
    assert len({text["id"] for text in held}) == len({text["text"] for text in held}) == len(held)
    counts = Counter(found[label] for text in held for found in text["findings"])
    some = [text for text in held if text["findings"]]
    counts["texts"], counts["with a finding"], counts["silent"] = len(held), len(some), len(held) - len(some)
    counts["borderline with"] = sum("borderline" in text for text in some)
    counts["borderline silent"] = sum("borderline" in text for text in held) - counts["borderline with"]
    assert Counter(told(name)) == counts
    if (name, label) in SETS:
        assert min(counts[of] for of in counts if of not in {"borderline with", "borderline silent"}) >= 15


def test_no_advert_lies_in_two_sets_and_all_know_the_same_criteria() -> None:
    sets = [texts(name) for name, label in SETS if label == "criterion"]
    adverts = [text["text"].casefold() for each in [*sets, texts("adverts_lines")] for text in each]
    assert len(adverts) == len(set(adverts))
    criteria = [{found["criterion"] for text in held for found in text["findings"]} for held in sets]
    assert all(each == criteria[0] for each in criteria)


def test_a_hash_stands_for_each_set_that_is_held_out() -> None:
    lines = (HERE / "held_out.sha256").read_text(encoding="utf-8").splitlines()
    assert [line.split("  ")[1] for line in lines] == [f"{name}.jsonl" for name in HELD_OUT]
    for line in lines:
        assert re.fullmatch(r"[0-9a-f]{64}", line.split("  ")[0])
        assert line.split("  ")[0] in (HERE / "README.md").read_text(encoding="utf-8")
    for name, line in zip(HELD_OUT[2:], lines[2:], strict=True):
        kept = lzma.decompress((HERE / f"{name}.jsonl.xz").read_bytes())
        assert hashlib.sha256(kept).hexdigest() == line.split("  ")[0]
    assert sorted(path.name for path in HERE.glob("*.jsonl")) == sorted(f"{name}.jsonl" for name, _ in [*SETS, *LINES])
