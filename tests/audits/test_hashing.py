import pytest

from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import canonical_json


def test_the_example_of_rfc_8785():
    given = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }
    expected = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert canonical_json(given).decode() == expected


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1: "a"}, {"a": object()}])
def test_what_json_cannot_say_is_an_error(value):
    with pytest.raises(BoussoleError, match="canonical JSON"):
        canonical_json(value)
