"""A journal under another version of the knowledge base: what is unknown is dropped and named, nothing raises."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_bases import random_base

from wizard.consultation import journal
from wizard.consultation.consultation import (
    Answered,
    Consultation,
    DontKnow,
    Entry,
    Looked,
    Named,
    Told,
    TookBack,
    Tried,
    replay,
)
from wizard.consultation.refit import refitted
from wizard.consultation.session import Session
from wizard.knowledge.cache import Knowledge
from wizard.knowledge.rows import compile_model
from wizard.report import machine, summary, text
from wizard.report.wording import Wording
from wizard.vocabulary import Check, Fact, Finding, Inspected, KnowledgeBase, Outcome, Symptom, Text, Unanswered, Words

BASE = random_base(1, causes=5, checks=6, remedies=6, groups=True)
SYMPTOM = Check(
    "s0", "told", Text("s", "s"), {"present": Outcome(Text("p", "p"), Text("p", "p")),
    "absent": Outcome(Text("a", "a"), Text("a", "a"))}, {"present": 0.1}, ["s"], symptom=Symptom(Words([], []), "flat"),
)  # fmt: skip
WHOLE = replace(BASE, checks={**BASE.checks, "s0": SYMPTOM})
CHECKS = sorted(BASE.checks)


def without(base: KnowledgeBase, gone: set[str], shortened: set[str]) -> KnowledgeBase:
    """BASE without the entries GONE and all that refers to them; checks SHORTENED have lost their last outcome."""
    checks = {name: _shorter(check) if name in shortened else check for name, check in base.checks.items()}
    causes = {
        name: replace(
            cause,
            evidence={
                check: kept
                for check, row in cause.evidence.items()
                if check not in gone and (kept := {o: p for o, p in row.items() if o in checks[check].outcomes})
            },
            remedies={remedy: works for remedy, works in cause.remedies.items() if remedy not in gone},
        )
        for name, cause in base.causes.items()
        if name not in gone
    }
    return replace(
        base,
        checks={name: check for name, check in checks.items() if name not in gone},
        causes=causes,
        remedies={name: remedy for name, remedy in base.remedies.items() if name not in gone},
    )


def _shorter(check: Check) -> Check:
    if len(check.outcomes) == 2:
        return check
    kept = dict(list(check.outcomes.items())[:-1])
    return replace(check, outcomes=kept, healthy={o: p for o, p in check.healthy.items() if o in kept})


def entries() -> st.SearchStrategy[Entry]:
    """What any journal under the whole base may hold."""
    outcomes = [(name, outcome) for name in CHECKS for outcome in BASE.checks[name].outcomes]
    findings = st.sampled_from(outcomes).map(lambda o: Finding(o[1], {"n": 1}, None, o[0], "log"))
    missed = st.sampled_from(CHECKS).map(lambda name: Unanswered("absent", "", name))
    return st.one_of(
        st.just(Named("s0")),
        st.sampled_from(outcomes).map(lambda o: Answered(*o)),
        st.sampled_from(CHECKS).map(DontKnow),
        st.sampled_from([*CHECKS, "s0", "r0", "num_classes"]).map(TookBack),
        st.sampled_from([Fact("num_classes", 10), Fact("rerun_minutes", 4.0), Fact("mine", "x")]).map(Told),
        st.tuples(st.sampled_from(sorted(BASE.remedies)), st.booleans()).map(lambda t: Tried(*t)),
        st.tuples(st.lists(findings, max_size=3), st.lists(missed, max_size=2)).map(
            lambda t: Looked(Inspected(findings=tuple(t[0]), unanswered=tuple(t[1])))
        ),
    )


@settings(max_examples=60, deadline=None)
@given(
    journal=st.lists(entries(), max_size=8),
    gone=st.sets(st.sampled_from([*CHECKS[1:], *sorted(BASE.causes)[1:], *sorted(BASE.remedies), "s0"]), max_size=8),
    shortened=st.sets(st.sampled_from(CHECKS)),
)
def test_any_prefix_replays_under_a_base_with_entries_removed(
    journal: list[Entry], gone: set[str], shortened: set[str]
) -> None:
    """Every report can be made of it, and nothing is left of what the base does not know."""
    base = without(WHOLE, gone, shortened)
    knowledge = Knowledge(base, compile_model(base))

    for length in range(len(journal) + 1):
        session = Session(knowledge, refitted(replay(journal[:length]), base))

        wording = Wording(base, "en")
        for report in (text, summary):
            assert report.render(session, wording)
        assert machine.render(session, [], "en")
        assert set(session.findings) <= set(base.checks)


@settings(max_examples=40, deadline=None)
@given(journal=st.lists(entries(), max_size=8))
def test_under_the_same_base_nothing_changes(journal: list[Entry]) -> None:
    """Nothing is dropped, nothing is told."""
    consultation = replay(journal)

    assert refitted(consultation, WHOLE) == consultation


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        (Named("gone"), "gone"),
        (Named("q0"), "q0"),
        (Answered("gone", "odd"), "gone=odd"),
        (Answered("q0", "gone"), "q0=gone"),
        (DontKnow("gone"), "gone"),
        (Tried("gone", False), "gone"),
        (Told(Fact("num_clases", 10)), "num_clases=10"),
        (Looked(Inspected(findings=(Finding("gone", check="q0", origin="log"),))), "q0=gone"),
        (Looked(Inspected(findings=(Finding("odd", check="gone", origin="log"),))), "gone=odd"),
    ],
)
def test_what_is_dropped_is_named(entry: Entry, named: str) -> None:
    """Once, among the notes, which every report shows; the rest of the journal counts."""
    kept = Answered("q1", "odd")

    session = refitted(replay([entry, entry, kept]), WHOLE)

    assert [note.values["what"] for note in session.notes] == [named]
    assert session.told.keys() == {"q1"}


def test_what_is_told_of_a_drop_stays_when_it_is_kept_and_read_again(tmp_path: Path) -> None:
    """A resumed journal says so too, and not twice."""
    once = refitted(replay([Named("gone"), Answered("q0", "odd")]), WHOLE)
    journal.save(once, tmp_path / "j.jsonl")

    twice = refitted(journal.load(tmp_path / "j.jsonl"), WHOLE)

    assert twice.notes == once.notes
    assert len(twice.notes) == 1


def test_a_finding_that_an_older_inspector_measured_less_of_is_told_without_numbers() -> None:
    """Its outcome counts; the sentence of today would need a number that is not there."""
    outcome = Outcome(Text("odd", "odd"), Text("It is odd by {much}.", "{much}"))
    checks = {
        **WHOLE.checks,
        "q0": replace(WHOLE.checks["q0"], outcomes={**WHOLE.checks["q0"].outcomes, "odd": outcome}),
    }
    base = replace(WHOLE, checks=checks)
    old = Finding("odd", {}, None, "q0", "log")

    now = refitted(replay([Looked(Inspected(findings=(old,)))]), base)

    assert now.findings == {"q0": old}
    assert Wording(base, "en").finding(old) == "t: odd"


def test_an_empty_consultation_is_kept_and_read(tmp_path: Path) -> None:
    """No line is no damage."""
    journal.save(Consultation(), tmp_path / "j.jsonl")

    assert journal.load(tmp_path / "j.jsonl") == Consultation()
