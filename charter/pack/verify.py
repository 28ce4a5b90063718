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

import importlib
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
NAME = "boussole_verifier"


class Modules:
    """Finds the modules in `verifier/`, under a name of their own, and compiles their sources.

    No folder is added to those that Python looks for modules in, and no compiled file is read.
    """

    def find_spec(self, name: str, *_: object) -> "ModuleSpec | None":
        """What Python asks of each module that it imports."""
        if name.partition(".")[0] != NAME:
            return None
        file = self._file(name)
        return spec_from_loader(name, self, origin=str(file), is_package=file.name == "__init__.py")  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        """Python makes it as usual."""

    def exec_module(self, module: ModuleType) -> None:
        """Executes the source of a module."""
        file = self._file(module.__name__)
        exec(compile(file.read_bytes(), str(file), "exec"), module.__dict__)  # noqa: S102 (this is how modules are made)

    def _file(self, name: str) -> Path:
        place = HERE.joinpath("verifier", *name.split(".")[1:])
        return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


if __name__ == "__main__":
    sys.meta_path.insert(0, Modules())
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a terminal may not know all signs
    sys.exit(importlib.import_module(f"{NAME}.main").main(HERE, sys.argv[1:]))
