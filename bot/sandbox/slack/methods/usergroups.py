"""usergroups.*: who is mentioned together."""

from bot.sandbox.slack.args import Args
from bot.sandbox.slack.errors import ApiError
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Json


def list_(parts: Parts, args: Args) -> Json:
    """usergroups.list."""
    with_users, with_count = args.flag("include_users"), args.flag("include_count")
    found = [
        each.as_group(with_users=with_users, with_count=with_count)
        for each in parts.workspace.groups.values()
        if args.flag("include_disabled") or not each.disabled
    ]
    return {"usergroups": found}


def users(parts: Parts, args: Args) -> Json:
    """usergroups.users.list."""
    group = parts.workspace.groups.get(args.need("usergroup"))
    if group is None or (group.disabled and not args.flag("include_disabled")):
        raise ApiError("no_such_subteam")
    return {"users": list(group.members)}
