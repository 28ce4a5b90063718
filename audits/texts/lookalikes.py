"""Letters of other alphabets that look like Latin ones, and what they look like."""

from __future__ import annotations

_CYRILLIC = dict(zip("авгԁеёєһніїјкӏмпорԛѕтиѵԝхуү", "abrdeeehhiijklmnopqstuvwxyy", strict=True))
_GREEK = dict(zip("αβεηικνορτυχωϲϳ", "abeniknoptuxwcj", strict=True))
_CAPITALS = dict(
    zip(
        "АВСЕНІЇЈКМОРЅТХУҮԚԜӀΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
        "abcehiijkmopstxyyqwlabezhikmnoptyx",
        strict=True,
    )
)
_LATIN = {
    **dict(zip("ıȷɑɡɩʟɴʀѕᴀʙᴄᴅᴇɢʜᴊᴋᴍᴏᴘꜱᴛᴜᴠᴡʏᴢłøđ", "ijagilnrsabcdeghjkmopstuvwyzlod", strict=True)),
    "œ": "oe",
    "Œ": "oe",
    "æ": "ae",
    "Æ": "ae",
    "ß": "ss",
    "Ø": "o",
    "Ł": "l",
    "Đ": "d",
}
_ARMENIAN = dict(zip("օոսհց", "onuhg", strict=True))

LOOKALIKES = {**_CYRILLIC, **_GREEK, **_CAPITALS, **_ARMENIAN, **_LATIN}
"""By the letter that stands there."""
