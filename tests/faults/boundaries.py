"""Every boundary between two effects, in the order in which a run meets them.

`before`: the effect was under way and hasn't happened. `after`: it has happened, and whoever caused it doesn't know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from tests.faults.kernels import ANSWER

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.gate import Call

Platform = Literal["datalore", "deepnote"]
Doubt = Literal["none", "not started", "started"]
Repeats = Literal["", "card", "post"]
Story = Literal["answers", "barred", "untracked"]
"""It answers; its channel is one that the bot isn't in; who asked no longer wants it tracked."""
PLATFORMS: Final[tuple[Platform, ...]] = ("datalore", "deepnote")


@dataclass(frozen=True)
class Boundary:
    """One boundary.

    Attributes:
        name: The effect, and on which side of it.
        point: Inside: where in `points`, and when.
        call: Outside: which call, on either platform.
        acked: Outside: when Slack has the ack.
        mentioned: Whether it is asked for by a mention, which Bolt would acknowledge before anybody has looked at it.
        before: Outside: whether the call isn't carried out.
        doubt: What the process that is killed leaves unknown of the start; and what is true.
        repeats: What may come twice, as Slack's answer to it is lost. The card may be under way before the ack is.
        from_running: Whether it is met only once the run is known to be running, however often before.
        second: Whether it is met by whoever takes over from a process that was killed before.
        loses: Whether the platform's answer to the start is lost besides.
        only: On this platform alone.
        alone: Whether Slack refuses the first files together, so that they go one by one.
        story: What becomes of the run.
    """

    name: str
    point: tuple[str, str] | None = None
    call: Callable[[Call], bool] | None = None
    acked: bool = False
    mentioned: bool = False
    before: bool = False
    doubt: Doubt = "none"
    repeats: Repeats = ""
    from_running: bool = False
    second: bool = False
    loses: bool = False
    only: Platform | None = None
    alone: bool = False
    story: Story = "answers"

    def ends(self, platform: Platform) -> str:
        """The state in which the run must end. Datalore has no list in which a start could be found."""
        if self.story != "answers":
            return "rejected" if self.story == "barred" else "untracked"
        if self.doubt == "none" or (self.doubt == "started" and platform == "deepnote"):
            return "succeeded"
        return "unclear"

    @property
    def amid(self) -> bool:
        """Whether it is met in the middle of the run, which then must not end before."""
        return self.story == "untracked" or (
            self.point is not None and self.point[0] in {"beat", "declared", "claimed"}
        )

    @property
    def starts(self) -> int:
        """How often the notebook is started."""
        return 0 if self.doubt == "not started" or self.story == "barred" else 1


def _slack(method: str, fits: Callable[[Call], bool] = lambda _: True) -> Callable[[Call], bool]:
    return lambda call: call.does == f"POST /slack/api/{method}" and fits(call)


def _card(call: Call) -> bool:
    return "thread_ts" not in call.given


def _closing(call: Call) -> bool:
    return not _card(call) and "<@" in call.given["text"]


def _report(call: Call) -> bool:
    return not _card(call) and not _closing(call) and ANSWER in call.body


def _news(call: Call) -> bool:
    return not _card(call) and not _closing(call) and not _report(call)


def _final(call: Call) -> bool:
    return "Succeeded" in call.body


def _start(call: Call) -> bool:
    return call.does in ("POST /datalore/api/run/v1/notebook", "POST /deepnote/v2/runs")


def is_look(call: Call) -> bool:
    """Whether it asks how a run goes."""
    return call.does.startswith(("GET /datalore/api/run/v1/", "GET /deepnote/v2/runs/"))


def _list(call: Call) -> bool:
    return call.does.startswith("GET /deepnote/v2/notebooks/") and call.does.endswith("/runs")


def _told_alone(call: Call) -> bool:
    return call.does.startswith("POST /slack/commands/")


def _upload(call: Call) -> bool:
    return call.does.startswith("POST /slack/upload/")


def _around(
    name: str, call: Callable[[Call], bool], *, repeats: Repeats = "", story: Story = "answers"
) -> list[Boundary]:
    """Both sides of a call to the outside."""
    return [
        Boundary(f"{name}, before", call=call, before=True, story=story),
        Boundary(f"{name}, answer lost", call=call, repeats=repeats, story=story),
    ]


