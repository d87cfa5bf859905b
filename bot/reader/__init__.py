"""Reading documents in processes of their own, so that none of them can harm this one."""

from bot.reader.reader import Reader, Reading

__all__ = ["Reader", "Reading"]
