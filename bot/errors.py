"""Everything that can go wrong, as one tree.

ThreadbookError
├── UserError                a person can cause it; carries words for that person
│   ├── Mistake              what they typed can't be understood; knows the spot
│   └── Refusal              what they asked for is not theirs to ask
├── PlatformError            Datalore or Deepnote said no, or said nothing
│   ├── Unauthorized         401: our token is refused
│   ├── Forbidden            403: the token may not do this
│   ├── NotFound             404: no such notebook or run, or not shared with us
│   ├── Invalid              400 and other 4xx: the request is wrong, in the platform's words
│   ├── Suspended            409: the project is suspended
│   ├── HardwareUnavailable  Deepnote's documented 500: no machine could be started
│   ├── RateLimited          429: asked too often; knows when to ask again
│   ├── Unavailable          unreachable, time-out, reset, any other 5xx; knows whether anything was sent
│   └── BadReply             an answer that can't be read
└── StoreUnavailable         the database can't be reached or is locked for too long
    └── Unsure               it went away while it committed
"""

from __future__ import annotations


class ThreadbookError(Exception):
    """The root of the tree above."""


class UserError(ThreadbookError):
    """Something that a person can cause.

    Args:
        text: What is wrong, as one plain sentence for that person.
        hint: What to type or do instead.
    """

    def __init__(self, text: str, *, hint: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.hint = hint


class Mistake(UserError):
    """Typed words that can't be understood.

    Args:
        text: What is wrong.
        typed: The words as they were read (after the command itself).
        at: The span of the wrong part in `typed`, in characters: [start, end).
        hint: What to type instead.
    """

    def __init__(self, text: str, *, typed: str = "", at: tuple[int, int] = (0, 0), hint: str = "") -> None:
        super().__init__(text, hint=hint)
        self.typed = typed
        self.at = at


class Refusal(UserError):
    """A rule forbids it; the hint names who can help.

    Args:
        text: The rule.
        hint: Who can help.
        channels: Slack's ids of channels that the text speaks of.
    """

    def __init__(self, text: str, *, hint: str = "", channels: tuple[str, ...] = ()) -> None:
        super().__init__(text, hint=hint)
        self.channels = channels


class PlatformError(ThreadbookError):
    """A platform refused or didn't answer.

    Args:
        message: The platform's own words where it gave any, else ours. Never holds a token.
        status: The HTTP status, or None where there was no answer.
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


class Unauthorized(PlatformError):
    """401."""


class Forbidden(PlatformError):
    """403."""


class NotFound(PlatformError):
    """404, and Deepnote's 400 `Notebook not found`."""


class Invalid(PlatformError):
    """400 and the 4xx that have no class of their own."""


class Suspended(PlatformError):
    """409: the project is suspended."""


class HardwareUnavailable(PlatformError):
    """Deepnote: POST /v2/runs answered its documented 500, so nothing runs."""


class RateLimited(PlatformError):
    """429.

    Args:
        retry_after: Seconds to wait, or None where the platform didn't say.
    """

    def __init__(self, message: str, *, retry_after: float | None = None, status: int | None = 429) -> None:
        super().__init__(message, status=status)
        self.retry_after = retry_after


class Unavailable(PlatformError):
    """No answer, or a 5xx.

    Args:
        sent: False only where the request certainly never left (refused connection, unknown host,
            failed TLS handshake): then nothing can have been started by it.
        retry_after: Seconds to wait, where the platform said so.
    """

    def __init__(
        self, message: str, *, sent: bool, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message, status=status)
        self.sent = sent
        self.retry_after = retry_after


class BadReply(PlatformError):
    """An answer that isn't what the contract says: not JSON, no run id, too large."""


class StoreUnavailable(ThreadbookError):
    """The database can't be reached, or stays locked."""


class Unusable(StoreUnavailable):
    """What the address leads to is no database that we can use, and won't be by itself."""


class Unsure(StoreUnavailable):
    """The database went away while it committed: what was written may be there or not."""
