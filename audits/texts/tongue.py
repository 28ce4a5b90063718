"""The language of a text, by its small words and its letters; `und` where they do not tell."""

from __future__ import annotations

import re
from collections import Counter

UNDETERMINED = "und"
"""ISO 639-2: the language could not be told."""
FRENCH = "fr"
_WORDS = {
    "fr": "le la les un une des du de et est en au aux pour vous votre vos nous notre nos avec dans sur qui que ou ce "
    "cette ces son sa ses leur leurs il elle ils elles ne pas plus par sont etes avez avoir etre sera serez chez afin "
    "ainsi selon poste entreprise recherche recherchons h/f f/h experience profil candidat candidats ans age toute "
    "tout tous toutes aucun aucune sans moins salaire equipe travail contrat temps sous vers lors des jour mois "
    "rejoignez personne personnes homme femme hommes femmes souhaite exige obligatoire imperatif seulement "
    "uniquement c'est jeune je suis mon ma mes cherche recrute recrutons cherchons societe bonne bon n'est "
    "qu'il d'un d'une l'entreprise",
    "en": "the of and to a in is for you your we our are with will be on as at this that from by or an have has who "
    "their they it not experience team work must should can about years looking join role candidate candidates skills "
    "if job company please no only than under over",
    "es": "el la los las de y en que un una para con por su sus se es del al como mas o nuestro nuestra nuestros "
    "empresa trabajo experiencia buscamos usted equipo sobre entre sin ser esta este anos puesto",
    "de": "der die das und ist in zu den mit fur von sie wir ein eine einen einer im auf dem des als auch ihre ihr "
    "unser unsere oder bei nach aus uber sind werden sich nicht suchen mitarbeiter erfahrung jahre m/w/d",
    "it": "il lo la i gli le di e che un una per con del della dei delle nel nella al alla sono siamo nostro nostra "
    "azienda lavoro esperienza cerchiamo da su come si o piu anni",
    "pt": "o a os as de e que um uma para com do da dos das no na nos nas em por seu sua nosso nossa empresa trabalho "
    "experiencia procuramos mais ou como ser sao nao anos",
    "nl": "de het een en van in is voor met op je jij wij ons onze zijn als bij naar aan te of door uit over niet "
    "ervaring werk zoeken bedrijf jaar functie wij",
    "ro": "si in de la cu pentru un o este sunt din pe sau care la experienta cautam echipa noastra ani munca",
    "pl": "i w na z do jest dla oraz sie nie to o praca pracy firma osoby doswiadczenie poszukujemy lat lub jako",
    "tr": "ve bir bu icin ile olarak olan deneyim ekip yil en veya gibi daha calisma aranmaktadir",
    "ca": "el la els les de i en que un una per amb del al com mes o nostre nostra empresa feina experiencia busquem",
    "br": "ar an ur ul un ha hag da gant evit e en ez eo war",
}
_SETS = {name: frozenset(word.encode() for word in words.split() if len(word) > 1) for name, words in _WORDS.items()}
_FRENCH = _SETS[FRENCH]
_OTHERS = frozenset().union(*_SETS.values()) - _FRENCH
_SCRIPTS = (
    (0x0370, 0x03FF, "el"),
    (0x0400, 0x052F, "ru"),
    (0x0590, 0x05FF, "he"),
    (0x0600, 0x06FF, "ar"),
    (0x0900, 0x097F, "hi"),
    (0x0E00, 0x0E7F, "th"),
    (0x10A0, 0x10FF, "ka"),
    (0x3040, 0x30FF, "ja"),
    (0x4E00, 0x9FFF, "zh"),
    (0xAC00, 0xD7AF, "ko"),
)
_FOREIGN = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last, _ in _SCRIPTS) + "]")
_UKRAINIAN = re.compile("[іїєґІЇЄҐ]")
_ENOUGH = 2
"""Small words of another language without which a text that looks French, or says nothing, is not said to be of it."""
_FRENCH_LOOK = re.compile(
    rb"\b[hf] ?/ ?[fh]\b|\(e\)|[a-z]\.e\b|\b[cdjlmnst]'|[a-z](?:eur|euse|trice|iere|ment|aire|ique|elle|ois|eaux)s?\b"
)
_ENDING = re.compile(rb"(?<=[a-z])\([a-z]{1,6}\)")
"""An inclusive ending, `vendeur(se)`, which is no word of any language."""
_MARKS = bytes.maketrans(b',.;:!?()"*', b"          ")


def language_of(normal: bytes, written: str = "") -> str:
    """Return the ISO code of the language of a text in normal form; `written`, as it was, shows other alphabets."""
    if written and not written.isascii() and (script := _by_letters(normal, written)):
        return script
    words = _words(normal)
    french, others, endings = len(words & _FRENCH), len(words & _OTHERS), normal.count(b"(")
    if french - endings > others:
        return FRENCH
    if endings:
        words = _words(_ENDING.sub(b"", normal))
        french, others = len(words & _FRENCH), len(words & _OTHERS)
    if french > others:
        return FRENCH
    counts = {name: len(words & known) for name, known in _SETS.items()}
    other = max((name for name in counts if name != FRENCH), key=counts.__getitem__)
    if counts[other] >= _ENOUGH and counts[other] > counts[FRENCH]:
        return other
    return FRENCH if french or _FRENCH_LOOK.search(normal) else UNDETERMINED


def _words(normal: bytes) -> set[bytes]:
    return set(normal.translate(_MARKS).replace(b"'", b"' ").split())


def _by_letters(normal: bytes, written: str) -> str | None:
    """The language that an alphabet tells, where most letters are of it: one that looks the same tells nothing."""
    foreign = _FOREIGN.findall(written)
    letters = sum(normal.count(bytes((code,))) for code in range(0x61, 0x7B)) if foreign else 0
    if not foreign or 2 * len(foreign) < letters:
        return None
    found = Counter(name for each in foreign for first, last, name in _SCRIPTS if first <= ord(each) <= last)
    if found["ja"]:
        return "ja"
    named = found.most_common(1)[0][0]
    return "uk" if named == "ru" and _UKRAINIAN.search(written) else named
