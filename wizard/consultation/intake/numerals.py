"""Percentages that are written out, as digits: `100 percent`, 百分之四十八."""

from __future__ import annotations

import re

DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
IN_WORDS = re.compile(r"(?<=\d)\s*(?:percent|per cent|pct)\b")
CHINESE = re.compile(r"百分之\s*(?:(\d+(?:\.\d+)?)|([零一二两三四五六七八九十百]{1,4}))")


def with_digits(text: str) -> str:
    """TEXT with every percentage as a number and its sign."""
    return CHINESE.sub(lambda found: f" {found[1] or _value(found[2])}% ", IN_WORDS.sub("%", text))


def _value(numeral: str) -> int:
    """The number that a NUMERAL up to a hundred stands for."""
    if "百" in numeral:
        return 100
    tens, ten, ones = numeral.rpartition("十")
    return (DIGITS.get(tens, 1) * 10 if ten else 0) + DIGITS.get(ones[-1:], 0)
