"""The workspace itself: who is in it, what was said, and news of every change. Kept in memory, and bounded."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from itertools import count
from typing import Any, TypeVar

from bot.sandbox.slack.groups import Group
from bot.sandbox.slack.records import Channel, File, Json, Kind, Message, Person

T = TypeVar("T")
News = Callable[[str, Message | None, Channel | None], None]

TEAM, DOMAIN, NAME = "T0NORTHWND", "northwind", "Northwind"
BOT, BOT_ID, APP = "U0THREADBK", "B0THREADBK", "A0THREADBK"
ANA, BEN, GUS, STRANGER = "U0ANARUIZ1", "U0BENOKAFR", "U0GUSLIND1", "U0FAYSOUTH"
ANALYSTS = "S0ANALYSTS"
GENERAL, DATA, FINANCE, LEADERS, OLD = "C0GENERAL1", "C0DATATEAM", "C0FINANCE1", "C0LEADERS1", "C0OLDSTUFF"


class Workspace:
    """People, channels, messages and files of one team.

    `most_messages` bounds the roots, the ephemerals and the replies that a channel remembers, `most_bytes` the
    files' content; the oldest go first. Watchers are told of every change, and `wait_for` waits for one.
    """

    def __init__(self, bot_name: str, most_messages: int = 20_000, most_bytes: int = 256_000_000) -> None:
        self.bot_name = bot_name
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.files: OrderedDict[str, File] = OrderedDict()
        self.groups: dict[str, Group] = {}
        self.unread: dict[tuple[str, str], int] = {}
        self._most_messages, self._most_bytes = most_messages, most_bytes
        self._held_bytes = 0
        self._last_ts = 0
        self._numbers = count(1)
        self._watchers: list[News] = []
        self._waiters: list[asyncio.Future[None]] = []
        self._settle()

    def _settle(self) -> None:
        add = self.add_person
        add(Person(BOT, bot_name_to_handle(self.bot_name), self.bot_name, TEAM, color="1f3a4d", is_bot=True))
        add(Person(ANA, "ana", "Ana Ruiz", TEAM, role="admin", color="c2410c"))
        add(Person(BEN, "ben", "Ben Okafor", TEAM, color="0f766e", tz="America/New_York", tz_offset=-18_000))
        add(Person(GUS, "gus", "Gus Lind", TEAM, role="guest", color="6d28d9"))
        add(Person(STRANGER, "fay", "Fay South", "T0SOUTHWND", color="9d174d", is_stranger=True))
        self.add_channel(GENERAL, "general", "public", [ANA, BEN], "Company-wide news").general = True
        self.add_channel(DATA, "data", "public", [ANA, BEN, GUS, BOT], "Numbers and notebooks")
        self.add_channel(FINANCE, "finance", "private", [ANA, BOT], "Closing the month")
        self.add_channel(LEADERS, "leaders", "private", [ANA, BEN], "Not for bots")
        self.add_channel(OLD, "old-reports", "public", [ANA, BEN, BOT]).archived = True
        for person in (ANA, BEN, GUS):
            self.open_im(person)
        self.groups[ANALYSTS] = Group(ANALYSTS, TEAM, "analysts", "Analysts", [ANA, BEN])

    def add_person(self, person: Person) -> Person:
        """Add somebody, or replace the one with the same id."""
        self.people[person.id] = person
        return person

    def add_channel(self, id_: str, name: str, kind: Kind, members: list[str], topic: str = "") -> Channel:
        """Add a channel with these members."""
        channel = Channel(id_, name, kind, topic, dict.fromkeys(members))
        self.channels[id_] = channel
        self.tell("channels", None, channel)
        return channel

    def open_im(self, person: str) -> Channel:
        """The direct message between the bot and this person, made if there is none."""
        id_ = f"D{person[1:]}"
        return self.channels.get(id_) or self.add_channel(id_, "directmessage", "im", [person, BOT])

    def sees(self, person: str, channel: Channel) -> bool:
        """Whether this person can read the channel: members, and for public ones everybody but guests."""
        who = self.people.get(person)
        if who is None or person in channel.members:
            return who is not None
        return channel.kind == "public" and who.role != "guest" and who.team == TEAM

    def next_ts(self) -> str:
        """A new message's ts: the time, and never the same twice."""
        self._last_ts = max(self._last_ts + 1, time.time_ns() // 1000)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def next_id(self, letter: str) -> str:
        """A new id that starts with this letter, as Slack's do."""
        return f"{letter}0{next(self._numbers):08X}"

    def post(self, message: Message) -> Message:
        """Put a message into its channel, or into its thread there."""
        channel = self.channels[message.channel]
        if message.to is not None:
            _keep(channel.ephemerals, message, self._most_messages)
        elif message.is_reply:
            self._reply(channel, message)
        else:
            for old in _keep(channel.roots, message, self._most_messages):
                for ts in old.replies:
                    channel.replies.pop(ts, None)
        if not message.is_reply:
            for person in [message.to] if message.to else channel.members:
                if person != message.user:
                    self.unread[person, channel.id] = self.unread.get((person, channel.id), 0) + 1
        self.tell("message", message, channel)
        return message

    def _reply(self, channel: Channel, message: Message) -> None:
        channel.replies[message.ts] = message
        while len(channel.replies) > self._most_messages:
            oldest = channel.replies.pop(next(iter(channel.replies)))
            if above := channel.roots.get(oldest.thread_ts or ""):
                above.replies.pop(oldest.ts, None)
        root = channel.roots.get(message.thread_ts or "")
        if root is not None:
            root.replies[message.ts] = message
            self.tell("changed", root, channel)

    def changed(self, message: Message) -> None:
        """Tell that a message is no longer what it was."""
        message.versions += 1
        self.tell("changed", message, self.channels[message.channel])

    def delete(self, message: Message) -> None:
        """Take a message away; a root with replies stays as a tombstone, as in Slack."""
        channel = self.channels[message.channel]
        if message.replies:
            message.deleted, message.blocks, message.files = True, [], []
            message.text, message.subtype = "This message was deleted.", "tombstone"
            self.changed(message)
            return
        message.deleted = True
        for held in (channel.ephemerals, channel.roots, channel.replies):
            held.pop(message.ts, None)
        root = channel.roots.get(message.thread_ts or "")
        if root is not None and root is not message:
            root.replies.pop(message.ts, None)
            self.tell("changed", root, channel)
        self.tell("deleted", message, channel)

    def add_file(self, file: File) -> File:
        """Know of a file that is going to be uploaded; the oldest is forgotten when there are too many."""
        self.files[file.id] = file
        while len(self.files) > self._most_messages:
            self._held_bytes -= len(self.files.popitem(last=False)[1].data or b"")
        return file

    def hold(self, file: File, data: bytes) -> None:
        """Keep an uploaded file's bytes, forgetting the oldest ones when there are too many."""
        file.data = data
        self._held_bytes += len(data)
        for old in self.files.values():
            if self._held_bytes <= self._most_bytes:
                break
            if old.data is not None and old is not file:
                self._held_bytes -= len(old.data)
                old.data = None

    def watch(self, watcher: News) -> Callable[[], None]:
        """Be told of every change; the returned function ends it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def tell(self, what: str, message: Message | None = None, channel: Channel | None = None) -> None:
        """Tell the watchers and wake everybody who waits for something."""
        for watcher in tuple(self._watchers):
            watcher(what, message, channel)
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def wait_for(self, found: Callable[[], T], seconds: float = 5) -> T:
        """Wait until `found()` is truthy and return what it found. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not (result := found()):
                waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._waiters.append(waiter)
                await waiter
            return result


def bot_name_to_handle(name: str) -> str:
    """The handle that Slack derives from an app's name."""
    return name.lower().replace(" ", "_")


def _keep(held: "OrderedDict[str, Message]", message: Message, most: int) -> list[Message]:
    held[message.ts] = message
    gone = []
    while len(held) > most:
        gone.append(held.popitem(last=False)[1])
    return gone


def user_ref(person: Person) -> Json:
    """The short form of a person in payloads."""
    ref: dict[str, Any] = {"id": person.id, "username": person.handle, "name": person.handle, "team_id": person.team}
    return ref
