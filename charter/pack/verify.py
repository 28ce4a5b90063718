"""Verifies an evidence pack, and executes nothing of it. It needs Python 3.9 or later and nothing else.

    python3 -I -S verify.py [PACK] [--key PUBLIC_KEY]… [--checkpoint KEPT_CHECKPOINT]… [--list]

PACK: a folder or its archive; the folder that this file lies in if absent.
Exit code 0: everything holds; 1: something does not; 2: it was not asked properly.
"""

# Nothing stands above this, not even `from __future__`: Python looks for modules in the folder of this file first, and
# that may be a pack that somebody forged.
import sys

ISOLATED = ("-I", "-S", "-B")
"""Options of Python: no folder of a pack, no environment, no packages of this machine, nothing written."""

if __name__ == "__main__" and not (sys.flags.isolated and sys.flags.no_site and sys.flags.dont_write_bytecode):
    if not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
        del sys.path[0]
    sys.path[:] = [place for place in sys.path if place.startswith(sys.base_prefix)]
    import subprocess

    sys.exit(subprocess.call([sys.executable, *ISOLATED, __file__, *sys.argv[1:]]))

from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
NAME = "boussole_verifier"
MODULES = ("tally", "files", "ledger", "pack", "figures", "verdicts", "main")
"""The modules in `verifier/`, each after those that it imports."""


def load() -> ModuleType:
    """The module `main`. Each is compiled from its source: Python looks for none in a folder, or compiled."""
    package = sys.modules[NAME] = ModuleType(NAME)
    package.__path__ = []
    for name in MODULES:
        file = HERE / "verifier" / f"{name}.py"
        module = sys.modules[f"{NAME}.{name}"] = ModuleType(f"{NAME}.{name}")
        module.__package__ = NAME
        exec(compile(file.read_bytes(), str(file), "exec"), module.__dict__)  # noqa: S102 (this is how modules are made)
        setattr(package, name, module)
    return module


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a terminal may not know all signs
    sys.exit(load().main(HERE, sys.argv[1:]))
