"""`python -m tests.golden` says what differs from the golden values; `--write` writes them anew."""

from __future__ import annotations

import argparse
import logging
import os
import tempfile
import time
import warnings
from pathlib import Path

from tests.golden.compare import VALUES, decode, differences, encode, summary
from tests.golden.digest import DOCUMENTS, digests
from tests.golden.subjects import NEED_REAL_DATA, REAL_DATA, SUBJECTS, make_values
from tests.golden.volatile import normalise


def main() -> None:
    """Makes the values of each subject, and writes them to a folder or compares them with those that are kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"Some of {', '.join(SUBJECTS)}; else all.")
    parser.add_argument("--write", action="store_true", help="Write the values anew.")
    parser.add_argument("--to", type=Path, default=VALUES, help="Where they are, or are written.")
    options = parser.parse_args()
    if unknown := set(options.subjects) - SUBJECTS.keys():
        parser.error(f"{', '.join(sorted(unknown))}: choose from {', '.join(SUBJECTS)}.")
    asked = options.subjects or [each for each in SUBJECTS if REAL_DATA.is_dir() or each not in NEED_REAL_DATA]
    found: dict[str, list[str]] = {}
    for subject in asked:
        began = time.process_time()
        for name, content in contents(subject).items():
            kept = options.to / name
            old = decode(name, kept.read_bytes()) if kept.exists() else {}
            found[name] = list(differences(old, decode(name, content)))
            if options.write and (found[name] or not kept.exists()):
                options.to.mkdir(parents=True, exist_ok=True)
                kept.write_bytes(content)
        print(f"{subject}: {time.process_time() - began:.0f} s of a core", flush=True)
    print(summary(found) or "Nothing differs.")
    raise SystemExit(0 if options.write or not any(found.values()) else 1)


def contents(subject: str) -> dict[str, bytes]:
    """The files of a subject, made in this process."""
    _isolate()
    from tests.golden.outside import frozen_day

    with tempfile.TemporaryDirectory(prefix="golden-") as folder, frozen_day():
        values = {name: normalise(value) for name, value in make_values(subject, Path(folder) / "made").items()}
    for name in [name for name in values if name.endswith(DOCUMENTS)]:
        values |= digests(name, values[name])
    return {name: encode(name, value) for name, value in values.items()}


def _isolate() -> None:
    """Removes the settings of this machine, and silences warnings of libraries."""
    foreign = {name for name in os.environ if name.startswith(("BOUSSOLE_", "MLFLOW_"))} - {"BOUSSOLE_TEST_DATA"}
    for name in foreign:
        del os.environ[name]
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)


if __name__ == "__main__":
    main()
