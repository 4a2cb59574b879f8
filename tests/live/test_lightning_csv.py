"""The real Lightning writes a ragged metrics.csv, and it is read back. Needs the extra `live`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from wizard.evidence.artifacts.log import read, recognises
from wizard.evidence.inspection import find_inspectors
from wizard.vocabulary import Fact, Finding

pytestmark = pytest.mark.live
lightning: Any = pytest.importorskip("lightning")
torch: Any = pytest.importorskip("torch")

EPOCHS, BATCHES, EVERY = 12, 10, 2


@pytest.fixture(scope="module")
def metrics(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train a linear model on a linear problem with CSVLogger and LearningRateMonitor."""
    folder = tmp_path_factory.mktemp("lightning")
    logger = lightning.pytorch.loggers.CSVLogger(folder, name="run")
    monitor = lightning.pytorch.callbacks.LearningRateMonitor(logging_interval="step")
    trainer = lightning.Trainer(
        max_epochs=EPOCHS, logger=logger, callbacks=[monitor], log_every_n_steps=EVERY, accelerator="cpu",
        enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False,
        num_sanity_val_steps=0,
    )  # fmt: skip
    torch.manual_seed(0)
    x = torch.randn(BATCHES * 32, 4)
    data = torch.utils.data.TensorDataset(x, x @ torch.tensor([1.0, -2.0, 0.5, 3.0]))
    loaders = [torch.utils.data.DataLoader(data, batch_size=32, shuffle=shuffle) for shuffle in (True, False)]
    trainer.fit(linear_module(), *loaders)
    return Path(logger.log_dir) / "metrics.csv"


def linear_module() -> Any:
    """A LightningModule that logs its loss by step and by epoch."""

    class Linear(lightning.LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(4, 1)

        def loss(self, batch: Any) -> Any:
            return torch.nn.functional.mse_loss(self.layer(batch[0]).squeeze(-1), batch[1])

        def training_step(self, batch: Any, _index: int) -> Any:
            loss = self.loss(batch)
            self.log("train_loss", loss, on_step=True, on_epoch=True)
            return loss

        def validation_step(self, batch: Any, _index: int) -> None:
            self.log("val_loss", self.loss(batch))

        def configure_optimizers(self) -> Any:
            return torch.optim.AdamW(self.parameters(), lr=0.1)

    return Linear()


def test_the_rows_of_lightning_are_ragged_and_become_curves(metrics: Path) -> None:
    """Steps, epochs, validation and learning rate alternate; each curve has all of its values."""
    log = read((metrics,))

    assert recognises(metrics, metrics.read_bytes()[:4096])
    assert log.columns["train_loss"] == "train_loss_step"
    assert len(log.values("train_loss")) == EPOCHS * BATCHES // EVERY
    assert len(log.values("val_loss")) == EPOCHS
    assert {Fact("optimizer", "AdamW", "log"), Fact("learning_rate", 0.1, "log")} <= set(log.facts())


def test_a_place_is_the_line_of_the_file(metrics: Path) -> None:
    """The last validation loss is found where Lightning wrote it."""
    log = read((metrics,))
    val = log.series("val_loss")
    assert val is not None

    place = log.locate("val_loss", val.step[-1])

    assert place.line is not None
    assert str(val.first[-1]) in metrics.read_text().splitlines()[place.line - 1]


def test_a_healthy_run_is_left_alone(metrics: Path) -> None:
    """It falls, it is finite, it is steady."""
    log = read((metrics,))

    results = {inspector.check: inspector(log, {}) for inspector in find_inspectors("log")}

    found = {check: result.outcome for check, result in results.items() if isinstance(result, Finding)}
    assert found["loss_becomes_nonfinite"] == "never"
    assert found["training_loss_trend"] == "falls"
    assert found["loss_stability"] == "steady"
    assert found["logged_learning_rate"] == "usual"
