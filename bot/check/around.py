"""What is around: settings, database, platforms, port."""

from __future__ import annotations

import difflib
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.check.line import TRUST, Line, aside, bad, good
from bot.errors import Forbidden, PlatformError, RateLimited, StoreUnavailable, Unauthorized, Unavailable
from bot.model import Platform
from bot.platforms.transport import UNTRUSTED
from bot.settings import Settings
from bot.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import ValidationError
    from sqlalchemy.engine import URL

    from bot.platforms.base import PlatformClient

VARIABLES = sorted(str(field.alias) for field in Settings.model_fields.values())
DATABASE = "Database"


def unreadable(error: ValidationError) -> list[Line]:
    """What is wrong with the settings, without their values."""
    faults = error.errors(include_input=False, include_url=False, include_context=False)
    return [bad(".".join(map(str, fault["loc"])), fault["msg"], "see Settings in the README") for fault in faults]


def unknown(environment: Mapping[str, str]) -> list[Line]:
    """Variables that look like settings and are none."""
    lines = []
    for name in sorted(environment):
        if name.startswith("THREADBOOK_") and name not in VARIABLES:
            close = difflib.get_close_matches(name, VARIABLES, 1)
            lines.append(bad(name, "there is no such setting", f"did you mean {close[0]}?" if close else "unset it"))
    return lines


async def database(settings: Settings) -> Line:
    """Whether it can be written to, and what its tables are; nothing stays written, and no file is made."""
    url = make_url(settings.database_url)
    name = url.render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite" and not _exists(url):
        return _new_file(url)
    try:
        tables = Database(settings.database_url)
    except ModuleNotFoundError as error:
        return bad(DATABASE, f"the driver {error.name} isn't installed", "pip install 'threadbook[postgres]'")
    try:
        at, newest = await tables.examine()
    except StoreUnavailable as error:
        return bad(DATABASE, f"{name}: {error}", "check THREADBOOK_DATABASE_URL, that it's up, and its rights")
    except DBAPIError as error:
        return bad(DATABASE, f"{name}: {error.orig}", "it has to be a database whose user may make tables")
    except (SQLAlchemyError, TypeError, ValueError) as error:
        return bad(DATABASE, f"{name}: {type(error).__name__}", "check what stands behind the ? of its address")
    finally:
        await tables.close()
    if at is None:
        return good(DATABASE, f"{name}, can be written to; `threadbook serve` makes the tables")
    if newest is None:
        return bad(DATABASE, f"{name} is at migration {at}, of a newer Threadbook", "serve with that version, or newer")
    state = "up to date" if at == newest else f"at {at}; `threadbook serve` brings them to {newest}"
    return good(DATABASE, f"{name}, can be written to; tables {state}")


def _exists(url: URL) -> bool:
    return not url.database or url.database == ":memory:" or Path(url.database).exists()


def _new_file(url: URL) -> Line:
    file = Path(url.database or "")
    if not file.parent.is_dir():
        return bad(DATABASE, f"there is no folder {file.parent}", "make it, or change THREADBOOK_DATABASE_URL")
    if not os.access(file.parent, os.W_OK | os.X_OK):
        return bad(
            DATABASE, f"no file can be made in {file.parent.resolve()}", "give this user the right to write there"
        )
    return good(DATABASE, f"{file} isn't there yet; `threadbook serve` makes it")


async def platforms(settings: Settings, clients: Mapping[Platform, PlatformClient]) -> list[Line]:
    """Each platform's token, by a call that starts nothing."""
    lines = []
    for platform in Platform:
        client, name = clients.get(platform), f"{platform.value.upper()}_TOKEN"
        if client is None:
            lines.append(aside(platform.label, f"{name} is not set, so nothing runs there"))
            continue
        address = settings.datalore_url if platform is Platform.DATALORE else settings.deepnote_api_url
        try:
            lines.append(good(platform.label, await client.check()))
        except PlatformError as error:
            lines.append(bad(platform.label, f"{address}: {error}", _mends(error, platform)))
        finally:
            await client.close()
    if not clients:
        lines.append(bad("Platforms", "neither has a token, so there is nothing to run notebooks on", "set one"))
    return lines


def _mends(error: PlatformError, platform: Platform) -> str:
    name = platform.value.upper()
    where = "Account settings → API tokens" if platform is Platform.DATALORE else "Settings → API keys"
    if isinstance(error, Unauthorized):
        return f"make a new token ({where}) and set {name}_TOKEN"
    if isinstance(error, Forbidden):
        return f"the token may not do that: make one with more rights ({where})"
    if isinstance(error, RateLimited):
        return "try again in a minute"
    address = "DATALORE_URL" if platform is Platform.DATALORE else "DEEPNOTE_API_URL"
    if UNTRUSTED in str(error):
        return f"{TRUST} {address}"
    if isinstance(error, Unavailable) and not error.sent:
        return f"check {address}, and whether this machine may reach it"
    return f"try again; if it stays so, check {address}"


def port(settings: Settings) -> Line:
    """Whether it can be listened on."""
    wanted = settings.http_port
    if wanted == 0:
        return good("Port", "any free one (THREADBOOK_HTTP_PORT=0)")
    fix = f"set THREADBOOK_HTTP_PORT to another one than {wanted}"
    try:
        with socket.create_server(("", wanted)):
            return good("Port", f"{wanted} is free")
    except PermissionError:
        return bad("Port", f"{wanted} may not be listened on by this user", fix)
    except OSError:
        return bad("Port", f"{wanted} is taken, perhaps by a Threadbook that is up", f"stop that one, or {fix}")


def admins(settings: Settings) -> Line:
    """Whether there is anybody to be told."""
    if not settings.admins:
        return aside("Admins", "none, so nobody is told of a refused token", "THREADBOOK_ADMINS, Slack member ids")
    wrong = sorted(one for one in settings.admins if not one.startswith(("U", "W")))
    if wrong:
        fix = "a member id starts with U: profile → ⋮ → Copy member ID"
        return bad("Admins", f"{', '.join(wrong)} is no member id of Slack's", fix)
    return good("Admins", f"{len(settings.admins)}")
