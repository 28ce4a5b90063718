"""When a message is due: at once, or with the next digest."""

from __future__ import annotations

import datetime as dt

from boussole.audits.alert_settings import AlertSettings, Digest

DAY = dt.timedelta(days=1)


def due_at(now: dt.datetime, digest: Digest, settings: AlertSettings) -> dt.datetime:
    """The moment (UTC) at which what is found now is to be sent: the next digest begins after it.

    >>> settings = AlertSettings(digest_hour=7, timezone="Europe/Paris")
    >>> moment = dt.datetime(2026, 11, 27, 9, 0, tzinfo=dt.UTC)  # a Friday
    >>> [due_at(moment, digest, settings).isoformat() for digest in ("off", "daily", "weekly")]
    ['2026-11-27T09:00:00+00:00', '2026-11-28T06:00:00+00:00', '2026-11-30T06:00:00+00:00']
    """
    if digest == "off":
        return now
    here = now.astimezone(settings.zone)
    day = here.date()
    while True:
        found = dt.datetime.combine(day, dt.time(settings.digest_hour), tzinfo=settings.zone)
        if found > now and (digest == "daily" or not day.weekday()):
            return found.astimezone(dt.UTC)
        day += DAY
