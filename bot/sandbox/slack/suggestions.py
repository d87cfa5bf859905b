"""What an external select offers for what was typed: asked of the app, checked, and remembered as offered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack.blocks import suggestions
from bot.sandbox.slack.delivery import Post
from bot.sandbox.slack.records import Held, Json
from bot.sandbox.slack.values import options_of
from bot.sandbox.slack.view_content import completed

_SHORTEST = 3  # characters, unless the element says otherwise
_MOST_REMEMBERED = 2_000  # options of one element


@dataclass(frozen=True)
class Suggested:
    """What the person sees under the field: options or groups of them, or why there are none."""

    options: tuple[Json, ...] = ()
    groups: tuple[Json, ...] = ()
    error: str | None = None

    @property
    def all(self) -> list[Json]:
        """Every option, those of the groups included."""
        return options_of({"options": list(self.options), "option_groups": list(self.groups)})

    @property
    def words(self) -> list[str]:
        """What the options show."""
        return [each["text"]["text"] for each in self.all]

    def as_json(self) -> Json:
        """For the page."""
        shown: Json = {"option_groups": list(self.groups)} if self.groups else {"options": list(self.options)}
        return shown | ({"error": self.error} if self.error else {})


async def ask(post: Post, held: Held, found: tuple[str, Json], typed: str, payload: Callable[[], Json]) -> Suggested:
    """Ask the app for options, unless too little was typed; `payload` makes the block_suggestion."""
    block_id, element = found
    if not element["type"].endswith("external_select"):
        return Suggested(error="not_external")
    if len(typed) < element.get("min_query_length", _SHORTEST):
        return Suggested()
    ack = await post.deliver("interactive", payload())
    wrong: list[str] = []
    if ack.error is None:
        suggestions(ack.payload, "", wrong)
    if ack.error is not None or wrong:
        ack.blame("; ".join(wrong))
        return Suggested(error="Something went wrong while loading options.")
    answer = _answer(ack.payload)
    told = held.offered.setdefault((block_id, element["action_id"]), {})
    told.update((each["value"], each) for each in answer.all)
    for value in list(told)[: max(0, len(told) - _MOST_REMEMBERED)]:
        del told[value]
    return answer


def _answer(sent: Any) -> Suggested:
    return Suggested(tuple(completed(sent.get("options", []))), tuple(completed(sent.get("option_groups", []))))
