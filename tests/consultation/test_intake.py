"""The grammar of complaints: negation, contrast, carried-over subjects, numbers, typos, pasted errors, and silence."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from wizard.consultation.intake import Understood, understand
from wizard.knowledge.cache import load_knowledge

BASE = load_knowledge().base
FLAT, NAN, SLOW = "training_loss_flat", "loss_is_nan", "training_slow"


def named(said: str) -> set[str]:
    return set(understand(said, BASE).named)


def denied(said: str) -> set[str]:
    return set(understand(said, BASE).denied)


def facts(said: str) -> dict[str, int | float | str]:
    return {fact.name: fact.value for fact in understand(said, BASE).facts}


@pytest.mark.parametrize(
    "said",
    [
        "hello, can you help me?",
        "how do I install pytorch on windows?",
        "my gpu memory keeps increasing every epoch",
        "GPU utilization is stuck at 30%",
        "I suffered a weight loss of 5 kg and it keeps going down",
        "the stock price keeps falling",
        "the dataset is diverse and has 10 GB",
        "the learning rate decays slowly",
        "what does BatchNorm do?",
        "which optimizer is better, adam or sgd?",
        "the validation set has 2000 images and the training set 10000",
        "there are false negatives in my labels",
        "I expected the loss to go down",
        "the app crashes when I press a key",
        "今天天气很好",
        "如何安装pytorch",
        "显存一直在涨",
        "训练速度太慢，一个epoch要三个小时",
        "股票一直跌",
        "什么是学习率",
        "公司的新系统怎么登录",
        "体重一直不下降",
        "为了防止过拟合加了dropout",
        "the images are resized to 224 and every image has the same size",
        "all images are labelled by experts",
        "the learning rate goes from 0.1 to 0.001",
        "I tried lr 0.1, 0.01 and 0.001",
        "new data arrives every day",
        "the users upload photos from their phones",
        "I restarted the server",
        "what is a good validation accuracy?",
        "what is overfitting?",
        "什么是过拟合",
        "学习率从0.1降到0.001",
        "所有图片都是专家标注的",
        "用户会上传手机拍的照片",
        "推理很慢",
        "昨天电脑坏了",
    ],
)
def test_what_is_no_complaint_is_not_understood(said: str) -> None:
    """A guess would be shown as understood, and cost trust."""
    understood = understand(said, BASE)

    assert (understood.named, understood.denied, understood.answers) == ((), (), ())


@pytest.mark.parametrize(
    ("said", "present", "absent"),
    [
        ("the training loss goes down", set(), {FLAT}),
        ("the training loss does not go down", {FLAT}, set()),
        ("训练loss下降", set(), {FLAT}),
        ("训练loss不下降", {FLAT}, set()),
        ("my loss is not nan, it just does not go down", {FLAT}, {NAN}),
        ("loss不是nan，就是不下降", {FLAT}, {NAN}),
        ("no nan, no spikes, no oscillation", set(), {NAN, "loss_spikes", "loss_oscillates"}),
        ("no nan, spikes or oscillations in the loss", set(), {NAN, "loss_spikes", "loss_oscillates"}),
        ("loss没有变成nan", set(), {NAN}),
        ("neither the loss nor the accuracy changes", {FLAT}, set()),
        ("loss一点变化都没有", {FLAT}, set()),
        ("the loss is not decreasing slowly, it is not decreasing at all", {FLAT}, {SLOW}),
        ("收敛不慢", set(), {SLOW}),
        ("loss没过几步就变成nan", {NAN}, set()),
        ("the loss hardly oscillates", set(), {"loss_oscillates"}),
    ],
)
def test_negation_turns_exactly_what_it_is_said_of(said: str, present: set[str], absent: set[str]) -> None:
    """Not, no, never, neither; 不, 没, 没有; before and after what they deny."""
    assert named(said) == present
    assert absent <= denied(said)


@pytest.mark.parametrize(
    ("said", "present"),
    [
        ("val loss goes up but acc too", {"validation_loss_and_accuracy_rise"}),
        ("train loss goes down, val loss does not", {"validation_loss_flat"}),
        ("训练loss下降，验证的不降", {"validation_loss_flat"}),
        ("it is not the validation accuracy that is stuck, the training loss itself has not moved", {FLAT}),
        ("震荡的不是训练loss，是验证loss", {"validation_noisy"}),
        ("the loss falls to 2.0, then it stays there", {"training_loss_stuck_high"}),
        ("good on train, bad on validation", {"validation_far_worse"}),
        ("train loss and val loss fall, and both become nan", {NAN}),
        ("val loss falls, the other one is flat", {FLAT}),
        ("验证loss跟着训练loss一起降，但是每次跑结果都不一样", {"results_differ_between_runs"}),
    ],
)
def test_what_is_left_out_comes_from_before(said: str, present: set[str]) -> None:
    """It, both, the other one, too, does not; a split or a quantity said once."""
    assert named(said) == present


@pytest.mark.parametrize(
    ("said", "present"),
    [
        ("validation accuracy is higher than training accuracy", {"validation_better_than_training"}),
        ("validation loss is higher than training loss", {"validation_far_worse"}),
        ("训练集95%验证集40%", {"validation_far_worse"}),
        ("val acc 0.95, train acc 0.65", {"validation_better_than_training"}),
        ("验证集没有训练集好", {"validation_far_worse"}),
        ("97% on validation but only 74% on unseen data", {"test_worse_than_validation"}),
        ("train acc 90%, val acc 89%", set()),
        ("train/val acc = 99/62", {"validation_far_worse"}),
        ("why is training loss lower than validation loss?", {"validation_far_worse"}),
        ("training accuracy is slightly higher than validation accuracy", set()),
        ("the F1 on the test images is half of that on val", {"test_worse_than_validation"}),
        ("训练准确率百分之九十八，验证准确率百分之六十", {"validation_far_worse"}),
    ],
)
def test_two_splits_are_compared(said: str, present: set[str]) -> None:
    """In words or by numbers; whether more is better depends on what is measured."""
    assert named(said) == present


@pytest.mark.parametrize(
    ("said", "present"),
    [
        ("val loss goes 0.5, 2.1, 0.6, 3.0", {"validation_noisy"}),
        ("val loss in the last epochs: 0.9, 1.3, 1.8, 2.4", {"validation_loss_rises"}),
        ("loss: 2.303, 2.303, 2.303", {FLAT}),
        ("the loss went from 2.30 to 2.27 overnight", {SLOW}),
        ("三次训练分别是78、83、71", {"results_differ_between_runs"}),
    ],
)
def test_a_row_of_numbers_is_a_course(said: str, present: set[str]) -> None:
    """Up, down, to and fro, the same again."""
    assert named(said) == present


@pytest.mark.parametrize(
    ("said", "present"),
    [
        ("the loss used to be nan, now it falls but very slowly", {SLOW}),
        ("at first the loss was flat, now it decreases but it oscillates", {"loss_oscillates"}),
        ("it is not that loss and accuracy are both stuck: only the accuracy is", set()),
        ("不是val_loss和val_acc一起涨，是val_loss在涨、val_acc在跌", {"validation_loss_rises"}),
        ("the longer I train, the worse the validation loss", {"validation_loss_rises"}),
    ],
)
def test_what_was_once_and_what_is_denied_of_two_together_does_not_count(said: str, present: set[str]) -> None:
    """Silence where it stays open what is so of each."""
    assert named(said) == present


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("loss stuck at 0.693, lr=1e-3, batch_size=16, 10 classes", {
            "loss": 0.693, "learning_rate": 0.001, "batch_size": 16, "num_classes": 10,
        }),
        ("学习率0.001，十分类，loss一直是2.303", {"learning_rate": 0.001, "num_classes": 10, "loss": 2.303}),
        ("at epoch 122 the loss is 3.5", {"loss": 3.5}),
        ("val loss is 1.9, training loss 0.2", {"val_loss": 1.9, "loss": 0.2}),
        ("the loss does not fall on my RTX 3090 with 5000 images", {}),
        ("bs=2", {"batch_size": 2}),
        ("binary classification, the loss is 0.69", {"num_classes": 2, "loss": 0.69}),
        ("I have ten classes", {"num_classes": 10}),
        ("it predicts two classes", {"num_classes": 2}),
        ("损失变成了-0.8", {"loss": -0.8}),
    ],
)  # fmt: skip
def test_numbers_become_facts_by_what_they_are_of(said: str, told: dict[str, float]) -> None:
    """A loss, a setting; no epoch, no count, no name of a thing."""
    assert facts(said) == told


@pytest.mark.parametrize(
    ("said", "present"),
    [
        ("Training loss oscilates wildly", {"loss_oscillates"}),
        ("validaton accurracy is fluctuating alot", {"validation_noisy"}),
        ("training loss is decresing veeery slooowly", {SLOW}),
        ("the training los doesnt decrese", {FLAT}),
    ],
)
def test_typos_are_mended(said: str, present: set[str]) -> None:
    """Word by word, within the slot."""
    assert named(said) == present


@pytest.mark.parametrize(
    ("printed", "outcome"),
    [
        ("UserWarning: Using a target size (torch.Size([64])) that is different to the input size. "
         "Please ensure they have the same size.", "target_size_differs"),
        ("UserWarning: Call of `lr_scheduler.step()` before `optimizer.step()`.", "scheduler_before_optimizer"),
        ("RuntimeError: CUDA error: device-side assert triggered", "device_side_assert"),
        ("RuntimeError: Function 'MulBackward0' returned nan values in its 0th output.", "nonfinite_in_backward"),
        ('RuntimeError: Error(s) in loading: Missing key(s) in state_dict: "fc.weight".', "keys_missing"),
        ("RuntimeError: expected scalar type Long but found Float", "dtype_or_shape_error"),
    ],
)  # fmt: skip
def test_a_pasted_error_answers_its_check_and_is_no_complaint(printed: str, outcome: str) -> None:
    """Its words are those of a program: `nan values` in a traceback is not said of the loss."""
    understood = understand(printed, BASE)

    assert understood.answers == (("warning_printed", outcome),)
    assert (understood.named, understood.denied, understood.facts) == ((), (), ())


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("the loss jumps right after resuming from a checkpoint", "after_resuming"),
        ("the loss is flat from the first epoch", "from_first_step"),
        ("at each epoch boundary the loss jumps", "at_epoch_boundary"),
        ("训练到一半loss突然变成nan", "suddenly_later"),
    ],
)
def test_since_when_is_understood(said: str, outcome: str) -> None:
    """Only where something is complained of and one time is named."""
    assert ("when_it_goes_wrong", outcome) in understand(said, BASE).answers


@pytest.mark.parametrize("said", ["is this overfitting? the loss is nan", "loss是nan，是不是过拟合"])
def test_a_suspicion_is_no_complaint(said: str) -> None:
    """Beside what is seen, what is asked does not count."""
    assert named(said) == {NAN}


PIECES = (
    "train", "val", "loss", "acc", "not", "no", "nan", "0", "0.693", "95%", ",", ".", "but", "and", "goes up", "falls",
    "than", "higher", "both", "it", "too", "训练", "验证集", "不", "没有", "下降", "比", "高", "和", "一直是", "却",
    "的", "each run", "same", "lr=", "1e-3", "第", "轮", "{", "#", "\n", "\x00", "'", "ﬁ", "١", "𝟙",
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(some.one_of(some.text(max_size=300), some.lists(some.sampled_from(PIECES), max_size=40).map(" ".join)))
def test_any_text_gives_an_answer(said: str) -> None:
    """Nothing raises, and nothing is both there and not there."""
    understood = understand(said, BASE)

    assert not set(understood.named) & set(understood.denied)
    assert set(understood.named) | set(understood.denied) <= set(BASE.symptoms)


@pytest.mark.parametrize("piece", ["loss ", "不", "train loss not nan and ", "0.1 ", "{", "a" * 50, "没有变化比"])
def test_a_long_text_is_read_only_so_far(piece: str) -> None:
    """Ten thousand characters are no more work than the first two thousand."""
    long = (piece * 10_000)[:10_000]

    assert isinstance(understand(long, BASE), Understood)
    assert understand(long, BASE).named == understand(long[:2000], BASE).named
