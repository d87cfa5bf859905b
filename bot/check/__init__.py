"""The doctor: everything that serving needs, tried, one line each with what mends it."""

from bot.check.doctor import check

__all__ = ["check"]
