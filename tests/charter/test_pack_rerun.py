"""Packs computed again with the product: figures from evidence, verdicts from figures, and what it says of each."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.pack import HERE, pack_files, write
from boussole.charter.pack import rerun as rerunning
from boussole.charter.pack.rerun import rerun_pack
from boussole.charter.pack.verifier.main import judge
from boussole.charter.pack.verifier.pack import Judge
from boussole.charter.records import save_audit, sign_checkpoint, stored_audits
from boussole.dashboard.cli.verifying import verified
from tests.attacks import Tries


@pytest.fixture
def workspace(audited_offers: Callable[..., Workspace], tmp_path: Path) -> Workspace:
    return audited_offers(tmp_path / "w")


def packed(workspace: Workspace, folder: Path, *, restricted: bool, last: int = 0) -> Path:
    audits = stored_audits(workspace)[-last:]
    write(pack_files(workspace, audits, note=sign_checkpoint(workspace), restricted=restricted), folder)
    return folder


@pytest.mark.costly
@pytest.mark.parametrize("restricted", [True, False], ids=["restricted", "open"])
def test_the_audits_of_a_pack_are_computed_again(workspace: Workspace, tmp_path: Path, restricted: bool) -> None:
    """From a folder and from its archive; of an open pack no figure, as it holds no evidence."""
    folder = packed(workspace, tmp_path / "p", restricted=restricted)
    documents = [each.document() for each in stored_audits(workspace)]
    for place in (folder, folder.with_name("p.zip")):
        found = list(rerun_pack(place))
        assert [each.differences for each in found] == [()] * len(documents)
        assert [each.verdicts + each.left for each in found] == [len(each.verdicts) for each in documents]
        assert all(each.from_evidence == restricted for each in found)
        assert [each.measures for each in found] == [len(each.measures) for each in documents]
        assert min(each.verdicts for each in found) >= 10


def lie(workspace: Workspace, change: Callable[[dict[str, Any]], None]) -> None:
    """Seals a document that the evidence does not give, as whoever owns the ledger can."""
    document = stored_audits(workspace)[0].document().written()
    change(document)
    save_audit(workspace, document)


def _interval(document: dict[str, Any]) -> None:
    found = next(each for each in document["measures"] if each["interval"] and each["metric"] == "auc")
    found["interval"]["low"] -= 0.01


def _figure(document: dict[str, Any]) -> None:
    document["measures"] = [each for each in document["measures"] if each["metric"] != "auc"]


def _more(document: dict[str, Any]) -> None:
    (found,) = (each for each in document["measures"] if each["id"] == "auc")
    document["measures"].append({**found, "id": "auc/x=1", "by": ["x"], "group": {"x": "1"}})


LIES = {"interval": _interval, "figure left out": _figure, "figure more": _more}


@pytest.mark.costly
@pytest.mark.attack("evidence pack", "documents sealed by the owner of the ledger that the evidence does not give")
@pytest.mark.parametrize("change", LIES.values(), ids=LIES)
def test_what_only_the_evidence_can_refute_is_found(
    workspace: Workspace, tmp_path: Path, tries: Tries, change: Callable[[dict[str, Any]], None]
) -> None:
    """The verifier finds it as sealed; computing it again from a restricted pack does not."""
    lie(workspace, change)
    folder = packed(workspace, tmp_path / "p", restricted=True, last=1)
    assert judge(folder, Judge(HERE)) == 0
    (found,) = rerun_pack(folder)
    assert "auc" in {each.of.split("/")[0] for each in found.differences}
    tries.add()
    assert run(folder, recompute=False) == 0
    assert run(folder, recompute=True) == 1


@pytest.mark.costly
@pytest.mark.attack("evidence pack", "verdicts and sentences sealed that the figures of an open pack do not give")
def test_verdicts_of_an_open_pack_are_judged_from_its_figures(
    workspace: Workspace, tmp_path: Path, tries: Tries
) -> None:
    def change(document: dict[str, Any]) -> None:
        (verdict,) = (each for each in document["verdicts"] if each["indicator"] == "selection_rate_ratio_gender")
        verdict["sentence"]["en"] = "Yes. All is well."

    lie(workspace, change)
    (found,) = rerun_pack(packed(workspace, tmp_path / "p", restricted=False, last=1))
    assert [each.key for each in found.differences] == ["sentence.en"]
    tries.add()


def run(folder: Path, *, recompute: bool) -> int | None:
    return verified(folder, keys=[], checkpoints=[], one_by_one=False, recompute=recompute, others=False)


@pytest.mark.costly
def test_the_command_says_what_it_computed_and_what_it_did_not(
    command: Callable[..., Any], workspace: Workspace, tmp_path: Path
) -> None:
    folder = packed(workspace, tmp_path / "p", restricted=False)
    done = command("verify", folder, "--rerun")
    assert done.returncode == 0, done.stderr
    assert re.search(r"offers 2026-01-01/2026-01-31: \d+ measures taken as they are stated; \d+ verdicts", done.stderr)
    assert "Computed again: all 2 audits as stored." in done.stderr
    assert "Everything that was checked holds" in done.stdout
    refused = command("verify", folder, "--rerun", "--system", "offers")
    assert (refused.returncode, "Leave --ledger, --system" in refused.stderr) == (2, True)


@pytest.mark.costly
@pytest.mark.attack("evidence pack", "a pack that does not hold, computed again all the same")
def test_a_pack_that_does_not_hold_is_not_computed(
    command: Callable[..., Any], workspace: Workspace, tmp_path: Path
) -> None:
    folder = packed(workspace, tmp_path / "p", restricted=True)
    next((folder / "rows").glob("*.parquet")).write_bytes(b"no longer")
    done = command("verify", folder, "--rerun")
    assert (done.returncode, "Nothing was computed again" in done.stderr) == (1, True)


@pytest.mark.costly
def test_other_code_is_named_with_the_way_to_get_it(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A difference could come from the code alone: so nothing is compared, and nothing is said to be the same."""
    folder = packed(workspace, tmp_path / "p", restricted=True)
    monkeypatch.setattr(rerunning, "code_hash", lambda: "0" * 64)
    with pytest.raises(BoussoleError, match="not the installed one") as error:
        list(rerun_pack(folder))
    assert "uv run --isolated" in (error.value.next_step or "")
    assert "--with-requirements requirements.lock" in (error.value.next_step or "")
    lie(workspace, lambda document: document.update(code=f"sha256:{'1' * 64}"))
    with pytest.raises(BoussoleError, match="neither installed nor listed"):
        list(rerun_pack(packed(workspace, tmp_path / "unlisted", restricted=True)))
