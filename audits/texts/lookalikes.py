"""Letters of other alphabets that look like Latin ones, and what they look like."""

from __future__ import annotations

_CYRILLIC = dict(zip("авгԁеёєһніїјкӏмпорԛѕтиѵԝхуү", "abrdeeehhiijklmnopqstuvwxyy", strict=True))
_GREEK = dict(zip("αβεηικνορτυχωϲϳ", "abeniknoptuxwcj", strict=True))
_CAPITALS = dict(
    zip(
        "АВСЕНІЇЈКМОРЅТХУҮԚԜӀΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
        "ABCEHIIJKMOPSTXYYQWLABEZHIKMNOPTYX",
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

FOREIGN = {**_CYRILLIC, **_GREEK, **_CAPITALS, **_ARMENIAN}
"""By the letter of another alphabet; a capital looks like a capital, one letter like one letter."""
LOOKALIKES = {**{letter: alike.lower() for letter, alike in FOREIGN.items()}, **_LATIN}
"""By the letter that stands there: the small letters of rules."""
