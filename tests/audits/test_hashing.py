import pytest

from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import canonical_json


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1: "a"}, {"a": object()}])
def test_what_json_cannot_say_is_an_error(value):
    with pytest.raises(BoussoleError, match="canonical JSON"):
        canonical_json(value)
