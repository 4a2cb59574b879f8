"""Where what was measured of a recipe counts as unusual. Without torch: numbers that were told are judged alike."""

from __future__ import annotations

import math
from collections.abc import Sequence

# Dropout: common rates are .1 to .5; the paper that introduced it went no further than .5 for hidden units.
HIGH_DROPOUT = 0.7
# Gradients, of the parameter tensors: a frozen embedding is usual, a frozen half is not.
FROZEN_SHARE = 0.5

# Sizes
FEW_OF_A_CLASS = 50  # nets from scratch want hundreds to a thousand of each; transfer learning manages on fewer
FEW_SAMPLES = 500
MANY_TARGETS = 4  # classes a sample, from which on samples say little about how often each class is seen
TINY_BATCH = 8  # below this the gradient of a batch is mostly noise, and BatchNorm statistics with it
FEW_STEPS = 5  # an epoch: almost all data in one batch leaves the optimizer few steps

# Labels
SKEWED, EXTREME = 10.0, 50.0  # largest class over smallest; SageMaker Debugger's ClassImbalance alarms at 10
RARE, RARE_OF_EVEN = 0.01, 0.1  # a class below 1 %, and below a tenth of an even share (cleanlab's rule)
MIN_SAMPLES = 64
NOISE = 2.0  # standard errors of counting that are given away
MIN_BATCHES, MIN_CLASSES = 4, 3
SORTED = 0.5  # distinct labels a batch below half of what a random draw gives: knowledge of the field, judgement
PURE = 0.5  # for two classes: half the way from a random draw to batches of one class each
SMALLEST_BLOCK = 16  # smaller batches are joined: two labels a batch tell nothing of order

# Inputs. Far outside what default initialisation expects (mean 0, deviation 1), and outside what sound pipelines feed:
# images in 0..1, log spectra, counts. CS231n and SageMaker Debugger start to frown at 0.2 and 0.1..10.
LARGE_MEAN, LARGE_DEVIATION = 5.0, 10.0
# A tiny deviation is a fault only if all values are tiny: sparse features have one too.
SMALL_DEVIATION, SMALL_VALUE = 0.05, 0.1
# Units that differ this much between features; a floor, because rare features of standardised data vary little.
UNEVEN_FEATURES, UNEVEN_FLOOR = 1000.0, 3.0
CONSTANT = 1e-6  # deviation, relative to the mean if that is above 1
ENOUGH_SAMPLES = 8

# Targets: mean or deviation; knowledge of the field: they should be standardised.
LARGE_TARGET = 10.0
OWN_SCALE = 20.0  # a model whose untrained outputs are this near the targets' deviation scales them itself

# Outputs
SUM_TOLERANCE = 1e-3  # of a row of probabilities, in float32 over thousands of classes

# The first loss
TIMES_EXPECTED = 2.0  # Karpathy's lecture 4 and TheDeepChecker: first loss over ln C
# Ratio rules need a floor. Star ratings (mean 3.5, deviation 1) cost 12 more than their variance and train well.
FLOORS = {"squared": 20.0, "absolute": 4.0}
CLASS_FLOOR = 0.5

# One batch learnt by heart
MEMORISED, PARTLY, SMALL_LOSS = 0.1, 0.5, 0.05  # shares of the ground; a loss of 0.05 is 95 % sure of every class
# A bottleneck or a language model does not get hundreds of targets a sample by heart in 300 steps.
DENSE, DENSE_MEMORISED, DENSE_PARTLY = 64, 0.5, 0.9
STEPS = 300


def size_of_batch(size: int, samples: float | None) -> str:
    """The outcome of batch_size_setting for SIZE and the number of training SAMPLES, if that is known."""
    steps = math.inf if samples is None else samples / size
    return "tiny" if size < TINY_BATCH else "huge" if steps < FEW_STEPS else "usual"


def size_of_set(samples: int, classes: int | None, has_many_targets: bool) -> str:
    """The outcome of training_set_size: samples of each class where there are classes, one to a sample."""
    small = samples < FEW_SAMPLES
    if classes is not None and classes > 1:
        small = samples / classes < FEW_OF_A_CLASS and (small or not has_many_targets)
    return "small" if small else "ample"


def balance(counts: Sequence[int]) -> str:
    """The outcome of class_balance for the samples of each class, with room for the noise of counting."""
    most, least = max(counts), min(counts)
    ratio = (most - NOISE * math.sqrt(most)) / _at_most(least)
    share = _at_most(least) / sum(counts)
    if ratio > EXTREME or share < min(RARE, RARE_OF_EVEN / len(counts)):
        return "extreme"
    return "skewed" if ratio > SKEWED else "balanced"


def _at_most(count: int) -> float:
    """The largest count that would still be seen as COUNT now and then (of none, three: the rule of three)."""
    return max(3.0, count + NOISE * math.sqrt(count))


def is_off_scale(mean: float, deviation: float, largest: float, widest: float, narrowest: float) -> bool:
    """Whether inputs are far from standardised: moments, largest size, deviations of a wide and a narrow feature."""
    return (
        abs(mean) > LARGE_MEAN
        or deviation > LARGE_DEVIATION
        or (deviation < SMALL_DEVIATION and largest < SMALL_VALUE)
        or (widest > UNEVEN_FLOOR and widest > UNEVEN_FEATURES * narrowest)
    )


def scales_itself(mean: float, deviation: float, own_mean: float, own_deviation: float) -> bool:
    """Whether untrained outputs (OWN) already have about the scale of the targets."""
    return abs(mean - own_mean) <= deviation and deviation / OWN_SCALE <= own_deviation <= deviation * OWN_SCALE


def first_loss(value: float, expected: float, kind: str) -> str:
    """The outcome of initial_loss for a finite VALUE; KIND is that of a LossCall."""
    high = value > TIMES_EXPECTED * expected and value - expected > FLOORS.get(kind, CLASS_FLOOR)
    return "too_high" if high else "as_expected"


def ground(first: float, constant: float | None) -> float:
    """What a network that only learns the targets' average comes down to; the FIRST loss if that is lower.

    CONSTANT is the loss of the best constant prediction, if that is known.
    """
    if constant is None or constant <= 0:
        return first
    return max(min(first, constant), first / 100)


def learnt(last: float, above: float, classes: bool, dense: bool) -> str:
    """The outcome of overfit_one_batch: how far the LAST loss has come down from ABOVE, the ground."""
    memorised, partly = (DENSE_MEMORISED, DENSE_PARTLY) if dense else (MEMORISED, PARTLY)
    if last < memorised * above or (classes and last < SMALL_LOSS):
        return "memorised"
    return "partly" if last < partly * above else "stuck"
