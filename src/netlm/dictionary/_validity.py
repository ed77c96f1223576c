"""Until when a finding is current."""

from __future__ import annotations

import datetime
from calendar import monthrange

__all__ = ["later"]


def later(day: datetime.date, months: int) -> datetime.date:
    """The day so many calendar months later; the last of the month where that day does not exist."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > datetime.MAXYEAR:
        return datetime.date.max
    return datetime.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
