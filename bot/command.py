"""Commands: the closed type that typed words, clicks and forms all become."""

from __future__ import annotations

from bot.model import Frozen, Inputs, Notebook, Options, Platform


class Address(Frozen):
    """A notebook that was named by address or id, and what else the address told.

    Attributes:
        notebook: Platform and id.
        url: The address for people, canonical, without its query.
        title: Words found in the address's slug, for a card's first text.
    """

    notebook: Notebook
    url: str | None = None
    title: str = ""


Target = Address | str
"""What to run: an address, or a name of the catalogue still to be found."""


class RunNotebook(Frozen):
    """`run <notebook> [name=value …] [--flag …]`.

    Attributes:
        target: What to run.
        platform: Only this platform will do (/datalore, /deepnote).
        inputs: As typed: text; a name given several times becomes a tuple.
        literal: The names whose value was quoted, and so is no word for a date.
        options: How.
        dm: Card and results in our DM.
    """

    target: Target
    platform: Platform | None = None
    inputs: Inputs = {}
    literal: frozenset[str] = frozenset()
    options: Options = Options()
    dm: bool = False


class OpenForm(Frozen):
    """`run` with nothing more."""

    platform: Platform | None = None


class ShowStatus(Frozen):
    """`status [<run>]`; no number means the newest run of this channel."""

    run: int | None = None


class ListRuns(Frozen):
    """`runs`."""

    platform: Platform | None = None


class Rerun(Frozen):
    """`rerun <run> [name=value …]`; no number means the newest run of this channel."""

    run: int | None = None
    inputs: Inputs = {}
    literal: frozenset[str] = frozenset()
    dm: bool = False


class Untrack(Frozen):
    """`untrack <run>` or `unfollow <run>`."""

    run: int | None = None


class Track(Frozen):
    """`track <link> [platform's run id]` or `follow …`: watch a run that was started elsewhere."""

    target: Target
    platform: Platform | None = None
    remote_id: str = ""


class ListCatalogue(Frozen):
    """`list [search]`."""

    search: str = ""


class AddEntry(Frozen):
    """`add <name> <link> [name=default …]`; `literal` as in RunNotebook."""

    name: str
    target: Address
    defaults: Inputs = {}
    literal: frozenset[str] = frozenset()


class ShowEntry(Frozen):
    """`show <name>`."""

    name: str


class RemoveEntry(Frozen):
    """`remove <name>`."""

    name: str


class Help(Frozen):
    """`help [verb]`."""

    verb: str = ""


Command = (
    RunNotebook
    | OpenForm
    | ShowStatus
    | ListRuns
    | Rerun
    | Untrack
    | Track
    | ListCatalogue
    | AddEntry
    | ShowEntry
    | RemoveEntry
    | Help
)
