"""What a person sees at once of what they did: nothing, or Slack's words for what went wrong."""

from dataclasses import dataclass, field

from bot.sandbox.slack.records import Json
from bot.sandbox.slack.views import View


@dataclass(frozen=True)
class Outcome:
    """What the person sees at once: nothing, or an error with Slack's words."""

    ok: bool = True
    error: str | None = None
    text: str | None = None

    def as_json(self) -> Json:
        """For the page."""
        shown = {"ok": self.ok, "error": self.error, "text": self.text}
        return {key: value for key, value in shown.items() if value is not None}


@dataclass(frozen=True)
class Submitted(Outcome):
    """What became of a modal that was submitted.

    `response_action` is close, clear, errors, update or push; `errors` are words by block_id; `view` is what is
    shown in the place of the submitted one, or over it.
    """

    response_action: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
    view: View | None = None

    def as_json(self) -> Json:
        """For the page."""
        more = {
            "response_action": self.response_action,
            "errors": self.errors or None,
            "view": self.view.as_view() if self.view is not None else None,
        }
        return super().as_json() | {key: value for key, value in more.items() if value is not None}


def refused(error: str, text: str) -> Outcome:
    """The act had no effect, and only this person is told."""
    return Outcome(ok=False, error=error, text=text)
