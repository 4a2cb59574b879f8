"""Series keep what matters of any number of rows, and measures are robust against what logs are like."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wizard.evidence.series import (
    EXACT_ROWS,
    MOST_BUCKETS,
    Series,
    SeriesBuilder,
    best_index,
    blocks,
    end_level,
    noise,
    slope,
    smoothed,
    spikes,
    start_level,
    stitched,
)

LOGGED = st.lists(st.floats(width=32), min_size=1, max_size=60)


def built(values: list[float], first_step: int = 0) -> Series:
    builder = SeriesBuilder()
    for line, value in enumerate(values):
        builder.add(first_step + line, value, line + 2)
    return builder.finish()


@given(values=LOGGED, width=st.integers(2, 8))
def test_merging_keeps_what_can_be_counted(values: list[float], width: int) -> None:
    """Number, extremes, mean, first and last of all rows are those of the rows themselves."""
    finite = np.array([value for value in values if np.isfinite(value)])

    merged = built(values).merged(width)

    assert merged.rows == len(values)
    assert merged.nonfinite.sum() == len(values) - len(finite)
    assert (merged.step[0], merged.end[-1], merged.line[0]) == (0, len(values) - 1, 2)
    if len(finite):
        assert np.nanmin(merged.low) == finite.min()
        assert np.nanmax(merged.high) == finite.max()
        kept = merged.finite()
        assert np.average(kept.mean, weights=kept.count) == pytest.approx(finite.mean(), rel=1e-6, abs=1e-30)


def test_a_long_log_is_bounded_and_exact_around_the_first_nan() -> None:
    """However many rows there are, the rows next to the first non-finite one keep step, line and value."""
    values = [1.0 + i % 7 for i in range(90_000)]
    values[61_234] = float("nan")

    series = built(values)
    onset = series.first_nonfinite()

    assert len(series) <= MOST_BUCKETS
    assert series.rows == 90_000
    assert onset is not None
    near = slice(onset - EXACT_ROWS, onset + EXACT_ROWS + 1)
    assert series.step[near].tolist() == list(range(61_234 - EXACT_ROWS, 61_234 + EXACT_ROWS + 1))
    assert series.line[onset] == 61_236
    assert series.first[onset - 1] == values[61_233]


def test_values_beyond_float32_count_as_infinite() -> None:
    """Sums over them would overflow."""
    series = built([1.0, 1e200, -1e200])

    assert series.finite().mean.tolist() == [1.0]
    assert series.nonfinite.sum() == 2


def test_a_step_that_goes_back_replaces_what_it_repeats() -> None:
    """A run resumed from a checkpoint logs some steps again; the later values count."""
    builder = SeriesBuilder()
    for line, (step, value) in enumerate([(0, 5.0), (1, 4.0), (2, 3.0), (1, 4.5), (2, 3.5), (3, 2.5)]):
        builder.add(step, value, line)

    assert builder.finish().mean.tolist() == [5.0, 4.5, 3.5, 2.5]
    assert builder.resumed == [(1, 4.5)]


def test_going_back_far_in_a_long_log_drops_its_buckets() -> None:
    """Rows that were merged long ago are forgotten as well."""
    builder = SeriesBuilder()
    for step in [*range(30_000), *range(10_000, 12_000)]:
        builder.add(step, float(step), step)

    series = builder.finish()

    assert series.end[-1] == 11_999
    assert np.all(np.diff(series.step) > 0)


def test_segments_are_stitched_by_step() -> None:
    """In whatever order they come; where they overlap the later start counts."""
    first, second = built([9.0, 8.0, 7.0]), built([1.0, 2.0], first_step=2)

    whole = stitched([second, first])

    assert whole.step.tolist() == [0, 1, 2, 3]
    assert whole.mean.tolist() == [9.0, 8.0, 1.0, 2.0]


def test_many_segments_stay_bounded() -> None:
    """Also where every row of every one of them is exact."""
    segment = [1.0] * EXACT_ROWS + [float("nan")] + [1.0] * EXACT_ROWS

    whole = stitched([built(segment, first_step=65 * i) for i in range(400)])

    assert len(whole) <= MOST_BUCKETS
    assert whole.rows == 400 * 65


@given(values=st.lists(st.floats(-100, 100), min_size=1, max_size=40), window=st.sampled_from([1, 3, 5, 9]))
@settings(max_examples=60)
def test_smoothing_is_a_running_median(values: list[float], window: int) -> None:
    """Held against the definition: the widest symmetric window that fits, up to the one asked for."""
    array = np.array(values)
    half = [min(window // 2, i, len(values) - 1 - i) for i in range(len(values))]

    expected = [float(np.median(array[i - h : i + h + 1])) for i, h in enumerate(half)]

    assert smoothed(array, window).tolist() == pytest.approx(expected)


def test_a_line_has_no_noise_and_noise_keeps_its_size_on_a_slope() -> None:
    """The trend does not count; a few outliers hardly do."""
    line = np.linspace(5, 1, 500)
    scattered = line + np.random.default_rng(0).normal(0, 0.2, 500)
    scattered[[50, 300]] = 40

    assert noise(line) == pytest.approx(0, abs=1e-12)
    assert noise(scattered) == pytest.approx(0.2, rel=0.15)


def test_a_slope_has_the_change_and_the_error_of_a_straight_line() -> None:
    """Over 200 values with noise 0.1 the change from first to last is known to about 0.025."""
    values = np.linspace(3, 2, 200) + np.random.default_rng(0).normal(0, 0.1, 200)

    found = slope(values)

    assert found.change == pytest.approx(-1, abs=3 * found.error)
    assert found.error == pytest.approx(0.1 * (12 / 200) ** 0.5, rel=0.2)


def test_levels_leave_a_jump_at_the_second_step_aside() -> None:
    """Unless noise explains it, the first value is where the loss started."""
    calm = np.full(60, 2.3) + np.random.default_rng(0).normal(0, 0.02, 60)
    thrown = calm.copy()
    thrown[1:3] = 10, 4

    assert start_level(thrown) == calm[0]
    assert start_level(calm) == pytest.approx(np.median(calm[:3]))
    assert end_level(np.r_[calm, 9.0]) == pytest.approx(2.3, abs=0.05)


def test_the_best_is_no_single_dip() -> None:
    """A curve is lowest where its neighbours are low too."""
    values = np.array([5.0, 4.0, 0.1, 4.0, 3.0, 1.1, 1.0, 1.2, 2.0, 3.0])

    assert best_index(values) == 6


def test_blocks_are_means() -> None:
    """Few values stay as they are."""
    assert blocks(np.arange(8.0), 4).tolist() == [0.5, 2.5, 4.5, 6.5]
    assert blocks(np.arange(3.0), 4).tolist() == [0, 1, 2]


@pytest.mark.parametrize("seed", range(5))
def test_noise_in_proportion_to_the_loss_has_no_spikes(seed: int) -> None:
    """Also with the heavy tail that single samples have."""
    loss = np.linspace(2.3, 0.2, 1000) * np.random.default_rng(seed).lognormal(0, 0.9, 1000)

    assert spikes(loss) == []


def test_a_spike_is_found_with_its_top_and_the_level_around_it() -> None:
    """One jump of three values, and none where the curve only falls."""
    calm = 0.3 + 2 * np.exp(-np.arange(200) / 20)
    thrown = calm.copy()
    thrown[120:123] = 2.0, 1.6, 0.7

    assert spikes(calm) == []
    assert [(spike.at, spike.top) for spike in spikes(thrown)] == [(120, 2.0)]
    assert spikes(thrown)[0].level == pytest.approx(0.3, abs=0.05)