def _inside(name: str, point: str, *, repeats: Repeats = "", doubt: Doubt = "none", **more: Any) -> list[Boundary]:
    """Both sides of a commit; what `repeats` and `doubt` say holds before it."""
    return [
        Boundary(f"{name}, before", (point, "before"), repeats=repeats, doubt=doubt, **more),
        Boundary(f"{name}, after", (point, "after"), **more),
    ]


BOUNDARIES: Final[list[Boundary]] = [
    *_inside("row saved", "request"),
    Boundary("ack sent", acked=True, repeats="card"),
    Boundary("ack sent (mention)", acked=True, mentioned=True, repeats="card"),
    *_around("card posted", _slack("chat.postMessage", _card), repeats="card"),
    *_inside("card noted", "carded", repeats="card"),
    Boundary("submitting committed, before", ("submitting", "before")),
    Boundary("submitting committed, after", ("submitting", "after"), doubt="not started"),
    Boundary("POST sent, before it arrives", call=_start, before=True, doubt="not started"),
    Boundary("POST sent, reply lost", call=_start, doubt="started"),
    Boundary("reply lost, list asked for", call=_list, before=True, doubt="started", loses=True, only="deepnote"),
    Boundary("reply lost, list answered", call=_list, doubt="started", loses=True, only="deepnote"),
    Boundary("run adopted, before", ("adopted", "before"), doubt="started", loses=True, only="deepnote"),
    Boundary("run adopted, after", ("adopted", "after"), doubt="started", loses=True, only="deepnote"),
    Boundary("doubt committed, before", ("unclear", "before"), doubt="started", loses=True, only="datalore"),
    Boundary("doubt committed, after", ("unclear", "after"), doubt="started", loses=True, only="datalore"),
    *_inside("id saved", "id", doubt="started"),
    *_around("look", is_look),
    *_inside("change committed (running)", "running"),
    *_around("card edited (running)", _slack("chat.update", lambda call: "Running since" in call.body)),
    *_around("thread post (news)", _slack("chat.postMessage", _news), repeats="post"),
    *_inside("news noted", "news", repeats="post"),
    *_inside("shown noted (running)", "shown running"),
    *_inside("heartbeat stopped", "beat", from_running=True),
    *_inside("declared dead", "declared", from_running=True, second=True),
    *_inside("runs claimed", "claimed", from_running=True, second=True),
    *_inside("change committed (ended)", "ended"),
    *_inside("results committed", "settled"),
    *_around("card edited (final)", _slack("chat.update", _final)),
    *_around("thread post (results)", _slack("chat.postMessage", _report), repeats="post"),
    *_inside("results noted", "report", repeats="post"),
    *_around("upload (address)", _slack("files.getUploadURLExternal")),
    *_around("upload (bytes)", _upload),
    *_around("upload (completed)", _slack("files.completeUploadExternal"), repeats="post"),
    *_inside("upload noted", "file", repeats="post"),
    Boundary(
        "file alone (completed), answer lost",
        call=_slack("files.completeUploadExternal"),
        repeats="post",
        alone=True,
    ),
    Boundary("file alone noted, before", ("alone", "before"), repeats="post", alone=True),
    Boundary("file alone noted, after", ("alone", "after"), alone=True),
    *_around("thread post (closing line)", _slack("chat.postMessage", _closing), repeats="post"),
    *_inside("closing line noted", "closed", repeats="post"),
    *_inside("shown noted (final)", "shown ended"),
    *_around("card refused", _slack("chat.postMessage", _card), story="barred"),
    *_inside("refusal noted", "refused", story="barred"),
    *_inside("change committed (rejected)", "rejected", story="barred"),
    *_around("told alone", _told_alone, repeats="post", story="barred"),
    *_inside("told alone, noted", "closed", repeats="post", story="barred"),
    *_inside("untracking saved", "untracking", from_running=True, story="untracked"),
    *_inside("change committed (untracked)", "untracked", from_running=True, story="untracked"),
]
