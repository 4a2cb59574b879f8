"""The contract of an inspector: a function that answers the check of its own name from one artifact.

It measures first and judges after, returns a Finding or an Unanswered, and knows no cause, probability or sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from wizard.vocabulary import Fact, Finding, Unanswered

Judge = Callable[..., Finding | Unanswered]
Facts = Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Inspector:
    """A judging function with its cost: `seconds` of the budget of experiments, 0 if it is none."""

    check: str
    judge: Judge
    version: int
    seconds: float
    wants_facts: bool

    def __call__(self, artifact: Any, facts: Facts) -> Finding | Unanswered:
        """Judge ARTIFACT; facts are passed only to a function that takes them."""
        return self.judge(artifact, facts) if self.wants_facts else self.judge(artifact)


def inspector(*, version: int, seconds: float = 0.0) -> Callable[[Judge], Inspector]:
    """Make the decorated function the inspector of the check that bears its name.

    The function takes the artifact, and the facts known so far if it has a second parameter.
    Raise `version` when its outcomes may change: measured rates name the version they were measured with.
    """

    def register(judge: Judge) -> Inspector:
        parameters = judge.__code__.co_argcount
        return Inspector(judge.__name__, judge, version, seconds, wants_facts=parameters > 1)

    return register
