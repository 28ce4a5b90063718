"""What every sealed audit must stand: to be computed again, and to be verified by who has its pack alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from boussole.audits.workspace import Workspace
from boussole.charter.auditing.rerun import chosen, rerun
from boussole.charter.pack import HERE, pack_files, write
from boussole.charter.pack.rerun import rerun_pack
from boussole.charter.pack.verifier.main import judge
from boussole.charter.pack.verifier.pack import Judge
from boussole.charter.records import sign_checkpoint, stored_audits

PACKS = {"all": True, "open": False}
"""The pack for auditors bound to secrecy, and the open one: whether each is restricted."""


def confirm(workspace: Workspace, folder: Path, *, packs: Sequence[str] = tuple(PACKS)) -> None:
    """The one audit of a workspace is computed again to the same figures and verdicts, and its packs hold."""
    (again,) = rerun(workspace, chosen(workspace))
    assert again.ok, again
    verify_packs(workspace, folder, packs=packs)


def verify_packs(workspace: Workspace, folder: Path, *, packs: Sequence[str] = tuple(PACKS)) -> None:
    """The packs of the one audit of a workspace hold, and give its figures and verdicts again."""
    (stored,) = stored_audits(workspace)
    for name in packs:
        pack = folder / name
        write(pack_files(workspace, [stored], note=sign_checkpoint(workspace), restricted=PACKS[name]), pack)
        assert judge(pack, Judge(HERE), one_by_one=True) == 0, name
        (again,) = rerun_pack(pack)
        assert (again.differences, again.verdicts > 0) == ((), True), name
