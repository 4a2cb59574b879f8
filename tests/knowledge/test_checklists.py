"""The checklists: their code runs as it stands, and their order is that of the notes."""

from __future__ import annotations

import pytest
import torch
from project_at_hand import names_at_hand

from wizard.knowledge.load import load
from wizard.knowledge.rows import compile_model
from wizard.vocabulary import HEALTHY, Checklist, ChecklistStep

BASE = load(vignettes=False)
MODEL = compile_model(BASE)
STEPS = [(entry, number, step) for entry in BASE.checklists.values() for number, step in enumerate(entry.steps, 1)]
NAMED = [f"{entry.id}-{number}" for entry, number, _ in STEPS]
WITH_CODE = [(step, name) for (_, _, step), name in zip(STEPS, NAMED, strict=True) if step.code]


def claims(checklist: Checklist) -> list[int]:
    """The claims of the notes that the steps cite, each where it first comes."""
    cited = (source for step in checklist.steps for source in step.sources if source.startswith("seed:"))
    return list(dict.fromkeys(int(source.removeprefix("seed:S")) for source in cited))


def test_both_lists_of_the_notes_are_there() -> None:
    """NaN and non-convergence, each for what people complain of."""
    assert set(BASE.checklists) == {"nonfinite", "does_not_converge"}
    assert "loss_is_nan" in BASE.checklists["nonfinite"].symptoms
    assert "loss_oscillates" in BASE.checklists["does_not_converge"].symptoms


@pytest.mark.parametrize(
    ("id", "own"), [("nonfinite", range(134, 139)), ("does_not_converge", [139, 141, *range(142, 150)])]
)
def test_the_steps_keep_the_order_of_the_notes(id: str, own: range | list[int]) -> None:
    """What the notes list comes in their order, whatever is added between or after."""
    cited = [claim for claim in claims(BASE.checklists[id]) if claim in own]

    assert cited == [claim for claim in own if claim in cited]
    assert set(own) == set(cited)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("step", [step for step, _ in WITH_CODE], ids=[name for _, name in WITH_CODE])
def test_the_code_of_a_step_runs_twice_and_leaves_the_weights_finite(step: ChecklistStep) -> None:
    """People paste a snippet again; neither run may raise, warn or spoil the model."""
    code = compile(step.code or "", "step", "exec")
    names = names_at_hand()

    exec(code, names)
    exec(code, names)

    assert all(bool(torch.isfinite(weight).all()) for weight in names["model"].parameters())


def test_the_gradient_print_out_survives_a_missing_gradient(capsys: pytest.CaptureFixture[str]) -> None:
    """The print-out of the notes raises TypeError on a frozen parameter, which is what it is looking for."""
    [step] = [step for _, _, step in STEPS if step.check == "gradient_reaches_parameters"]
    names = names_at_hand()
    next(names["model"].parameters()).requires_grad_(False)

    exec(step.code or "", names)

    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith("0.weight: requires_grad False")
    assert first.endswith("gradient None")
    assert "gradient norm" in second


def test_planted_faults_are_found(capsys: pytest.CaptureFixture[str]) -> None:
    """NaN in the data, a label that does not exist, and a batch without any label are named by their steps."""
    names = names_at_hand()
    inputs, labels = names["dataset"].tensors
    inputs[0, 0] = float("nan")
    labels[1] = 7

    for step in BASE.checklists["nonfinite"].steps[:2]:
        exec(step.code or "", names)

    told = capsys.readouterr().out
    assert told.count("NaN or infinity in batch") == 1
    assert told.count("and the model 3 outputs") == 1
    assert ", 7]" in told


def test_a_batch_without_labels_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """All of them are -100: the mean over them is NaN."""
    names = names_at_hand()
    names["dataset"].tensors[1].fill_(-100)

    exec(BASE.checklists["nonfinite"].steps[1].code or "", names)

    assert capsys.readouterr().out.count("has labels [-100]") == 3


@pytest.mark.parametrize("step", [step for _, _, step in STEPS], ids=NAMED)
def test_a_healthy_answer_never_marks_a_step_as_wrong(step: ChecklistStep) -> None:
    """Whatever at least a tenth of healthy runs show is no fault that the step has found; stopping early is common."""
    if step.check in (None, "still_falling_at_end"):
        return
    healthy = MODEL.rows[step.check][MODEL.hypotheses.index(HEALTHY)]
    normal = MODEL.outcomes[step.check][int(healthy.argmax())]
    usual = {outcome for outcome, share in zip(MODEL.outcomes[step.check], healthy, strict=True) if share >= 0.1}

    wrong = set(step.wrong) or set(MODEL.outcomes[step.check]) - {normal}

    assert not usual & wrong


def test_sentences_fit_a_step() -> None:
    """Two or three sentences in each language: a longer one is not read at night."""
    for _, _, step in STEPS:
        assert len(step.do.en) <= 380
        assert len(step.do.zh) <= 160


def test_code_fits_the_page() -> None:
    """A page indents it by seven of its eighty columns."""
    assert all(len(line) <= 73 for step, _ in WITH_CODE for line in (step.code or "").splitlines())
