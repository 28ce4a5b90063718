"""The rule over endings of titles, compared with pairs of the French occupational classification (ROME).

`python -m benchmarks.titles FILE` reads `code|Masculine / Feminine …` lines, as its appellations are published.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from pathlib import Path

from boussole.audits.texts.normal import normalise
from boussole.audits.texts.titles import gender_of


def held(lines: list[str]) -> Counter[str]:
    """How many words of pairs get their own gender, the other one, or none."""
    found = Counter[str]()
    for line in lines:
        pair = re.fullmatch(r"(\S+) / (\S+)(?: .*)?", line.partition("|")[2])
        if pair is None or pair[1] == pair[2]:
            continue
        for word, gender in zip(pair.groups(), ("masculine", "feminine"), strict=True):
            said = gender_of(normalise(word).text.decode())
            found["unsaid" if said is None else "right" if said == gender else "wrong"] += 1
    return found


def main() -> None:
    """Prints the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    found = held(parser.parse_args().file.read_text(encoding="utf-8").splitlines()[1:])
    total = found.total()
    print(", ".join(f"{name} {n:,} ({n / total:.1%})" for name, n in found.most_common()))


if __name__ == "__main__":
    main()
