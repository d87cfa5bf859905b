"""Composition objects: texts, options, confirmations, filters. Limits from Slack's Block Kit reference."""

from typing import Any

from bot.sandbox.slack.blocks.check import (
    Check,
    Rule,
    array,
    at_least_one,
    boolean,
    by_type,
    exactly_one,
    fields,
    one_of,
    say,
    string,
    web_address,
)

identifier = string(255)


def plain(most: int = 3000) -> Check:
    """A plain_text object of 1 to `most` characters."""
    return by_type({"plain_text": _plain(most)})


def text(most: int = 3000) -> Check:
    """A plain_text or mrkdwn object of 1 to `most` characters."""
    return by_type(text_kinds(most))


def text_kinds(most: int = 3000) -> dict[str, Check]:
    """The two kinds of text, for places that also allow something else."""
    mrkdwn = fields({"type": one_of("mrkdwn"), "text": string(most)}, {"verbatim": boolean})
    return {"plain_text": _plain(most), "mrkdwn": mrkdwn}


def _plain(most: int) -> Check:
    return fields({"type": one_of("plain_text"), "text": string(most)}, {"emoji": boolean})


def option(*, mrkdwn: bool = False, url: bool = False) -> Check:
    """One choice: mrkdwn only in checkboxes and radio buttons, an address only in overflow menus."""
    shown = text(75) if mrkdwn else plain(75)
    described = text(75) if mrkdwn else plain(75)
    optional = {"description": described} | ({"url": web_address()} if url else {})
    return fields({"text": shown, "value": string(150)}, optional)


option_group = fields({"label": plain(75), "options": array(option(), 100)})

suggestions = fields(
    {},
    {"options": array(option(), 100, least=0), "option_groups": array(option_group, 100, least=0)},
    exactly_one("options", "option_groups"),
)

confirm = fields(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)

dispatch_config = fields(
    {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 2)},
)

conversation_filter = fields(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    at_least_one("include", "exclude_external_shared_channels", "exclude_bot_users"),
)

slack_file = fields({}, {"id": string(), "url": web_address()}, exactly_one("id", "url"))


def distinct_values(value: dict[str, Any], pointer: str, out: list[str]) -> None:
    """No two options of one element may carry the same value."""
    seen = set()
    for place, each in _all_options(value):
        if each["value"] in seen:
            say(out, pointer + place, f"duplicate option value: {each['value']}")
        seen.add(each["value"])


def initial_among_options(key: str) -> Rule:
    """The initial option(s) must be among the options, letter for letter."""

    def rule(value: dict[str, Any], pointer: str, out: list[str]) -> None:
        if key not in value:
            return
        offered = [each for _, each in _all_options(value)]
        chosen = value[key] if isinstance(value[key], list) else [value[key]]
        if any(each not in offered for each in chosen):
            say(out, f"{pointer}/{key}", "initial option must be one of the options")

    return rule


def _all_options(value: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    found = [(f"/options/{i}", each) for i, each in enumerate(value.get("options", []))]
    for g, group in enumerate(value.get("option_groups", [])):
        found += [(f"/option_groups/{g}/options/{i}", each) for i, each in enumerate(group["options"])]
    return found
