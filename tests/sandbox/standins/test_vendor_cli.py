"""Deepnote's own command-line client is the judge: it runs a notebook on the stand-in, and finds its snapshot valid."""

import asyncio
import shutil
import sys
from pathlib import Path

import pytest

from .house import visiting

CLI = shutil.which("deepnote", path=str(Path(sys.executable).parent))


async def deepnote(*words: str) -> tuple[int | None, str]:
    assert CLI is not None
    process = await asyncio.create_subprocess_exec(
        CLI, "--no-color", *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    async with asyncio.timeout(60):
        said, _ = await process.communicate()
    return process.returncode, said.decode()


@pytest.mark.slow
@pytest.mark.skipif(CLI is None, reason="deepnote-cli is not installed")
@pytest.mark.parametrize(("slug", "succeeds"), [("weekly-kpis", True), ("broken", False)])
async def test_the_vendors_client_runs_a_notebook_and_finds_its_snapshot_valid(
    slug: str, succeeds: bool, tmp_path: Path
) -> None:
    async with visiting(snapshot_delay=0.5) as house:
        notebook_id = house.stand_ins.shelf[slug].deepnote_id
        out = tmp_path / f"{slug}.snapshot.deepnote"
        where = ["--url", f"{house.base}/deepnote", "--token", "sandbox", "--out", str(out)]
        status, said = await deepnote("run", "--cloud", "--notebook-id", notebook_id, *where)
        assert (status == 0) is succeeds, said
        assert len((await house.ledger())["starts"]) == 1
    status, said = await deepnote("validate", str(out))
    assert status == 0, said
