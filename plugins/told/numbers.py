"""Judge facts that were stated as numbers, by a person or by the block of the probe."""

from __future__ import annotations

from wizard.evidence import Facts, Finding, Unanswered, inspector
from wizard.evidence.artifacts.told import Told
from wizard.plugins.log.floors import CHANCE, SIGMOID, SOFTMAX, UNMISTAKABLE, floors
from wizard.plugins.recipe.thresholds import MANY_TARGETS, size_of_batch, size_of_set

USUAL_CLASSES = (2, 3, 10, 100, 1000)  # taken into account where the number of classes was not told
DIGITS_OF_CHANCE, DIGITS_OF_FLOOR = 2, 3  # that a value must have to be recognised then: 0.31 is a loss like any other
# -ln of the smallest normal float32, and the limit of BCELoss's logarithm (PyTorch documentation of BCELoss)
LOG_LIMITS = {87.3365: 0.05, 100.0: 0.005}
NEAR_VARIANCE = 0.05  # of the variance of the targets, as validation_against_chance has it
TOKENS = 1000  # more classes than ImageNet has are tokens as a rule, of which a sample holds many
HUGE = 1e300  # no number that anybody counts or loses
THOUSANDS, HUNDREDS = 1000, 100  # at an accuracy of 80 %, chance moves the result by 1 point with 1,000, by 4 with 100

NOT_TOLD = "Nobody told this number."


@inspector(version=1)
def loss_sits_at(told: Told, facts: Facts) -> Finding | Unanswered:
    """The level that the stated loss is at, within what a stuck run scatters around it."""
    del told
    loss = _number(facts, "loss")
    if loss is None:
        return Unanswered("absent", NOT_TOLD)
    outcome, floor = level(loss, facts)
    if outcome is None:
        return Unanswered("absent", "The variance of the targets is not known.")
    return Finding(outcome, {"loss": loss} | ({} if floor is None else {"floor": floor}))


def level(loss: float, facts: Facts) -> tuple[str | None, float | None]:
    """Outcome and the level itself; no outcome for a regression whose targets may have just this variance."""
    if loss < 0:
        return "negative", 0.0
    if loss == 0:
        return "zero", 0.0
    if "task" in facts and facts["task"].value == "regression":
        variance = _number(facts, "target_variance")
        if variance is None:
            return None, None
        return (
            ("target_variance", variance) if abs(loss - variance) <= NEAR_VARIANCE * variance else ("elsewhere", None)
        )
    classes = _number(facts, "num_classes")
    counts = USUAL_CLASSES if classes is None or classes < 2 else (int(classes),)
    for count in counts:
        for name, floor in floors(count).items():
            if _is_at(loss, floor, name) if len(counts) == 1 else _is_written_as(loss, floor, name):
                return name, floor
    limit = next((value for value, width in LOG_LIMITS.items() if abs(loss - value) <= width), None)
    return ("elsewhere", None) if limit is None else ("log_limit", limit)


def _is_at(loss: float, floor: float, name: str) -> bool:
    low, high = {"chance": CHANCE, "softmax_floor": SOFTMAX, "sigmoid_floor": SIGMOID}[name]
    return low * floor <= loss <= high * floor or _rounds_to(loss, floor, DIGITS_OF_CHANCE)


def _is_written_as(loss: float, floor: float, name: str) -> bool:
    """Whether LOSS is FLOOR, to the digits that were given."""
    digits = DIGITS_OF_CHANCE if name == "chance" else DIGITS_OF_FLOOR
    near = abs(loss - floor) <= UNMISTAKABLE * floor and significant(loss) >= digits
    return near or _rounds_to(loss, floor, digits)


def _rounds_to(loss: float, floor: float, digits: int) -> bool:
    """Whether FLOOR, rounded to as many decimals as LOSS has, is LOSS; it must have so many DIGITS."""
    decimals = len(repr(float(loss)).partition(".")[2])
    return "e" not in repr(float(loss)) and significant(loss) >= digits and round(floor, decimals) == loss


def significant(value: float) -> int:
    """Digits that say something: 2 of 0.69, 4 of 2.303, 1 of 100.0."""
    return len(f"{value!r}".partition("e")[0].replace(".", "").strip("-").lstrip("0").rstrip("0"))


@inspector(version=1)
def batch_size_setting(told: Told, facts: Facts) -> Finding | Unanswered:
    """Against the number of training samples where that is known."""
    del told
    size = _number(facts, "batch_size")
    if size is None or size < 1:
        return Unanswered("absent", NOT_TOLD)
    return Finding(size_of_batch(int(size), _number(facts, "num_train_samples")), {"size": int(size)})


@inspector(version=1)
def training_set_size(told: Told, facts: Facts) -> Finding | Unanswered:
    """For each class where the classes were told; in all where a sample holds many of them."""
    del told
    samples, classes = _number(facts, "num_train_samples"), _number(facts, "num_classes")
    if samples is None or samples < 1:
        return Unanswered("absent", NOT_TOLD)
    many = (_number(facts, "targets_a_sample") or 1) >= MANY_TARGETS or (classes or 0) > TOKENS
    outcome = size_of_set(int(samples), None if classes is None else int(classes), many)
    return Finding(outcome, {"samples": int(samples)})


@inspector(version=1)
def validation_set_size(told: Told, facts: Facts) -> Finding | Unanswered:
    """By what chance alone makes of an accuracy."""
    del told
    samples = _number(facts, "num_val_samples")
    if samples is None or samples < 1:
        return Unanswered("absent", NOT_TOLD)
    outcome = "thousands" if samples >= THOUSANDS else "hundreds" if samples >= HUNDREDS else "tens"
    return Finding(outcome, {"samples": int(samples)})


def _number(facts: Facts, name: str) -> float | None:
    value = facts[name].value if name in facts else None
    return float(value) if isinstance(value, (int, float)) and abs(value) < HUGE else None
