"""`ask` under the built-in base: words, numbers, pasted lines, questions back, the checklist, taking back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner

from wizard.cli.main import cli

Talk = Callable[..., str]
FLAT_LOG = [f"Epoch {n} loss: 2.30{26 - n % 2} acc: 0.10 val_loss: 2.3026" for n in range(1, 13)]
STEP = """\
model = nn.Sequential(nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, 10), nn.Softmax(dim=1))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
for epoch in range(10):
    for x, y in loader:
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
"""


@pytest.fixture
def talk() -> Talk:
    """What `ask` prints when these lines are typed."""

    def held(*lines: str, language: str = "en") -> str:
        return CliRunner().invoke(cli, ["ask", "--lang", language], input="\n".join([*lines, "q"]) + "\n").stdout

    return held


def test_a_complaint_in_words_is_repeated_and_counts(talk: Talk) -> None:
    """What was understood, what was not meant, the facts, and how to mend it."""
    said = talk("my loss is not nan, it just does not go down. lr=0.001, 10 classes")

    assert "Understood: you see: The training loss does not move" in said
    assert "Understood: not so: The loss is NaN" in said
    assert "Understood: learning_rate = 0.001" in said
    assert "If that is wrong, type b" in said
    assert "you see       The training loss does not move" in said


def test_the_opposite_in_chinese_is_the_opposite(talk: Talk) -> None:
    """One character apart."""
    flat, falling = talk("训练loss不下降", language="zh"), talk("训练loss下降", language="zh")

    assert "理解为：你看到：训练 loss 完全不下降" in flat
    assert "你看到：训练 loss 完全不下降" not in falling


def test_what_is_not_understood_is_said_so(talk: Talk) -> None:
    """Nothing is guessed."""
    assert "I did not understand." in talk("please help me with my printer")


def test_what_was_understood_wrong_is_taken_back(talk: Talk) -> None:
    """Symptom and fact of the same turn go together, and what followed from the fact."""
    said = talk("my training loss is stuck at 0.693, 2 classes", "b")

    assert "Taken back: The training loss does not move." in said
    assert "Taken back: loss." in said
    report = said.rpartition("Loss Wizard 0.1.0")[2]
    assert "0.693" not in report
    assert "does not move" not in report


def test_pasted_log_lines_are_read_as_a_log(talk: Talk) -> None:
    """Several checks for one turn, with the person's own numbers."""
    said = talk("training loss does not go down, 10 classes", "v", *FLAT_LOG, ".")

    assert "The training loss rests at 2.3" in said
    assert "guessing among 10 classes gives 2.303" in said


def test_pasted_code_is_read_and_not_run(talk: Talk) -> None:
    """Softmax before the loss, and a missing zero_grad."""
    said = talk("training loss plateaus at 1.6", "v", *STEP.splitlines(), ".", "s")

    assert "Softmax is applied before a loss that contains it." in said
    assert "Softmax in the model, and again in CrossEntropyLoss" in said


def test_a_pasted_warning_answers_its_check(talk: Talk) -> None:
    """The words of PyTorch."""
    warning = "UserWarning: Using a target size (torch.Size([32])) that is different to the input size ([32, 1])."

    said = talk(
        "the training loss does not go down", "v", f"/tmp/train.py:3: {warning}", "  loss = F.mse_loss(out, y)", "."
    )

    assert "Understood: Warnings and errors in the output" in said
    assert "Likeliest now: Predictions and targets have different shapes and broadcast" in said


def test_a_number_answers_the_question_that_asks_for_one(talk: Talk) -> None:
    """The arithmetic is ours."""
    said = talk("the training loss does not go down", "c", "= 0.693")

    assert "guess" in said.partition("= 0.693")[2]


def test_words_are_explained(talk: Talk) -> None:
    """Terms of the field, and entries by title; what is unknown is said so."""
    said = talk("d", "what is BN", "what is frobnication?")

    assert "BatchNorm" in said
    assert "I have no page about 'frobnication'." in said


def test_why_not_tells_what_speaks_against_a_cause(talk: Talk) -> None:
    """And what would bring it back."""
    said = talk("my loss is nan", "why not lr_zero", "why not the moon")

    assert "place" in said.partition("> why not lr_zero")[2]
    assert "it would be " in said
    assert "I know no cause 'the moon'." in said


def test_what_cannot_be_handed_over_is_not_asked_for_again(talk: Talk) -> None:
    """One `none of these` is enough."""
    said = talk("the training loss does not go down", "d", "d", "d")

    assert said.count("Do you have one of these?") == 1


def test_the_probe_is_printed_where_it_is_chosen(talk: Talk) -> None:
    """With how to bring back what it prints."""
    said = talk("the training loss does not go down", "1")

    assert "loss_wizard_probe(model, loader, loss_fn, optimizer)" in said


def test_the_checklist_is_walked_and_ticked(talk: Talk) -> None:
    """The one for this complaint; what was answered is ticked when it is shown again."""
    said = talk("the loss is nan", "c", "1", "c", "c")

    assert "[ ] 1." in said
    assert "[x] 1." in said.partition("Back to the questions that pay.")[2]
