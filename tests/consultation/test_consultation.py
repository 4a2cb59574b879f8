"""A consultation is a pure function of its journal: don't know is nothing, taken back is never said."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_models import base_of, check

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
from wizard.errors import UnreadableError
from wizard.knowledge.cache import Knowledge, load_knowledge
from wizard.reasoning.belief import posterior
from wizard.vocabulary import ArtifactFile, Fact, Finding, Inspected, Notice, Origin, Place, Reason, Unanswered


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


def belief(knowledge: Knowledge, consultation: Consultation) -> np.ndarray:
    return posterior(knowledge.model, consultation.evidence)


def test_dont_know_changes_nothing(knowledge: Knowledge) -> None:
    """The posterior after "don't know" is the posterior before, to the bit."""
    before = replay([Named("training_loss_flat"), Answered("lower_rate_helps", "no_difference")])

    after = before.after(DontKnow("training_step"))

    assert np.array_equal(belief(knowledge, after), belief(knowledge, before))
    assert after.unanswered(knowledge.base)["training_step"].reason == "unknown"


def test_taken_back_is_never_said(knowledge: Knowledge) -> None:
    """Naming and answering, then taking both back, leaves the prior without a complaint."""
    entries: list[Entry] = [Named("loss_is_nan"), Answered("lower_rate_helps", "falls_now")]

    after = replay([*entries, TookBack("loss_is_nan"), TookBack("lower_rate_helps")])

    assert after.complaints == ()
    assert np.array_equal(belief(knowledge, after), belief(knowledge, Consultation()))


def test_a_later_answer_replaces_the_earlier(knowledge: Knowledge) -> None:
    """Changing one's mind is the same as having said the second thing only."""
    changed = replay([Answered("lower_rate_helps", "falls_now"), Answered("lower_rate_helps", "slower")])

    assert np.array_equal(
        belief(knowledge, changed), belief(knowledge, replay([Answered("lower_rate_helps", "slower")]))
    )


def looked(outcome: str, facts: tuple[Fact, ...] = ()) -> Looked:
    return Looked(
        Inspected(findings=(Finding(outcome, {"n": 3}, check="weights_finite", origin="checkpoint"),), facts=facts)
    )


def test_an_inspector_counts_before_a_person() -> None:
    """Both answered: the file is believed, and the conflict is known."""
    consultation = replay([Answered("weights_finite", "nonfinite"), looked("finite")])

    assert consultation.findings["weights_finite"].origin == "checkpoint"
    assert consultation.conflicts == ("weights_finite",)


def test_a_person_may_overrule_an_inspector() -> None:
    """An overruling answer counts, whichever came first."""
    consultation = replay([Answered("weights_finite", "nonfinite", overrule=True), looked("finite")])

    assert consultation.findings["weights_finite"].outcome == "nonfinite"


def test_a_refuted_complaint_is_none() -> None:
    """If an inspector says that the symptom is absent, the run is judged as one nobody complains of."""
    refuted = Looked(Inspected(findings=(Finding("absent", check="loss_is_nan", origin="log"),)))

    assert replay([Named("loss_is_nan")]).evidence.complaint
    assert not replay([Named("loss_is_nan"), refuted]).evidence.complaint


def test_a_complaint_that_overrules_its_refutation_is_one_again() -> None:
    """Whether by naming or by answering: the symptom counts as present, and a person said so."""
    refuted = Looked(Inspected(findings=(Finding("absent", check="loss_is_nan", origin="log"),)))
    insists = Answered("loss_is_nan", "present", overrule=True)

    assert replay([Named("loss_is_nan"), refuted, insists]).complaints == ("loss_is_nan",)
    assert replay([insists]).evidence.complaint
    assert not replay([Answered("loss_is_nan", "absent", overrule=True)]).evidence.complaint
    assert not replay([refuted, Answered("loss_is_nan", "present")]).evidence.complaint


def test_a_fact_told_anew_replaces_what_was_told() -> None:
    """A person who corrects a fact does not disagree with anybody."""
    consultation = replay([Told(Fact("num_classes", 7)), Told(Fact("num_classes", 10))])

    assert consultation.facts["num_classes"].value == 10
    assert consultation.fact_conflicts == {}


def test_an_answered_context_makes_a_check_inapplicable() -> None:
    """Asked until the context is known to be another; taken back, it may be asked again."""
    task = check("task", outcomes=("classification", "regression"), regression=0.3)
    base = base_of([task, replace(check("target_scale"), requires={"task": ["regression"]})], [])
    regression, classification = Answered("task", "regression"), Answered("task", "classification")

    assert replay([]).askable(base) == ("target_scale", "task")
    assert replay([regression]).askable(base) == ("target_scale",)
    assert replay([classification]).askable(base) == ()
    assert replay([classification]).unanswered(base)["target_scale"].reason == "inapplicable"
    assert replay([classification, TookBack("task")]).askable(base) == ("target_scale", "task")


def test_facts_are_settled_by_the_most_trusted_artifact() -> None:
    """The recipe settles what was told otherwise, and the conflict is shown."""
    consultation = replay([Told(Fact("num_classes", 7)), looked("finite", (Fact("num_classes", 10, "recipe"),))])

    assert consultation.facts["num_classes"].value == 10
    assert [fact.value for fact in consultation.fact_conflicts["num_classes"]] == [7, 10]


