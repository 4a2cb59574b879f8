"""The arithmetic of rows and priors, held against numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_models import base_of, cause, check

from wizard.knowledge.rows import compile_model, complete_row

CHANCES = {"often": 0.6, "rarely": 0.1}


def test_the_rest_is_shared_in_proportion() -> None:
    """A cause's row: .6 named, .4 shared 5 to 3."""
    row = complete_row({"a": "often"}, ("a", "b", "c"), np.array([0.2, 0.5, 0.3]), CHANCES)

    assert row == pytest.approx([0.6, 0.25, 0.15])


def test_a_fully_named_row_is_normalised() -> None:
    """Words that add up to 1.1 mean their proportions."""
    row = complete_row({"a": 0.5, "b": 0.6}, ("a", "b"), np.ones(2), CHANCES)

    assert row == pytest.approx([5 / 11, 6 / 11])


def test_no_outcome_is_impossible() -> None:
    """Every entry is raised to the floor, then the row is normalised again."""
    row = complete_row({"a": 0.995}, ("a", "b", "c"), np.array([1.0, 1.0, 0.0]), CHANCES)

    assert row.sum() == pytest.approx(1.0)
    assert row[2] == pytest.approx(0.001 / (0.995 + 0.005 + 0.001))


def test_priors_are_family_share_times_weight() -> None:
    """Shares are renormalised over families that have causes; weights over the family."""
    base = base_of(
        [check("q")], [cause("a", "x", 8), cause("b", "x", 2), cause("c", "y", 5)], shares={"x": 30, "y": 10, "z": 60}
    )

    model = compile_model(base)

    assert model.hypotheses == ("a", "b", "c", "healthy", "other")
    assert model.priors[True] == pytest.approx([0.9 * 0.75 * 0.8, 0.9 * 0.75 * 0.2, 0.9 * 0.25, 0.05, 0.05])
    assert model.priors[False][-2:] == pytest.approx([0.5, 0.05])


def test_a_benign_cause_takes_from_healthy_only() -> None:
    """w / (10 + sum of benign w) of the mass of `healthy`."""
    base = base_of([check("q")], [cause("a", "x", 5), replace(cause("b", "x", 5), benign=True)])

    model = compile_model(base)

    assert model.priors[False] == pytest.approx([0.45, 0.5 * 5 / 15, 0.5 * 10 / 15, 0.05])
    assert model.faults.tolist() == [True, False, False, True]


def test_a_root_inherits_the_rows_of_its_effect() -> None:
    """w P(o|effect) + (1 - w) P(o|otherwise) where the root lists nothing; its own row where it does."""
    effect = cause("effect", "x", 5, {"q": {"odd": 0.9}, "r": {"odd": 0.9}})
    root = cause("root", "x", 5, {"r": {"odd": 0.2}}, leads_to={"effect": 0.3})
    base = base_of([check("q", odd=0.1), check("r", odd=0.1)], [effect, root])

    model = compile_model(base)

    index = model.hypotheses.index("root")
    assert model.rows["q"][index][1] == pytest.approx(0.3 * 0.9 + 0.7 * 0.1)
    assert model.rows["r"][index][1] == pytest.approx(0.2)
    assert model.roots[model.hypotheses.index("effect"), index]


def test_of_several_effects_the_surest_counts() -> None:
    """The effect with the largest weight gives the row."""
    weak = cause("weak", "x", 5, {"q": {"odd": 0.9}})
    strong = cause("strong", "x", 5, {"q": {"odd": 0.5}})
    root = cause("root", "x", 5, leads_to={"weak": 0.2, "strong": 0.8})

    model = compile_model(base_of([check("q", odd=0.1)], [root, strong, weak]))

    assert model.rows["q"][model.hypotheses.index("root")][1] == pytest.approx(0.8 * 0.5 + 0.2 * 0.1)


def test_other_is_half_otherwise_and_half_the_mean_of_causes() -> None:
    """With one cause at .9 and one silent: .5 x .1 + .5 x (.9 + .1) / 2."""
    base = base_of([check("q", odd=0.1)], [cause("a", "x", 5, {"q": {"odd": 0.9}}), cause("b", "x", 5)])

    model = compile_model(base)

    assert model.rows["q"][-1][1] == pytest.approx(0.5 * 0.1 + 0.5 * 0.5)


def test_an_outcome_that_no_cause_explains_points_outside() -> None:
    """Rare when healthy and raised by nothing: ten times `otherwise` under `other`, and named for the lint."""
    model = compile_model(base_of([check("q", odd=0.02)], [cause("a", "x", 5)]))

    assert model.rows["q"][-1][1] == pytest.approx(0.2, abs=0.01)
    assert model.surprising == (("q", "odd"),)


def test_the_pointer_outside_has_limits() -> None:
    """At most .3; and an outcome that more than one healthy run in twenty shows points nowhere."""
    rare = replace(check("rare", odd=0.05), otherwise={"odd": 0.04})
    usual = replace(check("usual", odd=0.06), otherwise={"odd": 0.04})

    model = compile_model(base_of([rare, usual], [cause("a", "x", 5)]))

    assert model.rows["rare"][-1][1] == pytest.approx(0.3)
    assert model.rows["usual"][-1][1] == pytest.approx(0.04)


def test_a_person_is_wrong_once_in_twenty_unless_the_author_says_otherwise() -> None:
    """Symptoms have no question and so no error of their own."""
    model = compile_model(base_of([replace(check("s"), ask=None), check("q")], [cause("a", "x", 5)]))

    assert model.ask_error == {"s": 0.05, "q": 0.05}
    assert set(model.ask_minutes) == {"q"}


def test_a_context_informs_nobody() -> None:
    """The check that `requires` names has the same row under every hypothesis."""
    bound = replace(cause("a", "x", 5), requires={"task": ["regression"]})
    context = check("task", outcomes=("classification", "regression"), regression=0.25)

    model = compile_model(base_of([context], [bound]))

    assert np.allclose(model.rows["task"], [0.75, 0.25])
    assert model.surprising == ()


def test_a_context_informs_no_set_of_causes_either() -> None:
    """What an author wrote as its `otherwise` is no base rate: nothing is read from it, and no group has it."""
    bound = replace(cause("a", "x", 5), requires={"task": ["regression"]})
    context = check("task", outcomes=("classification", "regression"), regression=0.25)
    context = replace(context, otherwise={"regression": 0.6}, group="g")

    model = compile_model(base_of([context], [bound]))

    assert model.otherwise["task"] == pytest.approx([0.75, 0.25])
    assert model.groups == {}


def test_ties_in_a_group_go_by_id() -> None:
    """Checks that tell nothing are equally informative, whatever the rounding of their logarithms."""
    silent = [replace(check(f"q{number}", odd=0.053 * number), group="g") for number in range(1, 9)]
    causes = [cause(name, "x", prior) for name, prior in (("a", 1.7), ("b", 3.1), ("c", 7.9))]

    model = compile_model(base_of(silent, causes))

    assert model.groups["g"] == tuple(sorted(entry.id for entry in silent))
