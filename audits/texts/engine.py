"""Rules applied to texts with RE2: a filter finds the patterns that match at all, then comes their scope."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from typing import IO, Any

import re2

from boussole.audits.texts.lines import TextLine, fault_told, read_lines
from boussole.audits.texts.normal import Normal, normalise
from boussole.audits.texts.rule_file import (
    Criterion,
    RuleError,
    RuleFile,
    WordingRule,
    packaged,
    shared_words,
    spelled_out,
)
from boussole.audits.texts.titles import one_gender
from boussole.audits.texts.tongue import FRENCH, UNDETERMINED, language_of

_SHORT = "".join(rf"(?<!\b{each}\.)" for each in ("art", "min", "max", "env", "mme", "ex", "celib", "nat")).encode()
_ENDS = re.compile(rb"[.!?;\n](?:(?<!\n)[.!?;]*(?<![ .(\n'][a-z]\.)" + _SHORT + rb"[\s\"')]+|(?<=\n)\s*)")
_REFUSED = re.compile(
    rb"\?\s+(?:alors |desolee?s?,? )?(?:ce (?:poste|n'est)|ne (?:candidat|postul|perd|venez|repond)|passez|inutile|"
    rb"abstenez|cherchez|allez voir|pas pour|non\b|nous ne|on ne|vous n|tant pis|merci de ne)"
)
"""A question about the person, which what follows refuses: one sentence with it."""
_LINE_END, _ASKS = b"\n?"
_WRAPPED = 60
"""Letters of a line from which on it may have been broken because it was full."""
_TURNS = (
    rb"[\s,(](?:mais(?!\s{1,3}(?:aussi|encore|egalement|pas\sseulement))|(?:(?:et|ou)\s)?(?:cependant|"
    rb"toutefois|neanmoins|pourtant|en\s(?:revanche|pratique|realite)|par\scontre|au\scontraire|ce(?:la|ci)\sdit|sauf(?:\sque|\saux?|\spour)|dans\sles\sfaits))(?=[\s,:])"
)
_STATEMENTS = re.compile(_TURNS)
"""Where a sentence turns against what it said before."""
_CLAUSES = re.compile(rb",(?!\d)|\s[-*>]\s|" + _TURNS)
LONGEST = 2_000
"""Letters of the longest sentence that is read whole."""
_OPENS = re.compile(rb"[-*.o>]\s|\d+[.)]\s|\n")


class Parts:
    """Where a text is cut, to look at what stands around a place."""

    def __init__(self, cut: re.Pattern[bytes], text: bytes) -> None:
        self._starts, self._ends = list[int](), list[int]()
        for each in cut.finditer(text):
            self._starts.append(each.start())
            self._ends.append(each.end())

    def part_bounds(self, span: tuple[int, int], sentence: tuple[int, int]) -> tuple[int, int]:
        """The part of a sentence that holds a span: from the last cut before it to the first one after it."""
        before, after = bisect_right(self._starts, span[0]), bisect_left(self._starts, span[1])
        first = min(self._ends[before - 1], span[0]) if before else 0
        last = self._starts[after] if after < len(self._starts) else sentence[1]
        return max(first, sentence[0]), max(span[1], min(last, sentence[1]))


class Sentences:
    """Where the sentences of a text begin."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.starts = [0]
        for end in _ENDS.finditer(text):
            first = text[end.start()]
            if (first == _LINE_END and self._wrapped(end)) or (first == _ASKS and _REFUSED.match(text, end.start())):
                continue
            self.starts.append(end.end())

    @cached_property
    def whole(self) -> list[tuple[int, int]]:
        """Where each sentence begins and ends; one that no advert has is read in pieces, so that none takes long."""
        return [each for first, last in pairwise((*self.starts, len(self.text))) for each in self._pieces(first, last)]

    @cached_property
    def _begins(self) -> list[int]:
        return [first for first, _ in self.whole]

    def number(self, place: int) -> int:
        """Which sentence a place lies in."""
        return bisect_right(self._begins, place) - 1

    def _pieces(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        while last - first > LONGEST:
            cut = self.text.rfind(b" ", first, first + LONGEST) + 1 or first + LONGEST
            yield first, cut
            first = cut
        yield first, last

    def bounds(self, place: int) -> tuple[int, int]:
        """Where the sentence of a place begins and ends."""
        number = bisect_right(self.starts, place)
        return self.starts[number - 1], self.starts[number] if number < len(self.starts) else len(self.text)

    def clause(self, span: tuple[int, int], sentence: tuple[int, int]) -> tuple[int, int]:
        """Where the clause of a span begins and ends: no comma, dash or turn between."""
        return self._clauses.part_bounds(span, sentence)

    def statement(self, span: tuple[int, int], sentence: tuple[int, int]) -> tuple[int, int]:
        """Where the statement of a span begins and ends: its sentence, up to where that turns (“mais”)."""
        return self._statements.part_bounds(span, sentence)

    @cached_property
    def _clauses(self) -> Parts:
        return Parts(_CLAUSES, self.text)

    @cached_property
    def _statements(self) -> Parts:
        return Parts(_STATEMENTS, self.text)

    def _wrapped(self, end: re.Match[bytes]) -> bool:
        """Whether a line only went on: it was full, one line end follows, and the next is no item of a list."""
        begun = self.text.rfind(b"\n", 0, end.start()) + 1
        one = end[0].count(b"\n") == 1
        return one and end.start() - begun >= _WRAPPED and not _OPENS.match(self.text, end.end())


_BEFORE = 2
"""Letters before a sentence that a pattern may begin with: its stop, and a blank."""
_WITH_ANY = frozenset({"sex", "masculine_only"})
"""Criteria that a word may state besides any other."""
_PAIRS = ({"age", "family"}, {"family", "sexual_orientation_gender_identity"})
_LINKS = re.compile(rb"[ ,/()-]*(?:et|ou|ni|de|d')? ?")
"""What stands between two findings that tell one requirement."""
_MOST_BESIDE = 20
"""Findings before one among which it may go on one of its criterion: more do not stand beside it."""
_AHEAD = 8 * LONGEST
"""Letters that are searched at once, of more than one sentence."""
_MOST = 1 << 26
"""Bytes that the automaton of one pattern may take."""


@dataclass(frozen=True, slots=True)
class WordingFinding:
    """Wording that a rule found: where (characters of the text as written), and what to write instead."""

    criterion: Criterion
    start: int
    end: int
    span: str
    rule: str
    law: str
    suggestion: dict[str, str]

    def document(self) -> dict[str, object]:
        """The finding as JSON has it."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in a text, and its language."""

    language: str
    findings: tuple[WordingFinding, ...]


class _Compiled:
    """A rule with its patterns compiled."""

    def __init__(self, rule: WordingRule, file: RuleFile, words: dict[str, str], where: str) -> None:
        self.rule, self.criterion, self._words, self._where = rule, file.criterion, words, f"{where}: rule {rule.id}"
        self.law = rule.law or file.law
        self.suggestion = (rule.suggestion or file.suggestion).model_dump()
        lawful = file if rule.always_lawful else None
        if rule.people:
            self._words = {**words, "people": rule.people}
        framed = [self._words[f"frame_{each}"] for each in rule.frames] if rule.people else []
        self.patterns = [_whole_words(self._spelled(each)) for each in (*rule.patterns, *framed)]
        self._unless = self._any((*rule.unless, *(lawful.unless if lawful else ())), r"\b(?:{})")
        around = (*rule.unless_in_sentence, *(lawful.unless_in_sentence if lawful else ()))
        self._unless_in_sentence = self._any(around, r"\b(?:{})")
        self._before = self._any((*rule.before, *(lawful.before if lawful else ())), r"\b(?:{})(?:-|[\s\"'(]*)\z")
        self._after = self._any((*rule.after, *(lawful.after if lawful else ())), r"\A[^a-z0-9.!?;,:]*(?:{})")
        self.elsewhere = self._any(rule.elsewhere, "(?:{})")
        self._needs = self._any(rule.needs, r"\b(?:{})")
        self._seeks = self._any((self._words["employer_seeks"],), r"\A{}") if "employer_seeks" in self._words else None
        self._told = (
            self._any((self._words["employer_told"],), r"\A(?:{})\z") if "employer_told" in self._words else None
        )
        self._wished = self._any((self._words["wished"],), r"\b(?:{})") if "wished" in self._words else None

    def _spelled(self, pattern: str) -> str:
        return spelled_out(pattern, self._words, where=self._where)

    def _any(self, patterns: tuple[str, ...], around: str) -> re2._Regexp | None:
        return self.compile(around.format("|".join(map(self._spelled, patterns)))) if patterns else None

    def compile(self, pattern: str) -> re2._Regexp:
        """A pattern of this rule, compiled. Raises RuleError where it cannot be used."""
        try:
            return re2.compile(pattern.encode("ascii"), _options())
        except (re2.error, UnicodeEncodeError) as error:
            told = f"this pattern cannot be used ({error}): {pattern[:200]}"
            raise RuleError(told, where=self._where, next_step="Write it as RE2 does, without accents.") from error

    def lawful(self, sentences: Sentences, sentence: tuple[int, int], span: tuple[int, int]) -> bool:
        """Whether what stands around a span makes it lawful, or no requirement at all."""
        text, (first, last) = sentences.text, sentence
        around, statement = text[first : max(last, span[1])], sentences.statement(span, sentence)
        return (
            (self._needs is not None and not self._needs.search(around))
            or self._of_others(text[statement[0] : span[0]], text[first : span[1]])
            or (self._after is not None and self._after.search(text[span[1] : last]) is not None)
            or _holds(self._unless, text, sentences.clause(span, sentence))
            or _holds(self._unless_in_sentence, text, statement)
            or self._of_employer(text[first : span[0]], text[_last_words(text, span) : last])
        )

    def _of_employer(self, before: bytes, after: bytes) -> bool:
        """Whether a span tells who is looking for somebody, and not who is looked for."""
        if self._seeks is None or self._told is None or self._seeks.search(after) is None:
            return False
        return self._told.search(before) is not None

    def _of_others(self, before: bytes, upto: bytes) -> bool:
        """Whether what stands before a span says it of others, and not that others want it of the person."""
        if self._before is None or self._before.search(before) is None:
            return False
        return self._wished is None or self._wished.search(upto) is None


def _options() -> re2.Options:
    options = re2.Options()
    options.max_mem, options.log_errors = _MOST, False
    return options


def _holds(pattern: re2._Regexp | None, text: bytes, part: tuple[int, int]) -> bool:
    return pattern is not None and pattern.search(text[slice(*part)]) is not None


def _last_words(text: bytes, span: tuple[int, int]) -> int:
    """Where the last two words of a span begin: the second may be the verb of who seeks somebody."""
    last = text.rfind(b" ", span[0], span[1])
    return max(span[0], text.rfind(b" ", span[0], max(last, span[0])) + 1)


def _whole_words(pattern: str) -> str:
    """A pattern that matches whole words, but where it says itself what stands before or after."""
    begins = "" if pattern.startswith((r"\A", "[")) else r"\b"
    ends = "" if pattern.endswith(("$)", "$", "]")) else r"\b"
    return f"{begins}(?:{pattern}){ends}"


class Checker:
    """A set of rules, ready to be applied. Raises RuleError where a rule cannot be used."""

    def __init__(self, rules: Mapping[str, RuleFile], words: dict[str, str] | None = None) -> None:
        words = shared_words() if words is None else words
        self._of = list[tuple[_Compiled, re2._Regexp]]()
        self._held(rules)
        for where, file in rules.items():
            for rule in file.rules:
                made = _Compiled(rule, file, {**words, **file.words}, where)
                self._of += [(made, made.compile(pattern)) for pattern in made.patterns]
        self._filter = re2.Filter()
        for _, pattern in self._of:
            self._filter.Add(pattern.pattern.decode(), _options())
        self._filter.Compile()

    @staticmethod
    def _held(rules: Mapping[str, RuleFile]) -> None:
        """Raises RuleError where two rules share an id, in whatever files."""
        seen = dict[str, str]()
        for where, file in rules.items():
            for rule in file.rules:
                if rule.id in seen:
                    raise RuleError(f"there is a rule {rule.id} in {seen[rule.id]} too.", where=where)
                seen[rule.id] = where

    def check(self, text: str) -> Checked:
        """The language of a text, and what its French passages say that an advert may not."""
        normal = normalise(text)
        language = language_of(normal.text, text if normal.starts else "")
        matching = sorted(self._filter.Match(normal.text) or ())
        if not matching:
            return Checked(language, ())
        sentences = Sentences(normal.text)
        found = [each for number in matching for each in self._found(sentences, number)]
        if language not in (FRENCH, UNDETERMINED):
            bounds = sentences.bounds
            found = [each for each in found if language_of(normal.text[slice(*bounds(each[0]))]) == FRENCH]
        if not found:
            return Checked(language, ())
        return Checked(language, tuple(_finding(text, normal, *each) for each in _joined(_apart(found), normal.text)))

    def _found(self, sentences: Sentences, number: int) -> Iterator[tuple[int, int, _Compiled]]:
        """What a pattern finds in the sentences of a text, and is not lawful there."""
        text, (compiled, pattern) = sentences.text, self._of[number]
        if compiled.elsewhere is not None and compiled.elsewhere.search(text):
            return
        for first, last in _matched(sentences, pattern):
            for match in pattern.finditer(text, max(0, first - _BEFORE), last):
                span = _span(match, text) if compiled.rule.title else _named(match, "span")
                if span and span[0] >= first and not compiled.lawful(sentences, (first, last), span):
                    yield *span, compiled


def _matched(sentences: Sentences, pattern: re2._Regexp) -> Iterator[tuple[int, int]]:
    """The sentences in which a pattern may match: others are passed over, in one search of the text."""
    text, at = sentences.text, 0
    while at < len(sentences.whole):
        begins = max(0, sentences.whole[at][0] - _BEFORE)
        ends = min(len(text), begins + _AHEAD)
        match = pattern.search(text, begins, ends)
        if match is None and ends == len(text):
            return
        if match is None:
            at = max(at + 1, sentences.number(ends - _AHEAD // 2))
            continue
        at = max(at, sentences.number(match.start()))
        yield sentences.whole[at]
        at += 1


def _named(match: re2._Match, name: str) -> tuple[int, int]:
    """Where a group stands; where there is none, the whole match."""
    first, last = match.span(match.re.groupindex.get(name.encode(), 0))
    return first, last


def _span(match: re2._Match, text: bytes) -> tuple[int, int] | None:
    """Where a match names an occupation in one gender alone."""
    start, end = _named(match, "title")
    first, last = _named(match, "article") if b"article" in match.re.groupindex else (0, 0)
    found = one_gender(text[start:end], text[max(first, 0) : max(last, 0)].strip(), text)
    return (start + found[0], start + found[1]) if found else None


def _apart(found: list[tuple[int, int, _Compiled]]) -> list[tuple[int, int, _Compiled]]:
    """Keep, of findings that overlap, only the longest, unless one word states two criteria."""
    kept: list[tuple[int, int, _Compiled]] = []
    for together in _overlapping(found):
        longest: list[tuple[int, int, _Compiled]] = []
        for start, end, compiled in sorted(together, key=lambda each: (each[0] - each[1], each[0])):
            if all(end <= first or last <= start or _both(compiled, other) for first, last, other in longest):
                longest.append((start, end, compiled))
        kept += longest
    return sorted(kept, key=lambda each: (each[0], each[1], each[2].rule.id))


def _overlapping(found: list[tuple[int, int, _Compiled]]) -> Iterator[list[tuple[int, int, _Compiled]]]:
    """Findings in groups: none overlaps one of another group."""
    group, reached = list[tuple[int, int, _Compiled]](), 0
    for each in sorted(found, key=lambda each: each[0]):
        if group and each[0] >= reached:
            yield group
            group = []
        group.append(each)
        reached = max(reached, each[1])
    if group:
        yield group


def _both(one: _Compiled, other: _Compiled) -> bool:
    """Whether the same words may state two criteria: a young woman, a father, a partner of the other sex."""
    pair = {one.criterion, other.criterion}
    return len(pair) == 2 and (bool(pair & _WITH_ANY) or pair in _PAIRS)


def _joined(found: list[tuple[int, int, _Compiled]], text: bytes) -> list[tuple[int, int, _Compiled]]:
    """Findings of one criterion that only a comma or a conjunction parts, as one: what is told is one requirement."""
    kept: list[tuple[int, int, _Compiled]] = []
    for start, end, compiled in found:
        for place in range(max(0, len(kept) - _MOST_BESIDE), len(kept)):
            first, last, other = kept[place]
            if other.criterion == compiled.criterion and _LINKS.fullmatch(text, last, start):
                kept[place] = (first, end, other)
                break
        else:
            kept.append((start, end, compiled))
    return kept


def _finding(text: str, normal: Normal, start: int, end: int, compiled: _Compiled) -> WordingFinding:
    first, last = normal.span(start, end)
    return WordingFinding(
        criterion=compiled.criterion,
        start=first,
        end=last,
        span=text[first:last],
        rule=compiled.rule.id,
        law=compiled.law,
        suggestion=compiled.suggestion,
    )


@cache
def packaged_checker() -> Checker:
    """The rules that ship."""
    return Checker(packaged())


def check_text(text: str) -> Checked:
    """Find the language of an advert and what in it states a prohibited criterion, by the rules that ship.

    Labour Code L. 1132-1, L. 1142-1 and L. 5321-2. Offsets are characters of the text as given. Texts in languages
    without rules have no findings.
    """
    return packaged_checker().check(text)


def check_lines(file: IO[bytes]) -> Iterator[tuple[TextLine, dict[str, Any]]]:
    """Each line of a file with its answer `{"id", "language", "findings"}`; null and an `error` for one at fault."""
    check = packaged_checker().check
    for line in read_lines(file):
        if line.fault:
            yield line, {"id": line.id, "language": None, "findings": None, "error": fault_told(line)}
        else:
            found = check(line.text)
            findings = [each.document() for each in found.findings]
            yield line, {"id": line.id, "language": found.language, "findings": findings}