def test_trust_falls_from_the_recipe_to_the_person() -> None:
    """Each origin settles what all later ones say otherwise."""
    origins: list[Origin] = ["recipe", "checkpoint", "log", "config", "source", "told"]
    facts = [Fact("num_classes", number, origin) for number, origin in enumerate(origins)]

    settled = [
        replay([looked("finite", tuple(facts[start:][::-1]))]).facts["num_classes"].origin
        for start in range(len(origins))
    ]

    assert settled == origins


def test_looking_again_replaces_what_was_found() -> None:
    """A check that can no longer be answered loses its finding."""
    file = ArtifactFile("checkpoint", "last.pt", 1, "")
    lost = Looked(Inspected(artifacts=(file,), unanswered=(Unanswered("absent", "gone", "weights_finite"),)))

    assert "weights_finite" not in replay([looked("finite"), lost]).findings


def told_look(outcome: str = "", reason: Reason = "absent") -> Looked:
    """Pasted text that gives this outcome, or none for this reason."""
    file = ArtifactFile("told", "<pasted>", 1, "")
    finding = Finding(outcome, {}, None, "weights_finite", "told")
    missed = Unanswered(reason, "untold", "weights_finite")
    return Looked(Inspected((file,), (), (finding,) if outcome else (), () if outcome else (missed,)))


def test_what_was_pasted_never_replaces_what_a_file_showed() -> None:
    """Neither by another outcome nor by having none; before the file is seen, it counts."""
    assert replay([told_look("nonfinite")]).findings["weights_finite"].outcome == "nonfinite"
    assert replay([looked("finite"), told_look("nonfinite")]).findings["weights_finite"].outcome == "finite"
    assert replay([told_look("nonfinite"), looked("finite")]).findings["weights_finite"].outcome == "finite"
    assert replay([looked("finite"), told_look()]).findings["weights_finite"].outcome == "finite"


def test_what_was_pasted_is_replaced_by_what_is_pasted_later() -> None:
    """A mended block, or one that no longer tells."""
    assert replay([told_look("nonfinite"), told_look("finite")]).findings["weights_finite"].outcome == "finite"
    assert "weights_finite" not in replay([told_look("nonfinite"), told_look()]).findings


def test_a_file_that_lacks_what_was_pasted_leaves_it() -> None:
    """Unless the file shows that the question makes no sense; then what is pasted later does not bring it back."""
    base = base_of([check("weights_finite")], [])
    file = ArtifactFile("checkpoint", "last.pt", 1, "")
    lacks, senseless = (
        Looked(Inspected((file,), unanswered=(Unanswered(reason, reason, "weights_finite"),)))
        for reason in ("absent", "inapplicable")
    )

    assert "weights_finite" in replay([told_look("finite"), lacks]).findings
    assert "weights_finite" not in replay([told_look("finite"), senseless]).findings
    assert replay([senseless, told_look()]).unanswered(base)["weights_finite"].detail == "inapplicable"


def test_a_look_that_broke_takes_nothing_back() -> None:
    """A recipe that crashes the second time leaves what the first look found."""
    crashed = Looked(Inspected(unanswered=(Unanswered("crashed", "boom", "weights_finite"),)))

    assert "weights_finite" in replay([looked("finite"), crashed]).findings


def test_the_journal_comes_back_as_it_was(tmp_path: Path) -> None:
    """Every kind of entry survives the disk, not-a-number measurements in words included."""
    inspected = Inspected(
        artifacts=(ArtifactFile("log", "metrics.csv", 12, "ab"),),
        facts=(Fact("num_classes", 10, "recipe"), Fact("loss_name", "x", "log"), Fact("lr", 0.001, "log")),
        findings=(Finding("later", {"step": 3, "loss": "NaN", "ratio": 0.5}, Place("a.csv", 4, 3), "q", "log"),),
        unanswered=(Unanswered("crashed", "boom", "r"),),
        unreadable=(Notice("Its directory lists {n} records.", {"n": 3}, "a.pt", "Save it again with torch.save."),),
        notes=(Notice("{n} files", {"n": 3}),),
        rerun_minutes=2.5,
    )
    consultation = replay(
        [
            Named("loss_is_nan"),
            Answered("q", "a", True),
            DontKnow("r"),
            TookBack("r"),
            Told(Fact("loss", 0.693)),
            Looked(inspected),
            Tried("lower_lr", False),
        ]
    )
    path = tmp_path / "journal.jsonl"

    journal.save(consultation, path)

    assert journal.load(path) == consultation
    assert math.isclose(float(journal.load(path).facts["lr"].value), 0.001)


def test_a_damaged_journal_is_refused_with_its_line(tmp_path: Path) -> None:
    """What is not an entry is named by file and line."""
    path = tmp_path / "journal.jsonl"
    path.write_text('{"entry": "named", "data": {"symptom": "loss_is_nan"}}\n{"entry": "dance", "data": {}}\n')

    with pytest.raises(UnreadableError, match=r"journal.jsonl:2"):
        journal.load(path)
