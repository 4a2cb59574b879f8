"""A plain PyTorch loop: trains the recipe beside it, writes a CSV, the first and the last checkpoint.

Run as `python train.py` in a folder with recipe.py; settings stand at the end of recipe.py.
"""

import csv
import runpy
from pathlib import Path

import torch

HERE = Path(__file__).parent
recipe = runpy.run_path(str(HERE / "recipe.py"))
torch.manual_seed(0)
torch.set_num_threads(1)
EPOCHS, LOG_EVERY, SCHEDULE = recipe["EPOCHS"], recipe["LOG_EVERY"], recipe["SCHEDULE"]
classify = recipe["CLASSIFY"]

model = recipe["make_model"]()
train_loader, val_loader = recipe["make_loaders"]()
loss_fn = recipe["make_loss"]()
optimizer = recipe["make_optimizer"](model)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS) if SCHEDULE else None


def save(name, epoch):
    torch.save(
        {"epoch": epoch, "model_state_dict": model.state_dict(), "optimizer_state_dict": optimizer.state_dict()},
        HERE / name,
    )


def accuracy(outputs, targets):
    if outputs.ndim == 1 or outputs.shape[-1] == 1:
        return ((outputs.flatten() > 0) == (targets.flatten() > 0.5)).float().mean().item()
    return (outputs.argmax(-1) == targets).float().mean().item()


@torch.no_grad()
def validate():
    model.eval()
    results = [(model(x), y) for x, y in val_loader]
    loss = sum(loss_fn(out, y).item() * len(y) for out, y in results) / sum(len(y) for _, y in results)
    score = sum(accuracy(out, y) * len(y) for out, y in results) / sum(len(y) for _, y in results) if classify else 0
    model.train()
    return loss, score


save("first.pt", 0)
rows, step = [], 0
for epoch in range(EPOCHS):
    losses, scores = [], []
    for x, y in train_loader:
        outputs = model(x)
        loss = loss_fn(outputs, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        scores.append(accuracy(outputs.detach(), y) if classify else 0.0)
        if LOG_EVERY and step % LOG_EVERY == 0:
            rows.append({"step": step, "loss": losses[-1], "lr": optimizer.param_groups[0]["lr"]})
        step += 1
    val_loss, val_score = validate()
    row = {"step": step, "epoch": epoch, "val_loss": val_loss, "lr": optimizer.param_groups[0]["lr"]}
    if not LOG_EVERY:
        row["train_loss"] = sum(losses) / len(losses)
    if classify:
        row |= {"train_acc": sum(scores) / len(scores), "val_acc": val_score}
    rows.append(row)
    if scheduler:
        scheduler.step()
save("last.pt", EPOCHS)

columns = list(dict.fromkeys(name for row in rows for name in row))
with (HERE / "metrics.csv").open("w", newline="") as file:
    writer = csv.DictWriter(file, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
