import nbformat
import pytest
from nbformat import NotebookNode

from bot.sandbox import ipynb
from bot.sandbox.shelf import Notebook, Shelf

from .house import notebook

EVERY_KIND = {
    "input-text",
    "input-textarea",
    "input-select",
    "input-checkbox",
    "input-date",
    "input-date-range",
    "input-slider",
    "input-file",
}


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def test_three_notebooks_are_shipped(shelf: Shelf) -> None:
    assert {one.slug for one in shelf} == {"weekly-kpis", "slow-train", "broken"}


def test_weekly_kpis_has_an_input_of_every_kind_and_both_kinds_of_select(shelf: Shelf) -> None:
    inputs = shelf["weekly-kpis"].inputs
    assert {one.kind for one in inputs.values()} == EVERY_KIND
    assert {one.multiple for one in inputs.values() if one.kind == "input-select"} == {True, False}
    assert (inputs["region"].options, inputs["region"].value) == (("EU", "US", "APAC"), "EU")
    assert (inputs["weeks"].low, inputs["weeks"].high, inputs["weeks"].step) == (4, 26, 1)


def test_shipped_notebooks_also_run_in_plain_jupyter_because_their_input_cells_assign(shelf: Shelf) -> None:
    for one in shelf:
        for block in one.blocks:
            if block.input is not None:
                assert block.source == block.input.assignment(block.input.value)


def test_a_copy_with_its_inputs_is_a_valid_notebook(shelf: Shelf) -> None:
    kpis = shelf["weekly-kpis"]
    copy = kpis.document(block.cell({"region": "US"}) for block in kpis.blocks)
    nbformat.validate(copy)
    assert 'region = "US"' in [cell.source for cell in ipynb.read(ipynb.written(copy).decode()).cells]


def test_the_fourth_block_of_broken_loads_the_orders(shelf: Shelf) -> None:
    assert shelf["broken"].blocks[3].source.startswith("# Load orders\n")


def test_ids_are_the_same_on_every_start() -> None:
    def ids(one: Notebook) -> tuple[str, ...]:
        return (one.deepnote_id, one.project_id, one.datalore_id, *(block.id for block in one.blocks))

    first, second = Shelf(shipped=False), Shelf(shipped=False)
    assert ids(first.add("mine", notebook("1"))) == ids(second.add("mine", notebook("1")))


def test_a_notebook_is_found_by_exactly_its_ids_on_both_platforms(shelf: Shelf) -> None:
    one = shelf["weekly-kpis"]
    assert shelf.on_deepnote(one.deepnote_id) is one
    assert shelf.on_deepnote(one.deepnote_id.upper()) is None
    assert shelf.on_datalore("ana/weekly-kpis") is one
    assert shelf.on_datalore("ben/weekly-kpis") is None


def test_notebooks_of_other_directories_join_the_shelf(tmp_path_factory: pytest.TempPathFactory) -> None:
    directory = tmp_path_factory.mktemp("mine")
    (directory / "churn.ipynb").write_bytes(ipynb.written(notebook("# Churn", "1 + 1")))
    churn = Shelf([directory])["churn"]
    assert (churn.name, churn.datalore_id, len(churn.blocks)) == ("churn", "ana/churn", 2)


def test_a_file_that_is_no_notebook_is_refused(shelf: Shelf) -> None:
    with pytest.raises(ValueError):
        shelf.add("nonsense", "[1, 2]")


def test_a_notebook_may_be_shared_for_viewing_only(shelf: Shelf) -> None:
    seen: NotebookNode = notebook("1")
    seen.metadata["threadbook_sandbox"] = {"owner": "cleo", "view_only": True}
    assert shelf.add("seen", seen).view_only
    assert shelf["seen"].datalore_id == "cleo/seen"
