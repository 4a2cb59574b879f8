"""Facts told as numbers: where a loss rests, how large batches and sets are."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from probed import inspected, results

from wizard.plugins.told.numbers import significant
from wizard.vocabulary import Fact


def judged(check: str, **facts: float | str) -> str:
    """The outcome of CHECK for told facts, or the reason why there is none."""
    return results("", *(Fact(name, value) for name, value in facts.items()))[check]


@pytest.mark.parametrize("loss", [0.1, 0.31, 0.45, 0.7, 0.5, 1.0, 1.2, 2.0, 3.0, 5.0, 50.0, 87.0, 99.0, 1e-8, 1e30])
def test_a_loss_like_any_other_is_elsewhere(loss: float) -> None:
    """Round numbers too: 0.7 and 0.5 are too short to mean ln 2 and the sigmoid floor."""
    assert judged("loss_sits_at", loss=loss) == "elsewhere"


@pytest.mark.parametrize(
    ("loss", "outcome"),
    [
        (0.693, "chance"),
        (0.69, "chance"),
        (1.0986, "chance"),
        (2.3, "chance"),
        (2.303, "chance"),
        (4.605, "chance"),
        (6.908, "chance"),
        (1.461, "softmax_floor"),
        (0.313, "softmax_floor"),
        (0.503, "sigmoid_floor"),
        (0, "zero"),
        (-0.2, "negative"),
        (87.3365, "log_limit"),
        (87.34, "log_limit"),
        (100, "log_limit"),
    ],
)
def test_a_number_with_a_meaning_is_known(loss: float, outcome: str) -> None:
    """As people type it, without the number of classes."""
    assert judged("loss_sits_at", loss=loss) == outcome


@pytest.mark.parametrize(
    ("loss", "classes", "outcome"),
    [
        (math.log(7), 7, "chance"),
        (0.7, 2, "chance"),
        (2.31, 10, "chance"),
        (1.48, 10, "softmax_floor"),
        (10.82, 50_257, "chance"),
        (0.5, 2, "sigmoid_floor"),
        (0.693, 10, "elsewhere"),
        (2.303, 2, "elsewhere"),
        (1.6, 10, "elsewhere"),
        (2.0, 10, "elsewhere"),
    ],
)
def test_the_number_of_classes_decides(loss: float, classes: int, outcome: str) -> None:
    """It allows for the scatter of a stuck run, and rules the levels of other numbers out."""
    assert judged("loss_sits_at", loss=loss, num_classes=classes) == outcome


def test_the_measurement_tells_loss_and_level() -> None:
    """For a sentence that shows both."""
    found = next(f for f in inspected("", Fact("loss", 2.3)).findings if f.check == "loss_sits_at")

    assert found.measured == {"loss": 2.3, "floor": 2.30259}


def test_a_regression_rests_at_the_variance_of_its_targets() -> None:
    """Where that is not known there is no answer: any number may be it."""
    assert judged("loss_sits_at", loss=4.1, task="regression", target_variance=4.0) == "target_variance"
    assert judged("loss_sits_at", loss=0.693, task="regression", target_variance=4.0) == "elsewhere"
    assert judged("loss_sits_at", loss=1.0, task="regression") == "absent"


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"batch_size": 32}, "usual"),
        ({"batch_size": 4}, "tiny"),
        ({"batch_size": 512, "num_train_samples": 1000}, "huge"),
        ({"batch_size": 512, "num_train_samples": 50_000}, "usual"),
        ({}, "absent"),
    ],
)
def test_the_size_of_a_batch(facts: dict[str, float], outcome: str) -> None:
    """Against the samples where they were told."""
    assert judged("batch_size_setting", **facts) == outcome


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"num_train_samples": 50_000, "num_classes": 10}, "ample"),
        ({"num_train_samples": 300}, "small"),
        ({"num_train_samples": 2000, "num_classes": 100}, "small"),
        ({"num_train_samples": 2000, "num_classes": 50_257}, "ample"),
        ({"num_train_samples": 2000, "num_classes": 100, "targets_a_sample": 64}, "ample"),
    ],
)
def test_the_size_of_the_training_set(facts: dict[str, float], outcome: str) -> None:
    """For each class; in all where the classes are tokens or pixels."""
    assert judged("training_set_size", **facts) == outcome


@pytest.mark.parametrize(
    ("samples", "outcome"), [(5000, "thousands"), (999, "hundreds"), (100, "hundreds"), (30, "tens")]
)
def test_the_size_of_the_validation_set(samples: int, outcome: str) -> None:
    """As the question has it."""
    assert judged("validation_set_size", num_val_samples=samples) == outcome


def test_digits_that_say_something() -> None:
    """Trailing and leading zeros do not."""
    assert [significant(value) for value in (0.69, 2.303, 100.0, 2.0, 0.05, 1e-8)] == [2, 4, 1, 1, 1, 1]


@given(
    loss=st.floats() | st.integers(-(10**30), 10**30) | st.text(max_size=5),
    classes=st.integers(0, 10**9) | st.floats(0, 1e9) | st.text(max_size=5),
    samples=st.integers(-5, 10**12) | st.floats(allow_nan=False),
)
def test_no_fact_crashes_an_inspector(loss: float | str, classes: float | str, samples: float) -> None:
    """Whatever was stated under these names."""
    names = ("loss", "num_classes", "num_train_samples", "batch_size", "num_val_samples", "targets_a_sample")
    values = (loss, classes, samples, samples, samples, classes)

    seen = inspected("", *(Fact(name, value) for name, value in zip(names, values, strict=True)))

    assert len(seen.findings) + len(seen.unanswered) > 0
