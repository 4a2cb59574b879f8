"""The task, the network, where its weights start and the devices, from words: only where nothing else can be meant."""

from __future__ import annotations

import pytest

from wizard.consultation.intake import understand
from wizard.consultation.intake.contexts import ELSEWHERE, IS, is_context
from wizard.knowledge.cache import load_knowledge

BASE = load_knowledge().base
CONTEXTS = ("task", "network_kind", "starting_point", "number_of_devices")


def contexts(said: str) -> str:
    """What SAID answers, in the order of CONTEXTS."""
    answers = dict(understand(said, BASE).answers)
    return " ".join(answers[check] for check in CONTEXTS if check in answers)


@pytest.mark.parametrize(
    ("said", "answers"),
    [
        ("classification, a ResNet, pretrained, one GPU", "classification convolutional pretrained one"),
        ("I fine-tune BERT on 4 GPUs with DDP", "transformer pretrained several"),
        ("从头训练的LSTM 单卡", "recurrent from_scratch one"),
        ("ResNet-50 on ImageNet, 8 GPUs, from scratch", "convolutional from_scratch several"),
        ("image classification with a ViT trained from scratch", "classification transformer from_scratch"),
        ("YOLOv8, single GPU", "convolutional one"),
        ("U-Net for CT slices, random weights, one RTX 3090", "convolutional from_scratch one"),
        ("LoRA on Llama 3, loss is nan", "transformer pretrained"),
        ("my GRU does not learn, it is a regression problem", "regression recurrent"),
        ("an MLP, regression, CPU only", "regression fully_connected one"),
        ("the loss of my graph neural network is flat", "other"),
        ("training a GAN with FSDP", "something_else several"),
        ("we use a pretrained EfficientNet and torchrun on two nodes", "convolutional pretrained several"),
        ("the loss does not fall when I fine-tune GPT-2", "transformer pretrained"),
        ("a sentiment classifier with an LSTM", "classification recurrent"),
        ("微调BERT做文本分类，四卡DDP", "classification transformer pretrained several"),
        ("用预训练的ResNet50，单卡3090，loss不下降", "convolutional pretrained one"),
        ("回归任务，MLP，从零开始训练", "regression fully_connected from_scratch"),
        ("图神经网络，多机多卡", "other several"),
        ("断点续训后loss跳变，模型是UNet", "convolutional resumed"),
        ("after resuming, the loss of my transformer jumps", "transformer resumed"),
        ("双卡训练YOLOv5，loss是nan", "convolutional several"),
    ],
)
def test_what_the_run_is_answers_its_checks(said: str, answers: str) -> None:
    """In one line or beside a complaint."""
    assert contexts(said) == answers


@pytest.mark.parametrize(
    "said",
    [
        "I compared with BERT papers",
        "not pretrained",
        "the ResNet paper reports 76%",
        "should I use a transformer?",
        "how do I resume training?",
        "is an LSTM better than a GRU?",
        "I wrote the training loop from scratch",
        "unlike a CNN it does not converge",
        "gradient clipping does not help",
        "we plan to use 4 GPUs later",
        "training restarts from scratch when I load the checkpoint",
        "ChatGPT suggested a smaller lr",
        "a CNN encoder with an LSTM on top",
        "GPU utilization is stuck at 30%",
        "the bounding box regression loss is noisy",
        "论文里用的是Transformer",
        "没有用预训练模型",
        "什么是DDP",
        "要不要换成ResNet",
    ],
)
def test_what_may_be_said_of_something_else_answers_nothing(said: str) -> None:
    """A paper's network, a question, a wish, a denial, two kinds at once."""
    assert contexts(said) == ""


def test_every_context_of_the_lexicon_is_an_outcome() -> None:
    """A key `check_is_outcome` that names none would never answer anything."""
    for key in filter(is_context, BASE.lexicon):
        check, _, outcome = key.partition(IS)
        assert key == ELSEWHERE or outcome in BASE.checks[check].outcomes
