"""Which subject a behaviour is said of, where the words leave it open, turn it round or speak of runs and answers."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from wizard.consultation.intake.behaviours import Behaviour
from wizard.consultation.intake.binding import chosen, measures_nothing
from wizard.consultation.intake.clauses import Subject, denies
from wizard.consultation.intake.ellipsis import Scene
from wizard.consultation.intake.memory import Memory
from wizard.consultation.intake.statements import ANSWERS, MODEL, RUN, RUNS, Statement
from wizard.consultation.intake.subjects import Group, companions

SCORE = Subject("validation", "accuracy")
OF_RUNS = ("same", "differs", "moves", "reproducible", "unreproducible", "works", "alike", "oscillates", "steps")
OF_RUNS_LATER = ("same", "differs", "unreproducible", "reproducible")  # in a clause after the one that names the runs
OF_THE_WHOLE = ("learns", "learns_nothing", "learns_slowly", "overfits", "generalises")  # never of what `it` is
TOGETHER = ("rises", "falls", "improves", "worsens")
# Said of no subject at all, these still can only be about the run.
ALONE = (*OF_THE_WHOLE, "calls", "spikes", "converges", "explodes", "nan", "stalls", "learns_fast", "one_answer",
         "unreproducible", "reproducible")  # fmt: skip


def bound(one: Behaviour, scene: Scene, memory: Memory) -> list[Statement]:
    """ONE with its subjects."""
    group = chosen(one.place, scene.groups)
    predicts = group is not None and any(subject.quantity == "prediction" for subject in group.subjects)
    runs = (scene.names("runs") and one.key in OF_RUNS) or (memory.runs and one.key in OF_RUNS_LATER)
    if runs and not (predicts and one.key not in ("differs", "moves")):
        return [Statement(RUNS, one.key, one.positive)]
    if (group and _denies_pair(one, group, scene)) or (one.key == "calls" and not _of_everything(scene)):
        return []
    resumed = scene.names("resume") or "resume" in memory.onsets
    if one.key == "same" and resumed:
        return []  # it goes on where it was
    following = scene.tokens[one.place + 1 : one.place + 2]
    if one.key == "same" and not predicts and any(token.slot == "unknown" for token in following):
        answers = group is not None and group.subjects == (MODEL,) and _of_everything(scene)
        return [Statement(ANSWERS, "same", one.positive)] if answers else []  # the same size
    positive = one.positive
    if group and group.start > one.place:  # 震荡的不是训练loss
        positive ^= any(denies(token) for token in scene.tokens[one.place : group.start])
    if group and measures_nothing(group) and (one.key in OF_THE_WHOLE or (memory.carried and scene.names("it"))):
        group = None  # `with another rate it is slow`
    subjects = group.subjects if group else memory.carried
    if subjects == (Subject(None, "loss"),) and one.key in ("rises", "worsens") and memory.carried == (SCORE,):
        subjects = (replace(SCORE, quantity="loss"),)
    unsaid = not subjects and (one.key in ALONE or resumed)
    if group is None and (one.key in OF_THE_WHOLE or unsaid):
        subjects = (RUN,)
    along = companions(scene.tokens) if one.key in TOGETHER else ()
    return [Statement(subject, one.key, positive) for subject in (*subjects, *along)]


def named_answer(scene: Scene) -> list[Statement]:
    """`it predicts cat for every image`: an answer that is named, and that it is given to all."""
    answers = [group.end for group in scene.groups if any(one.quantity == "prediction" for one in group.subjects)]
    if not answers or scene.numbers.values or not _of_everything(scene):
        return []
    after = [token for token in scene.tokens[answers[-1] :] if token.slot not in ("mark", "negation")]
    return [Statement(ANSWERS, "same")] if after and after[0].slot == "unknown" else []


def denies_start(scene: Scene) -> bool:
    """Whether it is denied only that it is so from the start."""
    return any(one.key == "not" and other.key == "from_start" for one, other in pairwise(scene.tokens))


def _denies_pair(one: Behaviour, group: Group, scene: Scene) -> bool:
    """Whether it is denied of two together, which leaves open what is so of each: `not that loss and accuracy rise`."""
    if one.positive or one.denied_at is None or one.denied_at >= group.start:
        return False
    either = any(token.key == "or" for token in scene.tokens)
    return len({subject.quantity for subject in group.subjects}) > 1 and not either


def _of_everything(scene: Scene) -> bool:
    """Whether something is said of every input, and of nothing that is measured."""
    measured = any(subject.quantity in ("loss", "accuracy") for group in scene.groups for subject in group.subjects)
    return not measured and any(token.slot == "stay" for token in scene.tokens)
