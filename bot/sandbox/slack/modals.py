"""What people do in modals and on the Home tab: click, fill in, submit, go back, leave."""

from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack import payloads
from bot.sandbox.slack.actions import NoSuchActionError, find, in_blocks, pick, sends
from bot.sandbox.slack.clicks import not_interactive, unanswered
from bot.sandbox.slack.delivery import Ack, Post
from bot.sandbox.slack.errors import ApiError
from bot.sandbox.slack.fieldchecks import field_errors
from bot.sandbox.slack.methods.views import put_over
from bot.sandbox.slack.outcomes import Outcome, Submitted, refused
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Json, Person
from bot.sandbox.slack.responses import Responses
from bot.sandbox.slack.suggestions import Suggested, ask
from bot.sandbox.slack.values import holds, reader_for
from bot.sandbox.slack.view_content import checked_view, show
from bot.sandbox.slack.views import View

GONE = refused("view_not_found", "This view is gone.")
CHANGED = refused("no_such_action", "This view has changed. Look at it again.")
_TROUBLE = "We had some trouble connecting. Try again?"


@dataclass
class Modals:
    """The hands of everybody, on views."""

    parts: Parts
    post: Post
    responses: Responses

    async def act(
        self, person: Person, view_id: str, action: Json, *, seen: Json | None = None, when: str | None = None
    ) -> Outcome:
        """Click a button, or pick something, in a modal or on the Home tab.

        `seen` is what its elements show, as `state.values`; `when` is what sent a text field.
        """
        view = self.of(person, view_id)
        if view is None:
            return GONE
        try:
            self._absorb(person, view, seen)
            block_id, element = find(in_blocks(view.blocks), action)
            reader = reader_for(self.parts.workspace, person, view.held)
            picked = pick(reader, block_id, element, action)
        except NoSuchActionError:
            return CHANGED
        if holds(element):
            view.held.entries[block_id, element["action_id"]] = reader.entry(block_id, element, picked)
        if refusal := not_interactive(self.parts):
            return refusal
        if not sends(view.blocks, block_id, element, when):
            return refused("not_dispatched", "This field sends nothing by itself.")
        trigger = self.parts.triggers.issue(person.id, view.here, view.id)
        payload = payloads.view_actions(person, view.as_view(), picked, trigger_id=trigger)
        ack = await self.post.deliver("interactive", payload)
        return unanswered(self.parts, ack.error) if ack.error is not None else Outcome()

    def enter(self, person: Person, view_id: str, seen: Json) -> Outcome:
        """Enter something into fields that send nothing by themselves: `seen` is as `state.values`."""
        view = self.of(person, view_id)
        if view is None:
            return GONE
        try:
            self._absorb(person, view, seen)
        except NoSuchActionError:
            return CHANGED
        return Outcome()

    async def suggest(self, person: Person, view_id: str, asked: Json) -> Suggested:
        """What an external select offers for what was typed: `asked` has block_id, action_id and value."""
        view = self.of(person, view_id)
        if view is None:
            return Suggested(error=GONE.text)
        try:
            found = find(in_blocks(view.blocks), asked)
        except NoSuchActionError:
            return Suggested(error=CHANGED.text)
        typed = str(asked.get("value", ""))
        return await ask(
            self.post,
            view.held,
            found,
            typed,
            lambda: payloads.view_suggestion(
                person, view.as_view(), block_id=found[0], action_id=found[1]["action_id"], value=typed
            ),
        )

    async def submit(self, person: Person, view_id: str, seen: Json | None = None) -> Submitted:
        """Submit the topmost modal with what its elements show."""
        view = self.of(person, view_id)
        if view is None or view is not self.parts.views.top(person.id):
            return Submitted(ok=False, error=GONE.error, text=GONE.text)
        if view.given.get("submit") is None or view.is_waiting:
            return Submitted(ok=False, error="not_submittable", text="There is nothing to submit.")
        try:
            self._absorb(person, view, seen)
        except NoSuchActionError:
            return Submitted(ok=False, error=CHANGED.error, text=CHANGED.text)
        if wrong := field_errors(view.blocks, view.values):
            return Submitted(response_action="errors", errors=wrong)
        view.is_waiting = True
        try:
            return self._answered(view, await self._send(person, view))
        finally:
            view.is_waiting = False

    async def _send(self, person: Person, view: View) -> Ack:
        payload = payloads.view_submission(
            person,
            view.as_view(),
            trigger_id=self.parts.triggers.issue(person.id, view.here, view.id),
            response_urls=self._response_urls(person, view),
        )
        return await self.post.deliver("interactive", payload)

    def _response_urls(self, person: Person, view: View) -> list[Json]:
        """One for each conversation that was chosen where the block asks for it."""
        found = []
        for block in view.blocks:
            element = block.get("element", {})
            if not element.get("response_url_enabled"):
                continue
            entry = view.values[block["block_id"]][element["action_id"]]
            channel = entry.get("selected_conversation") or entry.get("selected_channel")
            if channel is not None:
                found.append(
                    {
                        "block_id": block["block_id"],
                        "action_id": element["action_id"],
                        "channel_id": channel,
                        "response_url": self.responses.issue(channel, person.id),
                    }
                )
        return found

    def _answered(self, view: View, ack: Ack) -> Submitted:
        """What the ack of a submission says comes next. What Slack can't take is trouble, and in the ledger."""
        if ack.error is not None:
            return Submitted(ok=False, error=ack.error, text=_TROUBLE)
        try:
            return self._respond(view, ack.payload)
        except ApiError as error:
            ack.blame(": ".join([error.code, *error.extra.get("response_metadata", {}).get("messages", ())]))
            return Submitted(ok=False, error=error.code, text=_TROUBLE)

    def _respond(self, view: View, reply: Any) -> Submitted:
        if not reply:
            self._close(view)
            return Submitted(response_action="close")
        action = reply.get("response_action") if isinstance(reply, dict) else None
        match action:
            case "clear":
                self._close(view, whole=True)
                return Submitted(response_action="clear")
            case "errors":
                return Submitted(response_action="errors", errors=_errors(view, reply.get("errors")))
            case "update" | "push":
                given = checked_view(self.parts, reply.get("view"), "modal")
                if self.parts.views.get(view.id) is None:
                    raise ApiError("not_found")
                shown = show(self.parts, view, given) if action == "update" else put_over(self.parts, view, given)
                self.parts.workspace.tell("views")
                return Submitted(response_action=action, view=shown)
        raise ApiError("invalid_response_action")

    async def close(self, person: Person, view_id: str, *, everything: bool = False) -> Outcome:
        """Press a modal's close button (back to the one below), or leave the whole stack."""
        view = self.of(person, view_id)
        if view is None or view.given["type"] != "modal":
            return GONE
        whole = everything or bool(view.given.get("clear_on_close"))
        for gone in self._close(view, whole=whole):
            if gone.given.get("notify_on_close"):
                await self.post.deliver("interactive", payloads.view_closed(person, gone.as_view(), is_cleared=whole))
        return Outcome()

    def _close(self, view: View, *, whole: bool = False) -> list[View]:
        gone = self.parts.views.close(view, whole=whole)
        self.parts.workspace.tell("views")
        return gone

    def of(self, person: Person, view_id: str) -> View | None:
        """This person's view with this id, if it is still open."""
        view = self.parts.views.get(view_id)
        return view if view is not None and view.person == person.id else None

    def _absorb(self, person: Person, view: View, seen: Json | None) -> None:
        reader_for(self.parts.workspace, person, view.held).absorb(in_blocks(view.blocks), seen or {})


def _errors(view: View, given: Any) -> dict[str, str]:
    """The errors for fields. Raises invalid_errors unless each is words for an input block of the view."""
    fields = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(given, dict) or not given:
        raise ApiError("invalid_errors", ["[ERROR] must be an object of words by block_id [json-pointer:/errors]"])
    for block_id, words in given.items():
        if block_id not in fields:
            raise ApiError("invalid_errors", [f"[ERROR] no input block is called {block_id} [json-pointer:/errors]"])
        if not isinstance(words, str) or not words:
            raise ApiError("invalid_errors", [f"[ERROR] must be a string [json-pointer:/errors/{block_id}]"])
    return given
