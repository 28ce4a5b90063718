"""How groups and figures are said inside a sentence."""

from boussole.audits.languages import Catalogue
from boussole.charter.judging.wording import sentences
from boussole.charter.judging.wording.naming import about, gap_digits, parsed, per_hundred, place
from tests.charter.builders import system

ENGLISH, FRENCH = (Catalogue(sentences.LOCALE, lang) for lang in ("en", "fr"))


def test_places():
    intersection = system(
        groups={
            "gender": {"column": "g", "values": {"F": {"en": "women", "fr": "femmes"}}},
            "age": {
                "column": "a",
                "values": {"50+": {"en": "people of 50 and over", "fr": "personnes de 50 ans et plus"}},
            },
        }
    )
    both = {"gender": "F", "age": "50+"}
    assert place(ENGLISH, intersection, both) == "among women of 50 and over"
    assert place(FRENCH, intersection, both) == "parmi les femmes de 50 ans et plus"
    assert place(ENGLISH, intersection, {"gender": "F", "age": "<25"}) == "in the group “women, <25”"
    assert place(ENGLISH, intersection, {"unheard": "x"}) == "in the group “x”"


def test_labels_are_read_back():
    assert parsed("gender=M,age=25-49", ["gender", "age"]) == {"gender": "M", "age": "25-49"}
    assert parsed("a=x=y,b=1,c=2,3", ["a", "b", "c"]) == {"a": "x=y", "b": "1", "c": "2,3"}


def test_figures():
    assert [per_hundred(v, "fr") for v in (0.0042, 0.0999, 0.0004, 1.25)] == ["0,4", "10", "0", "125"]
    assert [about(n, "en") for n in (1, 99, 101, 1000, 98_765)] == ["1", "99", "110", "1,000", "99,000"]
    assert [gap_digits(pair) for pair in ([0.5, 0.4], [0.446, 0.224], [0.44846, 0.23455])] == [0, 1, 2]
