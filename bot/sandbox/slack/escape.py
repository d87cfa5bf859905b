"""How Slack turns what people type into what apps get: entities, mentions, channels and links."""

import re
from dataclasses import dataclass

from bot.sandbox.slack.records import Person
from bot.sandbox.slack.workspace import Workspace

_PIECE = re.compile(
    r"(?P<ready><@[UW]\w+>)"
    r"|(?P<link>https?://[^\s<>|]+)"
    r"|(?P<mail>\b[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|(?P<bare>(?<![\w@./:-])(?:[\w-]+\.)+(?:com|org|net|io|dev|app|ai)(?:/[^\s<>|]*)?(?![\w.]))"
    r"|(?<![\w@])@(?P<handle>[\w.-]*\w)"
    r"|(?<![\w#&])#(?P<channel>[\w-]+)"
)
_TRAILING = ".,;:!?)"


def entities(text: str) -> str:
    """The three characters that Slack writes as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@dataclass(frozen=True)
class Escaper:
    """Escapes for one person: only channels that this person can see become links."""

    workspace: Workspace
    person: Person
    labels: bool = True  # slash commands carry `<@U…|ben>`, messages `<@U…>`

    def __call__(self, text: str) -> str:
        """The text as an app gets it."""
        out, at = [], 0
        for piece in _PIECE.finditer(text):
            out += [entities(text[at : piece.start()]), self._replace(piece)]
            at = piece.end()
        return "".join([*out, entities(text[at:])])

    def _replace(self, piece: re.Match[str]) -> str:
        whole = piece.group()
        match piece.lastgroup:
            case "ready":
                return self._ready(whole)
            case "link":
                return _link(whole, "")
            case "bare":
                return _link(whole, "http://")
            case "mail":
                return f"<mailto:{whole}|{whole}>"
            case "handle":
                return self._mention(whole)
            case _:
                return self._channel(whole)

    def _ready(self, whole: str) -> str:
        """A mention that was typed as messages carry it: good in a message, mere text in a command."""
        return whole if not self.labels and whole[2:-1] in self.workspace.people else entities(whole)

    def _mention(self, whole: str) -> str:
        name = whole[1:].lower()
        for person in self.workspace.people.values():
            if name in (person.handle.lower(), person.name.lower()):
                return f"<@{person.id}|{person.handle}>" if self.labels else f"<@{person.id}>"
        for group in self.workspace.groups.values():
            if name == group.handle and not group.disabled:
                return f"<!subteam^{group.id}|@{group.handle}>" if self.labels else f"<!subteam^{group.id}>"
        return entities(whole)

    def _channel(self, whole: str) -> str:
        for channel in self.workspace.channels.values():
            if channel.kind == "im" or channel.name != whole[1:]:
                continue
            if self.workspace.sees(self.person.id, channel):
                # Slack leaves out the names of private channels.
                return f"<#{channel.id}|{channel.name if channel.kind == 'public' else ''}>"
        return entities(whole)


def _link(whole: str, scheme: str) -> str:
    address = whole.rstrip(_TRAILING)
    tail = whole[len(address) :]
    if not scheme:
        return f"<{entities(address)}>{entities(tail)}"
    return f"<{scheme}{entities(address)}|{entities(address)}>{entities(tail)}"
