"""A .ckpt that the real Lightning writes is read as the run that wrote it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from wizard.evidence.artifacts.checkpoint import read, recognises
from wizard.evidence.artifacts.tensors import blocks

lightning: Any = pytest.importorskip("lightning")

pytestmark = pytest.mark.live


def fit(folder: Path) -> tuple[Any, Path]:
    """Two epochs of five steps with AdamW and a schedule; the model and its checkpoint."""

    class Tiny(lightning.LightningModule):  # type: ignore[misc]
        def __init__(self, width: int = 8) -> None:
            super().__init__()
            self.save_hyperparameters({"batch_size": 4})
            self.model = torch.nn.Sequential(
                torch.nn.Linear(4, width), torch.nn.BatchNorm1d(width), torch.nn.Linear(width, 1)
            )

        def training_step(self, batch: list[torch.Tensor]) -> torch.Tensor:
            loss: torch.Tensor = self.model(batch[0]).square().mean()
            return loss

        def configure_optimizers(self) -> Any:
            optimizer = torch.optim.AdamW(self.parameters(), lr=1e-3)
            return [optimizer], [torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=2)]

    model = Tiny()
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.randn(20, 4)), batch_size=4)
    trainer = lightning.Trainer(
        max_epochs=2, logger=False, accelerator="cpu", enable_progress_bar=False, default_root_dir=folder
    )
    trainer.fit(model, loader)
    trainer.save_checkpoint(folder / "last.ckpt")
    return model, folder / "last.ckpt"


def test_weights_optimizer_and_progress_of_a_lightning_checkpoint_are_read(tmp_path: Path) -> None:
    """Names without the module's prefix, Adam's state, the rate before its schedule, epoch and global_step."""
    model, path = fit(tmp_path)
    checkpoints = read((path,))
    last = checkpoints.last

    assert recognises(path, path.read_bytes()[:4096])
    assert set(last.weights) == set(model.model.state_dict())
    assert next(blocks(last.weights["0.bias"])).tolist() == model.model[0].bias.tolist()
    assert last.optimizer is not None
    assert (last.optimizer.kind, last.optimizer.rate, last.optimizer.steps) == ("adam_like", 1e-3, 10)
    assert last.step == 10
    assert last.epoch in (1, 2)  # counted before or after the last epoch has ended
    assert last.schedule is not None
    assert last.schedule.base_lrs == (1e-3,)
    assert {fact.name: fact.value for fact in checkpoints.facts()}["batch_size"] == 4
