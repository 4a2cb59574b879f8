"""The sample run of `loss-wizard demo`: a digit-like classifier whose loss stops at 1.5, with the fault left in.

`python train.py` trains it again and rewrites metrics.csv, first.pt and last.pt beside this file (CPU, seconds).
"""

import csv
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

HERE = Path(__file__).parent


def make_model():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(64, 96),
        nn.ReLU(),
        nn.Linear(96, 48),
        nn.ReLU(),
        nn.Linear(48, 10),
        nn.Softmax(dim=-1),
    )


def make_loaders():
    """Ten 8 x 8 glyphs of random strokes, shifted and noisy, standardised with training statistics."""
    random = torch.Generator().manual_seed(3)
    glyphs = (torch.rand(10, 8, 8, generator=random) > 0.6).float()
    labels = torch.randint(0, 10, (3000,), generator=random)
    images = glyphs[labels] + 0.8 * torch.randn(3000, 8, 8, generator=random)
    images = (images - images[:2400].mean()) / images[:2400].std()
    train = TensorDataset(images[:2400], labels[:2400])
    held_out = TensorDataset(images[2400:], labels[2400:])
    return DataLoader(train, batch_size=48, shuffle=True), DataLoader(held_out, batch_size=300)


def make_loss():
    return nn.CrossEntropyLoss()


def make_optimizer(model):
    return torch.optim.AdamW(model.parameters(), lr=1e-3)


def save(path, epoch, model, optimizer):
    torch.save({"epoch": epoch, "model": model.state_dict(), "optimizer": optimizer.state_dict()}, path)


def main(epochs=16):
    torch.manual_seed(0)
    model, loss_fn = make_model(), make_loss()
    train_loader, val_loader = make_loaders()
    optimizer = make_optimizer(model)
    save(HERE / "first.pt", 0, model, optimizer)
    with (HERE / "metrics.csv").open("w", newline="") as file:
        log = csv.writer(file)
        log.writerow(["epoch", "step", "train_loss", "val_loss", "val_accuracy", "lr"])
        step = 0
        for epoch in range(epochs):
            model.train()
            total = 0.0
            for images, labels in train_loader:
                loss = loss_fn(model(images), labels)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total += loss.item()
                step += 1
            model.eval()
            with torch.no_grad():
                images, labels = next(iter(DataLoader(val_loader.dataset, batch_size=len(val_loader.dataset))))
                outputs = model(images)
                val_loss = loss_fn(outputs, labels).item()
                accuracy = (outputs.argmax(-1) == labels).float().mean().item()
            row = [total / len(train_loader), val_loss, accuracy]
            log.writerow([epoch, step, *(f"{value:.5f}" for value in row), optimizer.param_groups[0]["lr"]])
    save(HERE / "last.pt", epochs, model, optimizer)


if __name__ == "__main__":
    main()
