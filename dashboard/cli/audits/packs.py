"""`verify PACK`: an evidence pack, judged by the verifier of this Boussole; nothing in the pack is executed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from boussole.audits.errors import BoussoleError

ARCHIVE = b"PK"


def verified(
    path: Path | None, *, keys: Sequence[str], checkpoints: Sequence[Path], one_by_one: bool, others: bool
) -> int | None:
    """Tells what holds of a pack and what does not; the exit code, or None where the path is no pack.

    `others`: whether something else is to be verified too.
    Raises BoussoleError where that is so, or values shall be listed of what is no pack.
    """
    if path is None or not _is_pack(path):
        if one_by_one:
            raise BoussoleError("values are listed of a pack.", next_step="Name its folder or archive before --list.")
        return None
    if others:
        raise BoussoleError("a pack is verified by itself.", next_step="Leave --ledger and --rerun away.")

    from boussole.audits.distribution import own_version
    from boussole.charter.pack import HERE
    from boussole.charter.pack.verifier.main import judge
    from boussole.charter.pack.verifier.pack import Judge

    by = Judge(HERE, f"that of Boussole {own_version()}")
    return judge(path, by, keys=keys, checkpoints=checkpoints, one_by_one=one_by_one)


def _is_pack(path: Path) -> bool:
    """Whether this is a folder or an archive, and so no report."""
    if not path.is_file():
        return path.is_dir()
    with path.open("rb") as file:
        return file.read(len(ARCHIVE)) == ARCHIVE
