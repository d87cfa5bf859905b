"""Interactive elements, and where each may stand. Limits from Slack's Block Kit reference."""

from zoneinfo import available_timezones

from bot.sandbox.slack.blocks.check import (
    Check,
    Rule,
    array,
    boolean,
    exactly_one,
    fields,
    integer,
    matching,
    one_of,
    say,
    string,
    web_address,
)
from bot.sandbox.slack.blocks.inputs import INPUTS
from bot.sandbox.slack.blocks.objects import (
    confirm,
    conversation_filter,
    distinct_values,
    identifier,
    initial_among_options,
    option,
    option_group,
    plain,
    slack_file,
)

_ZONES = frozenset(available_timezones())


def _element(
    kind: str,
    required: dict[str, Check] | None = None,
    optional: dict[str, Check] | None = None,
    *rules: Rule,
) -> Check:
    return fields(
        {"type": one_of(kind), **(required or {})},
        {"action_id": identifier, "confirm": confirm, "focus_on_load": boolean, **(optional or {})},
        *rules,
    )


def _menu(
    kind: str, own: dict[str, Check], *rules: Rule, many: bool = False, required: dict[str, Check] | None = None
) -> Check:
    most = {"max_selected_items": integer(1)} if many else {}
    return _element(kind, required, {"placeholder": plain(150), **own, **most}, *rules)


def _zone(value: object, pointer: str, out: list[str]) -> None:
    if not isinstance(value, str) or value not in _ZONES:
        say(out, pointer, "must be a valid IANA time zone")


button = fields(
    {"type": one_of("button"), "text": plain(75)},
    {
        "action_id": identifier,
        "url": web_address(schemes=("http", "https", "mailto", "slack")),
        "value": string(2000),
        "style": one_of("primary", "danger"),
        "confirm": confirm,
        "accessibility_label": string(75),
    },
)

overflow = fields(
    {"type": one_of("overflow"), "options": array(option(url=True), 5)},
    {"action_id": identifier, "confirm": confirm},
    distinct_values,
)

image = fields(
    {"type": one_of("image"), "alt_text": string(2000)},
    {"image_url": web_address(), "slack_file": slack_file},
    exactly_one("image_url", "slack_file"),
)

_LISTED = {"options": array(option(), 100), "option_groups": array(option_group, 100)}
_ONE_LIST = (exactly_one("options", "option_groups"), distinct_values)
_IDS = array(string(), least=0)
_CONVERSATIONS = {"default_to_current_conversation": boolean, "filter": conversation_filter}

MENUS: dict[str, Check] = {
    "static_select": _menu(
        "static_select",
        {**_LISTED, "initial_option": option()},
        *_ONE_LIST,
        initial_among_options("initial_option"),
    ),
    "multi_static_select": _menu(
        "multi_static_select",
        {**_LISTED, "initial_options": array(option(), 100)},
        *_ONE_LIST,
        initial_among_options("initial_options"),
        many=True,
    ),
    "external_select": _menu("external_select", {"initial_option": option(), "min_query_length": integer(0)}),
    "multi_external_select": _menu(
        "multi_external_select",
        {"initial_options": array(option(), 100), "min_query_length": integer(0)},
        many=True,
    ),
    "users_select": _menu("users_select", {"initial_user": string()}),
    "multi_users_select": _menu("multi_users_select", {"initial_users": _IDS}, many=True),
    "conversations_select": _menu(
        "conversations_select",
        {"initial_conversation": string(), "response_url_enabled": boolean, **_CONVERSATIONS},
    ),
    "multi_conversations_select": _menu(
        "multi_conversations_select", {"initial_conversations": _IDS, **_CONVERSATIONS}, many=True
    ),
    "channels_select": _menu("channels_select", {"initial_channel": string(), "response_url_enabled": boolean}),
    "multi_channels_select": _menu("multi_channels_select", {"initial_channels": _IDS}, many=True),
}

_CHOICES = array(option(mrkdwn=True), 10)

PICKERS: dict[str, Check] = {
    "datepicker": _element(
        "datepicker",
        {},
        {
            "placeholder": plain(150),
            "initial_date": matching(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "a date as YYYY-MM-DD"),
        },
    ),
    "timepicker": _element(
        "timepicker",
        {},
        {
            "placeholder": plain(150),
            "initial_time": matching(r"([01]\d|2[0-3]):[0-5]\d", "a time as HH:mm"),
            "timezone": _zone,
        },
    ),
    "checkboxes": _element(
        "checkboxes",
        {"options": _CHOICES},
        {"initial_options": _CHOICES},
        distinct_values,
        initial_among_options("initial_options"),
    ),
    "radio_buttons": _element(
        "radio_buttons",
        {"options": _CHOICES},
        {"initial_option": option(mrkdwn=True)},
        distinct_values,
        initial_among_options("initial_option"),
    ),
}

_MOMENT = {
    "datetimepicker": _element("datetimepicker", {}, {"initial_date_time": integer(1_000_000_000, 9_999_999_999)})
}

_PLAIN_PARTS: dict[str, Check] = {"button": button, "overflow": overflow, **MENUS, **PICKERS}

IN_SECTION: dict[str, Check] = {**_PLAIN_PARTS, "image": image}
IN_ACTIONS: dict[str, Check] = {**_PLAIN_PARTS, **_MOMENT}
IN_INPUT: dict[str, Check] = {**MENUS, **PICKERS, **_MOMENT, **INPUTS}

_ONLY_MODAL = frozenset({"email_text_input", "url_text_input", "number_input", "file_input"})

# What each surface doesn't take, by the table at the head of Slack's reference of elements.
BARRED: dict[str, frozenset[str]] = {
    "message": _ONLY_MODAL | {"rich_text_input"},
    "modal": frozenset(),
    "home": _ONLY_MODAL | {"datetimepicker"},
}
