"""Commands: the closed type that typed words, clicks and forms all become."""

from __future__ import annotations

from bot.model import Frozen, Inputs, InputSpec, Notebook, Options, Platform


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
        anyway: Although the same notebook is under way with the same inputs.
        channel: Where the card goes, as Slack's channel id; only forms say so, and None means where it was asked for.
        whole: The inputs are all that it is run with: the catalogue's values don't go under them. Only forms say so.
    """

    target: Target
    platform: Platform | None = None
    inputs: Inputs = {}
    literal: frozenset[str] = frozenset()
    options: Options = Options()
    dm: bool = False
    anyway: bool = False
    channel: str | None = None
    whole: bool = False


class OpenForm(Frozen):
    """`run` with nothing more."""

    platform: Platform | None = None


class ShowStatus(Frozen):
    """`status [<run>]`; no number means the newest run of this channel."""

    run: int | None = None


class ListRuns(Frozen):
    """`runs [--mine] [--failed] [notebook]`.

    Attributes:
        platform: Only runs on this platform.
        mine: Only those that the caller asked for.
        failed: Only those that failed.
        target: Only runs of this notebook.
        page: From 1, the newest runs; buttons say which.
        newest: The number that was the newest on the first page: runs that come meanwhile don't move those after it.
    """

    platform: Platform | None = None
    mine: bool = False
    failed: bool = False
    target: Target | None = None
    page: int = 1
    newest: int | None = None


class Rerun(Frozen):
    """`rerun <run> [name=value …]`; no number means the newest run of this channel; the rest as in RunNotebook."""

    run: int | None = None
    inputs: Inputs = {}
    literal: frozenset[str] = frozenset()
    dm: bool = False
    anyway: bool = False


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


class EntryDetails(Frozen):
    """What is said of an entry beside its name, notebook and defaults; None means that nothing was said of it.

    Attributes:
        specs: Inputs declared, each by its own name; those that an entry has under other names stay.
        describe: What it answers; "" takes the description away.
        owner: Slack's user id of whom to ask about it; "" means nobody.
        channels: Where it may be run, as Slack's channel ids; none at all means everywhere.
        fixed: How it is always run.
        any_options: Nothing is fixed any more; never together with `fixed`.
        one_at_a_time: Whether a second run is refused while one is under way.
        when_changed: Whether results are posted only where something differs from the last success.
    """

    specs: tuple[InputSpec, ...] = ()
    describe: str | None = None
    owner: str | None = None
    channels: tuple[str, ...] | None = None
    fixed: Options | None = None
    any_options: bool = False
    one_at_a_time: bool | None = None
    when_changed: bool | None = None


class AddEntry(Frozen):
    """`add <name> <link> [name=default …] [--flag …]`; `literal` as in RunNotebook."""

    name: str
    target: Address
    defaults: Inputs = {}
    literal: frozenset[str] = frozenset()
    details: EntryDetails = EntryDetails()


class OpenAdding(Frozen):
    """`add` with nothing more."""


class AddChosen(Frozen):
    """Notebooks chosen from a list; each is called `name` where it is the only one, else after its title.

    Attributes:
        targets: What was chosen, with titles; an address twice counts once.
        name: As people type it, folded; empty where it is to be made.
        details: What is said of all of them.
    """

    targets: tuple[Address, ...]
    name: str = ""
    details: EntryDetails = EntryDetails()


class EditEntry(Frozen):
    """`edit <name> [<new link>] [name=default …] [--flag …]`: what isn't named stays as it was.

    Attributes:
        name: As people type it, folded.
        target: The notebook it is to name from now on; None leaves that as it is.
        defaults: Values to start from, each by its name; those under other names stay.
        literal: As in RunNotebook, of `defaults`.
        unset: Names of defaults and declared inputs to drop; never one of those given here.
        details: What else changes.
    """

    name: str
    target: Address | None = None
    defaults: Inputs = {}
    literal: frozenset[str] = frozenset()
    unset: frozenset[str] = frozenset()
    details: EntryDetails = EntryDetails()


class ShowEntry(Frozen):
    """`show <name>`."""

    name: str


class RemoveEntry(Frozen):
    """`remove <name>`."""

    name: str


class SetUnfurl(Frozen):
    """`unfurl on` or `unfurl off`: whether addresses of notebooks unfurl in this channel."""

    on: bool


class TellMeToo(Frozen):
    """A click: mention me as well when this run has ended."""

    run: int


class AskOwner(Frozen):
    """A click: mention the notebook's owner in this failed run's thread."""

    run: int


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
    | OpenAdding
    | AddChosen
    | EditEntry
    | ShowEntry
    | RemoveEntry
    | SetUnfurl
    | TellMeToo
    | AskOwner
    | Help
)
