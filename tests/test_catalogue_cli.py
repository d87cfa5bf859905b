"""`threadbook catalogue` as it is typed: a process of its own, a real database, a real terminal to be asked at."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import subprocess
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.model import Changes, Entry, InputSpec, Notebook, Options, Platform
from bot.store.store import Store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ROOT = Path(__file__).parents[1]
HERE, THERE = "T0HERE", "T0THERE"
NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
SECONDS = 60.0
"""How long one command may take: far more than it needs."""


def notebook(number: int) -> Notebook:
    return Notebook(platform=Platform.DEEPNOTE, id=f"{number:032x}")


def entry(number: int) -> Entry:
    """One of many: each has something that the others have not."""
    return Entry(
        name=f"report-{number:03}",
        notebook=notebook(number),
        title=f"Report {number} 📓",
        describe=f"How we did in area {number}" if number % 2 else "",
        owner="U0BEA" if number % 3 else None,
        channels=("C0DATA", "C0SALES")[: number % 3],
        defaults={"region": "NO", "since": "month-start", "weeks": ("1", str(number)), "fresh": number % 2 == 0},
        literal=frozenset({"since"} if number % 5 == 0 else ()),
        specs=(InputSpec(name="region", type="select", options=("EU", "NO")),) if number % 4 else (),
        fixed=Options(readonly=True) if number % 7 == 0 else None,
        one_at_a_time=number % 11 == 0,
        added_by="U0ANA",
    )


class Desk:
    """Somebody at a shell beside the database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"sqlite+aiosqlite:///{folder}/threadbook.db"
        self.file = folder / "catalogue.yml"

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK", "THREADBOOK"))}
        return kept | {"THREADBOOK_DATABASE_URL": self.url, "PYTHONPATH": str(ROOT)} | more

    def types(self, *words: str, stdin: str = "", **environment: str) -> tuple[int, str, str]:
        """Run `threadbook catalogue …` without a terminal: its exit code, what it says, and its complaints."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", "catalogue", *words],
            cwd=self.folder,
            env=self.environment(**environment),
            input=stdin.encode(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
        said, complaints = done.stdout.decode(), done.stderr.decode()
        assert "Traceback" not in complaints, complaints
        return done.returncode, said, complaints

    def answers(self, answer: str, *words: str) -> tuple[int, str]:
        """The same at a terminal, where the question is answered."""
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            [sys.executable, "-m", "bot", "catalogue", *words],
            cwd=self.folder,
            env=self.environment(),
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            os.close(theirs)
            os.write(ours, answer.encode())
            said, _ = process.communicate(timeout=SECONDS)
        os.close(ours)
        return process.returncode, said.decode()

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Store]:
        """The rows, as the bot has them."""
        store = Store(self.url)
        await store.database.migrate()
        try:
            yield store
        finally:
            await store.close()

    async def holds(self, workspace: str = HERE) -> list[Entry]:
        """The catalogue."""
        async with self.store() as store:
            return await store.catalogue.all(workspace)

    async def fill(self, workspace: str, *entries: Entry) -> None:
        """A workspace with these entries."""
        async with self.store() as store:
            await store.delivery.enter_workspace(workspace)
            assert await store.catalogue.replace(workspace, Changes(added=entries), NOON)

    def edit(self, old: str, new: str) -> None:
        """Change the file by hand."""
        text = self.file.read_text(encoding="utf-8")
        assert text.count(old) == 1, text.count(old)
        self.file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


async def test_three_hundred_notebooks_go_out_and_come_in_again(desk: Desk) -> None:
    many = [entry(number) for number in range(300)]
    await desk.fill(HERE, *many)
    assert desk.types("export", "catalogue.yml") == (0, f"300 notebooks of {HERE} written to catalogue.yml.\n", "")
    code, said, _ = desk.types("export")
    assert (code, said) == (0, desk.file.read_text(encoding="utf-8"))

    code, said, complaints = desk.types("import", "catalogue.yml", "--yes")
    assert (code, complaints) == (0, "")
    assert said.startswith("Nothing to change: 300 notebooks")
    assert await desk.holds() == many

    desk.edit("title: Report 17 📓", "title: Sales of the week")
    desk.edit(f"deepnote:{7:032x}", f"deepnote:{7007:032x}")
    desk.edit("  report-299:\n", "  churn:\n    notebook: datalore:bea/churn\n\n  report-299:\n")
    code, said, _ = desk.types("import", "catalogue.yml", "--yes")
    assert code == 0
    assert said.splitlines() == [
        "+ churn",
        "    notebook: https://datalore.jetbrains.com/notebook/bea/churn",
        "~ report-007",
        f"    notebook: deepnote:{7:032x} → deepnote:{7007:032x}",
        "~ report-017",
        "    title: Report 17 📓 → Sales of the week",
        "1 added, 2 changed, 0 removed, 298 as before.",
        f"Applied to the catalogue of {HERE}.",
    ]
    held = {one.name: one for one in await desk.holds()}
    assert held["report-007"] == many[7].model_copy(update={"notebook": notebook(7007)})
    assert held["report-017"] == many[17].model_copy(update={"title": "Sales of the week"})
    assert held["churn"].notebook == Notebook(platform=Platform.DATALORE, id="bea/churn")
    assert len(held) == 301
    assert desk.types("import", "catalogue.yml", "--yes")[1].startswith("Nothing to change: 301 notebooks")


async def test_a_catalogue_moves_to_another_workspace(desk: Desk) -> None:
    await desk.fill(HERE, entry(1), entry(2), entry(5))
    await desk.fill(THERE)
    code, said, complaints = desk.types("export", "catalogue.yml")
    assert (code, said, complaints) == (2, "", f"Which workspace? Say --workspace and one of {HERE}, {THERE}.\n")
    assert desk.types("export", "catalogue.yml", "--workspace", "T0WHERE")[0] == 2
    assert desk.types("export", "catalogue.yml", "--workspace", HERE)[0] == 0
    assert desk.types("import", "catalogue.yml", "--workspace", THERE, "--yes")[0] == 0
    assert await desk.holds(THERE) == [
        one.model_copy(update={"added_by": ""}) for one in (entry(1), entry(2), entry(5))
    ]
    assert len(await desk.holds(HERE)) == 3


async def test_what_the_file_does_not_name_stays_unless_pruned(desk: Desk) -> None:
    await desk.fill(HERE, entry(1), entry(2))
    desk.file.write_text("notebooks: {}\n")
    code, said, _ = desk.types("import", "catalogue.yml", "--yes")
    assert code == 0
    assert said.splitlines()[0] == "Not in the file, and kept (--prune removes): report-001, report-002"
    assert "Nothing to change" in said
    assert len(await desk.holds()) == 2
    code, said, _ = desk.types("import", "catalogue.yml", "--yes", "--prune")
    assert code == 0
    assert said.splitlines()[:2] == [f"- report-001 ({notebook(1)})", f"- report-002 ({notebook(2)})"]
    assert await desk.holds() == []


@pytest.mark.parametrize(
    ("answer", "code", "said", "left"),
    [
        ("y\n", 0, "Applied to the catalogue", 0),
        ("YES\n", 0, "Applied to the catalogue", 0),
        ("n\n", 1, "Nothing was applied.", 1),
        ("\n", 1, "Nothing was applied.", 1),
        ("\x04", 1, "Nothing was applied.", 1),
    ],
)
async def test_at_a_terminal_somebody_is_asked(desk: Desk, answer: str, code: int, said: str, left: int) -> None:
    await desk.fill(HERE, entry(1))
    desk.file.write_text("notebooks: {}\n")
    found, told = desk.answers(answer, "import", "catalogue.yml", "--prune")
    assert (found, said in told, "Apply? [y/N]" in told) == (code, True, True), told
    assert len(await desk.holds()) == left


async def test_without_a_terminal_and_without_yes_nothing_is_applied(desk: Desk) -> None:
    await desk.fill(HERE, entry(1))
    desk.file.write_text("notebooks: {}\n")
    code, said, _ = desk.types("import", "catalogue.yml", "--prune", stdin="y\n")
    assert (code, "nobody is here to be asked. With --yes" in said) == (1, True)
    assert len(await desk.holds()) == 1
    assert desk.types("import", "-", "--prune", "--yes", stdin="notebooks: {}\n")[0] == 0
    assert await desk.holds() == []


async def test_with_one_mistake_nothing_is_applied_and_every_mistake_has_its_line(desk: Desk) -> None:
    await desk.fill(HERE, entry(1))
    desk.file.write_text(
        f"notebooks:\n  good:\n    notebook: {notebook(2)}\n  bad:\n    notebook: nowhere\n    titel: x\n"
    )
    code, said, complaints = desk.types("import", "catalogue.yml", "--yes", "--prune")
    assert (code, said) == (2, "")
    instead = "Write its web address, datalore:<owner>/<id> or deepnote:<id>."
    assert complaints.splitlines() == [
        f"catalogue.yml:5: bad: “nowhere” is no notebook's address. {instead}",
        "catalogue.yml:6: bad: A notebook has no “titel”. Did you mean “title”?",
        "Nothing was applied.",
    ]
    assert await desk.holds() == [entry(1)]


async def test_values_that_look_secret_are_in_the_file_and_not_on_the_terminal(desk: Desk) -> None:
    await desk.fill(HERE, entry(1).model_copy(update={"defaults": {"api_token": "hunter2"}}))
    desk.types("export", "catalogue.yml")
    desk.edit("api_token: hunter2", "api_token: hunter3")
    code, said, complaints = desk.types("import", "catalogue.yml", "--yes")
    assert (code, "    defaults.api_token: •••• → ••••" in said) == (0, True)
    assert "hunter" not in said + complaints
    assert (await desk.holds())[0].defaults == {"api_token": "hunter3"}


async def test_a_file_that_cannot_be_read_is_told_in_words(desk: Desk) -> None:
    await desk.fill(HERE)
    assert desk.types("import", "nowhere.yml") == (2, "", "nowhere.yml can't be read: No such file or directory.\n")
    assert desk.types("import", ".")[2] == ". can't be read: Is a directory.\n"
    desk.file.write_bytes(b"notebooks:\n  a: \xff\n")
    assert desk.types("import", "catalogue.yml")[2].startswith("catalogue.yml:2: This isn't UTF-8.")
    desk.file.write_bytes(b"# " + b"x" * 5_000_000)
    assert "larger than 4 MiB" in desk.types("import", "catalogue.yml")[2]
    assert desk.types("export", "nowhere/catalogue.yml")[:2] == (2, "")


async def test_a_database_that_cannot_be_had_is_told_in_words(desk: Desk) -> None:
    code, said, complaints = desk.types("export")
    assert (code, said, "There is no database" in complaints) == (2, "", True)
    assert list(desk.folder.iterdir()) == []  # and none was made
    (desk.folder / "threadbook.db").write_text("This is no database, but a text that is long enough to be looked at.")
    code, _, complaints = desk.types("export")
    assert (code, "The database can't be opened" in complaints) == (2, True)
    for url in ("nonsense", "sqlite:///threadbook.db", "postgresql+asyncpg://u:pw@127.0.0.1:9/x"):
        code, said, complaints = desk.types("export", THREADBOOK_DATABASE_URL=url)
        assert (code, said, "Check" in complaints or "THREADBOOK_DATABASE_URL" in complaints) == (2, "", True)
        assert "pw" not in complaints


async def test_a_database_that_no_bot_has_used_has_no_catalogue(desk: Desk) -> None:
    async with desk.store():
        pass
    code, _, complaints = desk.types("export")
    assert (code, "no workspace yet" in complaints) == (2, True)


async def test_settings_that_are_wrong_are_named(desk: Desk) -> None:
    code, _, complaints = desk.types("export", DATALORE_URL="nowhere")
    assert (code, "DATALORE_URL" in complaints) == (2, True)


def test_who_reads_only_the_beginning_causes_no_trouble(desk: Desk) -> None:
    asyncio.run(desk.fill(HERE, *(entry(number) for number in range(300))))
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "catalogue", "export"],
        env=desk.environment(),
        cwd=desk.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        complaints = process.stderr.read().decode()
        assert (process.wait(SECONDS), complaints) == (0, "")


async def test_what_was_changed_meanwhile_is_not_overwritten(desk: Desk) -> None:
    before, after = entry(1), entry(1).model_copy(update={"title": "By hand"})
    await desk.fill(HERE, before, entry(2))
    wanted = before.model_copy(update={"title": "By the file"})
    async with desk.store() as store:
        catalogue = store.catalogue
        assert await catalogue.change(HERE, after)
        assert not await catalogue.replace(HERE, Changes(changed=((before, wanted),), removed=(entry(2),)), NOON)
        assert not await catalogue.replace(HERE, Changes(added=(entry(2), entry(3))), NOON)
        assert not await catalogue.replace(HERE, Changes(added=(entry(3),), removed=(entry(4),)), NOON)
        assert await catalogue.all(HERE) == [after, entry(2)]
        await catalogue.gone(HERE, after.notebook, NOON)  # which is no change of anybody's
        assert await catalogue.replace(HERE, Changes(changed=((after, wanted),), removed=(entry(2),)), NOON)
        assert await catalogue.all(HERE) == [wanted.model_copy(update={"gone_since": NOON})]


def test_help_tells_the_exit_codes(desk: Desk) -> None:
    code, said, _ = desk.types("import", "--help")
    assert code == 0
    assert re.search(r"0:\s+applied.*1:\s+changes.*2:\s+a\s+mistake", said, re.DOTALL)
