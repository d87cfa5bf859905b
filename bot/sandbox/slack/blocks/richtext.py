"""The rich_text block and its nested elements. Rules from Slack's Block Kit reference."""

from bot.sandbox.slack.blocks.check import (
    Check,
    array,
    boolean,
    by_type,
    fields,
    integer,
    matching,
    one_of,
    string,
    web_address,
)
from bot.sandbox.slack.blocks.objects import identifier

_PLAIN_STYLES = ("bold", "italic", "strike", "underline", "code")
_style = fields({}, dict.fromkeys(_PLAIN_STYLES, boolean))
_mention_style = fields({}, dict.fromkeys((*_PLAIN_STYLES, "highlight", "client_highlight", "unlink"), boolean))
_any_address = web_address(schemes=("http", "https", "mailto", "tel", "slack"))


def _part(kind: str, required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    return fields({"type": one_of(kind), **required}, optional or {"style": _style})


_text = _part("text", {"text": string()})
_link = _part("link", {"url": _any_address}, {"text": string(), "style": _style, "unsafe": boolean})

_PARTS: dict[str, Check] = {
    "text": _text,
    "link": _link,
    "channel": _part("channel", {"channel_id": string()}, {"style": _mention_style}),
    "user": _part("user", {"user_id": string()}, {"style": _mention_style}),
    "usergroup": _part("usergroup", {"usergroup_id": string()}, {"style": _mention_style}),
    "team": _part("team", {"team_id": string()}, {"style": _mention_style}),
    "broadcast": _part("broadcast", {"range": one_of("here", "channel", "everyone")}),
    "emoji": _part("emoji", {"name": string()}, {"unicode": string(), "skin_tone": integer(2, 6), "style": _style}),
    "color": _part("color", {"value": matching(r"#[0-9A-Fa-f]{6}", "a colour as #RRGGBB")}),
    "date": _part(
        "date",
        {"timestamp": integer(0), "format": string()},
        {"url": _any_address, "fallback": string(), "style": _style},
    ),
}

_parts = array(by_type(_PARTS), least=0)
_border = one_of(0, 1)
_section = fields({"type": one_of("rich_text_section"), "elements": _parts})

_BODIES: dict[str, Check] = {
    "rich_text_section": _section,
    "rich_text_quote": fields({"type": one_of("rich_text_quote"), "elements": _parts}, {"border": _border}),
    "rich_text_preformatted": fields(
        {
            "type": one_of("rich_text_preformatted"),
            "elements": array(by_type({"text": _text, "link": _link}), least=0),
        },
        {"border": _border, "language": string()},
    ),
    "rich_text_list": fields(
        {
            "type": one_of("rich_text_list"),
            "style": one_of("bullet", "ordered"),
            "elements": array(by_type({"rich_text_section": _section})),
        },
        {"indent": integer(0, 8), "offset": integer(0), "border": _border},
    ),
}

rich_text: Check = fields({"type": one_of("rich_text"), "elements": array(by_type(_BODIES))}, {"block_id": identifier})
