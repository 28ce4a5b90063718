"""The plain texts that people read in a review: the answer to each question, and which figures are suppressed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

DOCUMENTS = ".documents.json.gz"
P_VALUES = ("p_watch", "p_breach", "p_kept", "p", "p_adjusted")


def digests(name: str, documents: Mapping[str, Any]) -> dict[str, dict[str, list[str]]]:
    """The plain texts made from a file of documents, by file name."""
    subject = name.removesuffix(DOCUMENTS)
    return {
        f"{subject}.verdicts.txt": {of: list(_verdicts(each)) for of, each in documents.items()},
        f"{subject}.suppressed.txt": {of: list(_suppressed(each)) for of, each in documents.items()},
    }


def _verdicts(document: Mapping[str, Any]) -> Iterator[str]:
    """The verdict, reason and sentences of each question, and the verdict and p-values of each comparison."""
    for each in document["verdicts"]:
        reason = each.get("reason") or "no reason"
        yield f"{each.get('number') or '-'} {each['indicator']}: {each['verdict']} ({reason})"
        for lang, sentence in sorted(each["sentence"].items()):
            yield f"    {lang}: {' '.join(sentence.split())}"
        for one in each.get("comparisons") or ():
            told = [f"{key} {one[key]:.6g}" for key in P_VALUES if isinstance(one.get(key), int | float)]
            why = f" ({one['reason']})" if one.get("reason") else ""
            against = f" against {one['against']}" if one.get("against") else ""
            yield f"    {one['measure']}{against}: {one['verdict']}{why} {' '.join(told)}".rstrip()


def _suppressed(document: Mapping[str, Any]) -> Iterator[str]:
    """The figures that are suppressed to protect small groups, sorted."""
    hidden = [each for each in document["measures"] if each["status"] == "suppressed"]
    return iter(sorted(f"{each['id']} ({each['reason']})" for each in hidden))
