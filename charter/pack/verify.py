"""Verifies the evidence pack that this file lies in. It needs Python 3.9 or later and nothing else.

    python3 -I -S verify.py [--key PUBLIC_KEY]… [--checkpoint KEPT_CHECKPOINT]

Exit code 0: everything holds; 1: something does not; 2: it was not asked properly.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True  # nothing is added to the pack
sys.path.insert(0, str(HERE))

from verifier.main import main  # type: ignore[import-not-found]  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(HERE, sys.argv[1:]))
