"""JSON as the standard has it, and no larger than it need be."""

import json
import math

from skvae.persistence._errors import damaged

#: 64 bits need no more, and Python takes quadratic time to parse long ones.
MAX_DIGITS = 20


def parse_json(text):
    """Parse JSON strictly: no duplicate keys, no NaN or infinity, no endless numbers or nesting."""
    try:
        return json.loads(
            str(text, "utf-8") if isinstance(text, bytes) else text,
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
            parse_int=_short_int,
            parse_float=_finite_float,
        )
    except (ValueError, RecursionError) as error:
        raise damaged(f"Its header is no sound JSON: {error}.") from error


def _unique(pairs):
    """Make a dict, without keys that stand twice."""
    entries = dict(pairs)
    if len(entries) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return entries


def _refuse_constant(word):
    """Refuse NaN and infinity, which JSON does not have."""
    raise ValueError(f"{word} is no number")


def _short_int(digits):
    """Parse an int of bearable length."""
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"an integer has {len(digits)} digits")
    return int(digits)


def _finite_float(digits):
    """Parse a float that does not overflow."""
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits[:MAX_DIGITS]} overflows")
    return number
