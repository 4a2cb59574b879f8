"""Lint is silent on a sound base and names each thing that is loose, dead, untranslated or inseparable."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from wizard.knowledge.confusion import confusion
from wizard.knowledge.lint import lint
from wizard.knowledge.load import load
from wizard.knowledge.problems import Problem
from wizard.knowledge.rows import compile_model

Edit = Callable[[str, str, str], None]

INSPECTED = frozenset({"loss_becomes_nonfinite"})
CAUSE = "causes/lr_schedule/lr_too_high.yaml"
DATA = "causes/data/nan_in_data.yaml"
CHECK = "checks/log/loss_becomes_nonfinite.yaml"
ASK = "checks/ask/lower_rate_helps.yaml"
SYMPTOM = "checks/ask/loss_is_nan.yaml"
REMEDY = "remedies/lower_lr.yaml"

# what is wrong: (file, what stands there, what is planted instead, severity, file named, what is said)
PLANTED = {
    "check no cause lists": (
        CAUSE, "  lower_rate_helps: {falls_now: always}\n", "",
        "error", ASK, "no cause lists this check",
    ),
    "cause without remedy": (
        CAUSE, "{lower_lr: usually}", "{}",
        "error", CAUSE, "this cause has no remedy",
    ),
    "cause without evidence": (
        DATA, "evidence:\n  loss_becomes_nonfinite: {never: .02, later: .97}\n  loss_is_nan: {present: always}\n",
        "evidence: {}\n",
        "error", DATA, "this cause moves no check",
    ),
    "remedy no cause lists": (
        CAUSE, "{lower_lr: usually}", "{drop_nan_rows: usually}",
        "error", REMEDY, "no cause lists this remedy",
    ),
    "cause no vignette shows": (
        "vignettes/data/nan_in_data.yaml", "cause: nan_in_data", "cause: lr_too_high",
        "error", DATA, "no vignette shows this cause",
    ),
    "symptom too rare when healthy": (
        SYMPTOM, "{present: .06}", "{present: .04}",
        "error", SYMPTOM, "healthy runs bring this complaint with only 0.04",
    ),
    "slot left open": (
        CHECK, '"NaN from step {step}."', '"NaN from step {step."',
        "error", CHECK, "`says` of 'later' has a broken slot",
    ),
    "slot with a format": (
        CHECK, '"NaN from step {step}."', '"NaN from step {step:d}."',
        "error", CHECK, "`says` of 'later' has a broken slot",
    ),
    "slot in one language only": (
        CHECK, '"第 {step} 步起为 NaN。"', "后来为 NaN。",
        "warning", CHECK, "`says` of 'later' has other slots in Chinese than in English",
    ),
    "text not translated": (
        REMEDY, "zh: 除以十。", "zh: Divide it by ten.",
        "warning", REMEDY, "not translated: 'Divide it by ten.'",
    ),
    "title twice": (
        REMEDY, "en: Lower the learning rate,", "en: Drop the rows with nan!,",
        "error", REMEDY, "the title is that of 'drop_nan_rows'",
    ),
    "source nobody cites": (
        "sources.yaml", "goodfellow_2016:", "unread_2020: {title: A book, where: nowhere}\ngoodfellow_2016:",
        "warning", "sources.yaml", "nothing cites 'unread_2020'",
    ),
}  # fmt: skip


def problems(folder: Path, inspected: frozenset[str] = INSPECTED) -> list[Problem]:
    """What lint says about the folder."""
    base = load(folder)
    return lint(base, compile_model(base), inspected)


def test_a_sound_base_has_no_problem(small_base: Path) -> None:
    """Silence is what a release needs."""
    assert problems(small_base) == []


@pytest.mark.parametrize(("file", "old", "new", "severity", "where", "what"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_problem_is_named(
    small_base: Path, edit: Edit, file: str, old: str, new: str, severity: str, where: str, what: str
) -> None:
    """It is found in its file, with a next step; and nothing else is accused in that file."""
    edit(file, old, new)
    found = [problem for problem in problems(small_base) if problem.where == where]

    assert [(problem.severity, problem.what) for problem in found] == [(severity, what)]
    assert all(problem.next.endswith(".") for problem in found)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (SYMPTOM, "{present: .06}", "{present: .05}"),
        (CHECK, '"NaN from step {step}."', '"NaN from step {step} {{sic}}."'),
        (DATA, "remedies: {drop_nan_rows: always}", "remedies: {drop_nan_rows: always, lower_lr: rarely}"),
        (CHECK, "{en: It becomes NaN, zh: 变为 NaN}", "{en: NaN, zh: NaN}"),
        (REMEDY, "en: Lower the learning rate,", "en: Drop the rows without NaN,"),
    ],
    ids=["symptom at its limit", "braces as text", "second remedy", "one word in both", "similar title"],
)
def test_what_is_just_allowed_is_left_alone(small_base: Path, edit: Edit, file: str, old: str, new: str) -> None:
    """The near misses of the planted problems."""
    edit(file, old, new)

    assert problems(small_base) == []


def test_a_check_that_nobody_can_answer_is_named(small_base: Path) -> None:
    """Neither an inspector, nor a question, nor a complaint."""
    found = problems(small_base, inspected=frozenset())

    assert [(problem.where, problem.what) for problem in found] == [(CHECK, "nobody can answer this check")]


def test_an_inspector_without_a_check_is_named(small_base: Path) -> None:
    """Its findings would be dropped in silence."""
    found = problems(small_base, INSPECTED | {"loss_is_odd"})

    assert [problem.what for problem in found] == ["the inspector 'loss_is_odd' answers no check"]


def test_a_symptom_has_two_outcomes_only(small_base: Path, edit: Edit) -> None:
    """People complain or they do not."""
    edit(SYMPTOM, "  absent:", "  gone:")

    assert "a symptom's outcomes are present and absent" in {problem.what for problem in problems(small_base)}


def test_an_outcome_that_no_cause_raises_is_named(small_base: Path, edit: Edit) -> None:
    """Rare when healthy and explained by nothing, it would speak for `other`."""
    edit(CAUSE, "{later: sometimes}", "{never: .995}")
    edit(DATA, "{never: .02, later: .97}", "{never: .995}")

    assert [problem.what for problem in problems(small_base) if problem.where == CHECK] == [
        "'later' is rare in healthy runs and no cause makes it likelier, so it speaks for `other`"
    ]


def test_an_outcome_that_is_nowhere_likely_is_named(small_base: Path, edit: Edit) -> None:
    """A cause that raises it to less than a hundredth does not make it worth a place."""
    edit(CHECK, "{never: .99, later: .01}", "{never: .995}")
    edit(CAUSE, "{later: sometimes}", "{later: .006}")
    edit(DATA, "{never: .02, later: .97}", "{later: .009}")

    assert [problem.what for problem in problems(small_base) if problem.where == CHECK] == [
        "'later' is nowhere likelier than 0.01"
    ]


def test_a_context_check_is_no_evidence(small_base: Path, edit: Edit) -> None:
    """Its row is a base rate; a cause that lists it as well would count it twice."""
    edit(DATA, "leads_to: {}", "requires: {lower_rate_helps: [falls_now]}")

    assert (ASK, "a context check is listed as evidence") in {
        (problem.where, problem.what) for problem in problems(small_base)
    }


def test_a_context_check_requires_no_other(small_base: Path, edit: Edit) -> None:
    """What decides whether others apply always applies itself; so no requirements go in a circle."""
    edit(ASK, "sources:", "requires: {loss_becomes_nonfinite: [later]}\nsources:")
    edit(CHECK, "sources:", "requires: {lower_rate_helps: [falls_now]}\nsources:")

    found = {problem.where for problem in problems(small_base) if problem.what == "a context check requires another"}
    assert found == {ASK, CHECK}


def twin(folder: Path, later: str, more: str = "") -> str:
    """Make `nan_in_data` a twin of `lr_too_high` but for one chance; returns what lint says about the two."""
    text = (folder / CAUSE).read_text(encoding="utf-8")
    text = text.replace("The learning rate is too high, zh: 学习率过高", "The warm-up is too short, zh: 预热太短")
    text = text.replace("lower_lr", "drop_nan_rows").replace("{later: sometimes}", f"{{later: {later}}}")
    (folder / DATA).write_text(text + more, encoding="utf-8")
    return "; ".join(problem.what for problem in problems(folder) if problem.where in (CAUSE, DATA))


def test_causes_with_the_same_rows_and_other_remedies_are_named(small_base: Path) -> None:
    """Nothing that could be asked would tell which remedy to try first."""
    said = twin(small_base, "sometimes", "looks_like: {lr_too_high: {en: It is not., zh: 不是。}}\n")

    assert said == "no check tells it from 'nan_in_data', yet their first remedies differ"


def test_causes_whose_patients_are_confused_are_named(small_base: Path) -> None:
    """Rows that differ by a little do not separate twenty patients."""
    said = twin(small_base, ".35")

    assert said.endswith("of its patients are confused with those of 'nan_in_data'")


def test_confused_causes_may_name_each_other(small_base: Path) -> None:
    """An author who says what tells them apart knows of it."""
    said = twin(small_base, ".35", "looks_like: {lr_too_high: {en: Look at the data., zh: 看数据。}}\n")

    assert said == ""


def test_confused_causes_may_share_their_first_remedy(small_base: Path, edit: Edit) -> None:
    """Whichever it is, the same thing is done first."""
    said = twin(small_base, ".35")
    edit(CAUSE, "{lower_lr: usually}", "{drop_nan_rows: usually, lower_lr: sometimes}")

    assert "confused" in said
    assert "confused" not in str(problems(small_base))


def test_simulated_patients_mostly_have_their_cause_first(small_base: Path) -> None:
    """Every row of the table is a distribution; on the small base both causes are told apart, and it is repeatable."""
    model = compile_model(load(small_base))
    shares = confusion(model)

    assert np.allclose(shares.sum(axis=1), 1)
    assert shares.diagonal().min() >= 0.8
    assert np.array_equal(shares, confusion(model))
