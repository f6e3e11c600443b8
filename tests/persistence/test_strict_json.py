"""JSON as the standard has it, and no larger than it need be."""

import pytest

from skvae.persistence._errors import ModelFileError
from skvae.persistence._strict_json import parse_json


def test_sound_json():
    assert parse_json(b'{"a": [1, -2.5, null, true, "\\u00e9"]}') == {"a": [1, -2.5, None, True, "é"]}
    assert parse_json("18446744073709551615") == 2**64 - 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1, "a": 2}', "twice"),
        ('[{"a": 1, "\\u0061": 2}]', "twice"),
        ("NaN", "NaN"),
        ("[-Infinity]", "Infinity"),
        ("1e999", "overflows"),
        ("1" * 5000, "5000 digits"),
        ("[" * 100_000, "recursion|nest"),
        ('{"a":' * 100_000, "recursion|nest"),
        (b'"\xff"', "utf-8"),
        (b"\xef\xbb\xbf{}", "BOM"),
        ("{} {}", "Extra data"),
        ("", "Expecting value"),
    ],
)
def test_unsound_json(text, words):
    with pytest.raises(ModelFileError, match=words):
        parse_json(text)
