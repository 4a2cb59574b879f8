"""logged_learning_rate: usual, zero throughout, vanishes early."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from wizard.evidence import Finding
from wizard.plugins.log.learning_rate import logged_learning_rate as check

AT = np.arange(200) / 199
USUAL = {
    "constant": np.full(200, 1e-3),
    "cosine_to_zero": 5e-4 * (1 + np.cos(np.pi * AT)),
    "linear_warm_up_and_decay": 1e-3 * np.minimum(AT / 0.1, (1 - AT) / 0.9),
    "three_decays_by_ten": 0.1 * 0.1 ** np.floor(AT * 4),
    "exponential": 0.1 * 0.96 ** (200 * AT),
    "warm_restarts": 0.05 * (1 + np.cos(np.pi * ((4 * AT) % 1))),
}


@pytest.mark.parametrize("name", USUAL)
def test_common_schedules_are_usual(judge: Callable[..., str], name: str) -> None:
    """Also those that begin or end at 0."""
    assert judge(check, {"train_loss": AT, "lr": USUAL[name]}) == "usual"


def test_a_rate_of_zero_is_named(judge: Callable[..., str]) -> None:
    """Nothing is ever learnt."""
    assert judge(check, {"train_loss": AT, "lr": np.zeros(200)}) == "zero_throughout"


def test_a_frozen_group_beside_a_live_one_is_usual(judge: Callable[..., str]) -> None:
    """Of several parameter groups the largest rate counts."""
    assert judge(check, {"train_loss": AT, "lr/pg0": np.zeros(200), "lr/pg1": USUAL["constant"]}) == "usual"


def test_a_schedule_that_runs_out_halfway_vanishes_early(look: Callable[..., Finding]) -> None:
    """Too few total steps: the linear decay ends at step 100 of 200."""
    finding = look(check, {"train_loss": AT, "lr": 1e-3 * np.maximum(0, 1 - AT * 199 / 100)})

    assert finding.outcome == "vanishes_early"
    assert finding.measured["step"] == 100


def test_two_rates_are_too_few(judge: Callable[..., str]) -> None:
    """The first of a warm-up may be 0."""
    assert judge(check, {"train_loss": [2, 1], "lr": [0, 0]}) == "absent"
