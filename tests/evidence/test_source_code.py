"""Tests of reading pasted code: what counts as Python, what is left out, what names stand for."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wizard.evidence.artifacts.source_code import MOST_CHARACTERS, Code, read_code

LOOP = "for x, y in loader:\n    loss = criterion(model(x), y)\n    loss.backward()\n"


def read(text: str) -> Code:
    code = read_code(text)
    assert code is not None
    return code


def line_of_backward(text: str) -> int:
    return read(text).called("backward")[0].lineno


@pytest.mark.parametrize(
    "text",
    [
        "",
        "My loss is NaN after 3 epochs, what can I do?",
        "the loss is flat",
        "loss",
        "learning_rate: 0.001\nepochs: 10\n",
        "{'loss': 0.5, 'epoch': 1.0}\n{'loss': 0.4, 'epoch': 2.0}",
        "epoch,loss\n1,0.5\n2,0.4\n",
        "Epoch 1: loss 0.5\nEpoch 2: loss 0.4\n",
        "训练 loss 不下降，怎么办？",
        'Traceback (most recent call last):\n  File "train.py", line 3, in f\n    loss.backward()\nRuntimeError\n',
        "Net(\n  (fc1): Linear(in_features=3, out_features=2, bias=True)\n)",
    ],
)
def test_prose_logs_and_tracebacks_are_no_code(text: str) -> None:
    """What people paste besides code, some of which parses."""
    assert read_code(text) is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (LOOP, 3),
        ("\n\n" + LOOP, 5),
        ("    " + LOOP.replace("\n", "\n    "), 3),
        ("My loop:\n\n```python\n" + LOOP + "```\nDoes it look right?\n", 6),
        ("```\n" + LOOP + "```\n```\nEpoch 1: loss 0.5\n```\n", 4),
        (">>> for x, y in loader:\n...     loss = criterion(model(x), y)\n...     loss.backward()\n...\n1.5\n", 3),
        ("In [3]: for x, y in loader:\n   ...:     loss = criterion(model(x), y)\n   ...:     loss.backward()\n", 3),
        ("In [7]:\n" + LOOP + "\nOut[7]:\ntensor(0.5)\n", 4),
        ("%matplotlib inline\n!pip install torch\n" + LOOP, 5),
        ("\r\n".join(LOOP.split("\n")), 3),
        (LOOP.replace(" ", "\u00a0"), 3),
        ("I run this loop here:\n" + LOOP + "and the loss stays at 2.3.\n", 4),
        ("def f(:\n    pass\n" + LOOP, 5),
        (LOOP + "optimizer.step(", 3),
        (LOOP + "for epoch in range(10):\n    train(\n", 3),
        ("1  for x, y in loader:\n2      loss = criterion(model(x), y)\n3      loss.backward()\n", 3),
        ('print "start"\n' + LOOP, 4),
        ("for x, y in loader:\n            loss = criterion(model(x), y)\n            loss.backward()\n", 3),
        ("optimizer.zero_grad()\n        loss = criterion(model(x), y)\n        loss.backward()\n", 3),
    ],
)
def test_the_line_is_that_of_the_paste(text: str, line: int) -> None:
    """Fences, prompts, cells, magics, indentation and broken pieces move no line."""
    assert line_of_backward(text) == line


def test_a_fence_in_a_docstring_hides_nothing() -> None:
    """Code that parses as it stands is not searched for fences."""
    text = 'def f():\n    """\n    ```\n    example\n    ```\n    """\n\n' + LOOP

    assert line_of_backward(text) == 10


def test_a_piece_that_does_not_parse_is_a_gap() -> None:
    """The broken line is known, the rest is whole."""
    code = read(LOOP + "\ndef g(:\n    return 1\n")

    assert code.whole(code.tree.body[0])
    assert 5 in code.gaps


def test_what_stands_for_more_is_a_gap() -> None:
    """Dots in a comment, or alone, mean that lines are missing."""
    code = read(LOOP.replace("    loss.b", "    # ... logging\n    loss.b"))

    assert not code.whole(code.tree.body[0])


def test_too_much_text_is_no_code() -> None:
    """Over a million characters nothing is parsed."""
    assert read_code("import torch\n" * (MOST_CHARACTERS // 10)) is None


def test_too_much_code_is_no_code() -> None:
    """Beyond some thousands of lines nothing is looked at."""
    assert read_code(LOOP * 1000) is not None
    assert read_code(LOOP * 10_000) is None


@pytest.mark.parametrize(
    "nested",
    [
        "x = " + "(" * 5000 + ")" * 5000,
        "x = " + "-" * 50_000 + "1",
        "x = " + "a." * 50_000 + "b",
        "x = " + "f(" * 150 + ")" * 150,
    ],
)
def test_deep_nesting_is_left_out(nested: str) -> None:
    """What could exhaust the stack later is a gap; the rest is read."""
    code = read(nested + "\n" + LOOP)

    assert 1 in code.gaps
    assert code.called("backward")


def test_code_of_another_framework_has_nothing_to_look_at() -> None:
    """Keras is recognised as code and left alone."""
    code = read("from tensorflow import keras\nmodel = keras.Sequential()\nmodel.compile(optimizer='adam')\n")

    assert not code.calls


def test_nothing_is_executed(capsys: pytest.CaptureFixture[str]) -> None:
    """Parsing only."""
    read("import torch\nprint('run')\nraise SystemExit(3)\n")

    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lr = 0.1\nf(lr)", 0.1),
        ("lr = 3e-4 * 2\nf(lr)", 6e-4),
        ("LR = 0.1\nlr = LR\nf(lr)", 0.1),
        ("config = {'lr': 0.5}\nf(config['lr'])", 0.5),
        ("class Config:\n    lr = 0.2\nf(Config.lr)", 0.2),
        ("class Config:\n    lr = 0.2\ncfg = Config()\nf(cfg.lr)", 0.2),
        ("def g(lr=0.3):\n    f(lr)", 0.3),
        ("def g(rate):\n    f(rate)\ng(0.4)", 0.4),
        ("parser.add_argument('--weight-decay', default=0.01)\nf(args.weight_decay)", 0.01),
        ("lr = 0.1\nlr = lr / 2\nf(lr)", None),
        ("lr = 0.1\nlr = 0.2\nf(lr)", None),
        ("for lr in rates:\n    f(lr)", None),
        ("lr = 0.1\nlr *= 2\nf(lr)", None),
        ("f(args.lr)", None),
        ("x = x\nf(x)", None),
        ("a = b\nb = a\nf(a)", None),
        ("f(9 ** 9 ** 9)", None),
    ],
)
def test_a_number_is_read_only_if_it_can_be_no_other(text: str, expected: float | None) -> None:
    """Through names, arithmetic, dictionaries, classes, defaults, calls and options."""
    code = read("import torch\n" + text)
    argument = next(call for call in code.calls if isinstance(call.func, ast.Name) and call.func.id == "f").args[0]

    found = code.names.number(argument)

    assert found == pytest.approx(expected) if expected is not None else found is None


def test_code_below_much_prose_is_found() -> None:
    """Ten thousand lines that do not parse are given up one by one."""
    text = "this is no code at all (\n" * 10_000 + LOOP

    assert line_of_backward(text) == 10_003


@settings(max_examples=150, deadline=None)
@given(st.text() | st.text(alphabet="()[]{}:='\"\\\n\t .,#@>In01abc`…"))
def test_no_text_raises(text: str) -> None:
    """Any text is code or none."""
    code = read_code(text)

    assert code is None or isinstance(code.tree, ast.Module)
