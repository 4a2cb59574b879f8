"""Entries in one line each, for tests of arithmetic."""

from __future__ import annotations

from wizard.vocabulary import Ask, Cause, Chance, Check, Family, KnowledgeBase, Outcome, Row, Scales, Text

T = Text("text", "文字")


def check(name: str, outcomes: tuple[str, ...] = ("normal", "odd"), minutes: float = 2.0, **healthy: Chance) -> Check:
    """A check that a person can answer; HEALTHY gives the chances of its odd outcomes."""
    entries = {outcome: Outcome(T, T) for outcome in outcomes}
    return Check(name, "told", T, entries, dict(healthy) or {outcomes[1]: 0.05}, ["s"], ask=Ask(T, T, minutes))


def cause(
    name: str,
    family: str,
    prior: float,
    evidence: dict[str, Row] | None = None,
    leads_to: dict[str, float] | None = None,
) -> Cause:
    """A cause without remedies."""
    return Cause(name, family, T, T, prior, dict(evidence or {}), ["s"], leads_to=dict(leads_to or {}))


def base_of(checks: list[Check], causes: list[Cause], shares: dict[str, float] | None = None) -> KnowledgeBase:
    """A base of these entries and nothing else."""
    families = shares or {entry.family: 10.0 for entry in causes}
    return KnowledgeBase(
        families={name: Family(T, share) for name, share in families.items()},
        scales=Scales({}, {}, 0.25),
        sources={},
        checks={entry.id: entry for entry in checks},
        causes={entry.id: entry for entry in causes},
        remedies={},
        vignettes={},
    )
