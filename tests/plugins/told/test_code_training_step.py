"""Tests of the order of a training step in pasted code."""

from __future__ import annotations

import pytest
from pasted_code import line, outcome

HEALTHY = {
    "as in every tutorial": """
        for epoch in range(10):
            for x, y in loader:
                optimizer.zero_grad()
                loss = criterion(model(x), y)
                loss.backward()
                optimizer.step()
                running += loss.item() / len(loader)
    """,
    "cleared after the step": """
        for x, y in loader:
            loss = F.cross_entropy(net(x), y)
            loss.backward()
            opt.step()
            opt.zero_grad(set_to_none=True)
    """,
    "by the model": """
        for x, y in loader:
            model.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    "by hand": """
        for x, y in loader:
            for p in model.parameters():
                p.grad = None
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    "accumulated and divided": """
        for i, (x, y) in enumerate(loader):
            loss = criterion(model(x), y) / accumulate
            loss.backward()
            if (i + 1) % accumulate == 0:
                optimizer.step()
                optimizer.zero_grad()
    """,
    "accumulated and divided in backward": """
        for i, (x, y) in enumerate(loader):
            loss = criterion(model(x), y)
            scaler.scale(loss / 4).backward()
            if (i + 1) % 4 == 0:
                scaler.step(optimizer)
                scaler.update()
                optimizer.zero_grad()
    """,
    "micro batches in an inner loop": """
        while True:
            for micro in range(steps):
                logits, loss = model(X, Y)
                loss = loss / steps
                X, Y = get_batch("train")
                scaler.scale(loss).backward()
            scaler.unscale_(optimizer)
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            scaler.step(optimizer)
            scaler.update()
            optimizer.zero_grad(set_to_none=True)
    """,
    "a closure": """
        for x, y in loader:
            def closure():
                optimizer.zero_grad()
                loss = criterion(model(x), y)
                loss.backward()
                return loss
            optimizer.step(closure)
    """,
    "a scaler, unscaled before clipping": """
        for x, y in loader:
            optimizer.zero_grad()
            with autocast():
                loss = criterion(model(x), y)
            scaler.scale(loss).backward()
            scaler.unscale_(optimizer)
            clip_grad_norm_(model.parameters(), 1.0)
            scaler.step(optimizer)
            scaler.update()
    """,
    "clipping in the other arm": """
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            if amp:
                scaler.scale(loss).backward()
                scaler.step(optimizer)
                scaler.update()
            else:
                loss.backward()
                clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
    """,
    "accelerate": """
        for batch in train_dataloader:
            with accelerator.accumulate(model):
                outputs = model(**batch)
                loss = outputs.loss
                accelerator.backward(loss)
                optimizer.step()
                lr_scheduler.step()
                optimizer.zero_grad()
    """,
    "two optimizers": """
        for real in loader:
            optimizer_D.zero_grad()
            d_loss = adversarial(D(real), valid) + adversarial(D(G(z).detach()), fake)
            d_loss.backward()
            optimizer_D.step()
            optimizer_G.zero_grad()
            g_loss = adversarial(D(G(z)), valid)
            g_loss.backward()
            optimizer_G.step()
    """,
    "bad batches skipped": """
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            if not torch.isfinite(norm):
                optimizer.zero_grad()
                continue
            optimizer.step()
    """,
    "lightning": """
        class Net(pl.LightningModule):
            def training_step(self, batch, batch_idx):
                x, y = batch
                loss = F.cross_entropy(self(x), y)
                self.log("loss", loss.item())
                return loss
    """,
    "transformers": """
        trainer = Trainer(model=model, args=args, train_dataset=train)
        trainer.train()
    """,
    "deepspeed": """
        for batch in loader:
            loss = model_engine(batch)
            model_engine.backward(loss)
            model_engine.step()
    """,
    "teacher without gradient": """
        for x, y in loader:
            optimizer.zero_grad()
            with torch.no_grad():
                soft = teacher(x)
            loss = kd_loss(student(x), soft)
            loss.backward()
            optimizer.step()
    """,
}
SILENT = {
    "attack on the input": """
        for _ in range(40):
            loss = criterion(model(x + delta), y)
            loss.backward()
            delta.data += alpha * delta.grad.sign()
            delta.grad.zero_()
    """,
    "cleared by a function that is not in view": """
        for x, y in loader:
            prepare(optimizer)
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    "part of the loop left out": """
        for x, y in loader:
            # ...
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    "a step without its loop": """
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    """,
    "summed losses": """
        criterion = nn.CrossEntropyLoss(reduction="sum")
        for i, (x, y) in enumerate(loader):
            loss = criterion(model(x), y)
            loss.backward()
            if i % 4 == 0:
                optimizer.step()
                optimizer.zero_grad()
    """,
    "gradients scaled instead of the loss": """
        for i, (x, y) in enumerate(loader):
            loss = criterion(model(x), y)
            accelerator.backward(loss)
            if i % 4 == 0:
                optimizer.step()
                optimizer.zero_grad()
    """,
    "cleared by a method elsewhere": """
        def reset(self):
            self.optimizer.zero_grad()

        def run(self):
            for x, y in self.loader:
                self.reset()
                loss = self.criterion(self.model(x), y)
                loss.backward()
                self.optimizer.step()
    """,
    "an environment steps, too": """
        for t in range(1000):
            state, reward, done, info = env.step(action)
            loss = criterion(policy(state), reward)
            loss.backward()
    """,
}
FAULTY = {
    "never cleared": (
        "zero_grad_missing",
        """
        for x, y in loader:
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
        """,
    ),
    "cleared once before the loop": (
        "zero_grad_missing",
        """
        optimizer.zero_grad()
        for x, y in loader:
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
        """,
    ),
    "clearing named, not called": (
        "zero_grad_missing",
        """
        for x, y in loader:
            optimizer.zero_grad
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
        """,
    ),
    "no step": (
        "step_missing_or_misplaced",
        """
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
        """,
    ),
    "step before backward": (
        "step_missing_or_misplaced",
        """
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            optimizer.step()
            loss.backward()
        """,
    ),
    "cleared in between": (
        "step_missing_or_misplaced",
        """
        for x, y in loader:
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.zero_grad()
            optimizer.step()
        """,
    ),
    "step once an epoch, cleared each batch": (
        "step_missing_or_misplaced",
        """
        for epoch in range(10):
            for x, y in loader:
                optimizer.zero_grad()
                loss = criterion(model(x), y)
                loss.backward()
            optimizer.step()
        """,
    ),
    "accumulated, not divided": (
        "accumulates_undivided",
        """
        for i, (x, y) in enumerate(loader):
            loss = criterion(model(x), y)
            loss.backward()
            total += loss.item() / len(loader)
            if (i + 1) % 8 == 0:
                optimizer.step()
                optimizer.zero_grad()
        """,
    ),
    "a new tensor of the loss's number": (
        "loss_through_item_or_numpy",
        """
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss = torch.tensor(loss.item(), requires_grad=True)
            loss.backward()
            optimizer.step()
        """,
    ),
    "a Variable around the loss": (
        "loss_through_item_or_numpy",
        """
        for x, y in loader:
            optimizer.zero_grad()
            loss = Variable(criterion(model(x), y), requires_grad=True)
            loss.backward()
            optimizer.step()
        """,
    ),
    "lightning gives back a number": (
        "loss_through_item_or_numpy",
        """
        class Net(pl.LightningModule):
            def training_step(self, batch, batch_idx):
                loss = F.mse_loss(self(batch[0]), batch[1])
                return loss.item()
        """,
    ),
    "outputs detached": (
        "part_detached",
        """
        for x, y in loader:
            optimizer.zero_grad()
            out = model(x).detach()
            loss = criterion(out, y)
            loss.requires_grad_(True)
            loss.backward()
            optimizer.step()
        """,
    ),
    "the loss under no_grad": (
        "part_detached",
        """
        for x, y in loader:
            optimizer.zero_grad()
            with torch.no_grad():
                loss = criterion(model(x), y)
            loss.requires_grad = True
            loss.backward()
            optimizer.step()
        """,
    ),
    "clipped while scaled": (
        "clips_before_unscale",
        """
        for x, y in loader:
            optimizer.zero_grad()
            scaler.scale(criterion(model(x), y)).backward()
            clip_grad_norm_(model.parameters(), 1.0)
            scaler.step(optimizer)
            scaler.update()
        """,
    ),
}


@pytest.mark.parametrize("text", HEALTHY.values(), ids=HEALTHY)
def test_a_right_step_is_in_order(text: str) -> None:
    """Every usual way to clear, compute and apply gradients is the normal outcome."""
    found = outcome("training_step", text)

    assert found == "in_order"


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_what_is_not_plain_is_not_judged(text: str) -> None:
    """Where something out of view may do the rest, nothing is said."""
    found = outcome("training_step", text)

    assert found == "absent"


@pytest.mark.parametrize(("expected", "text"), FAULTY.values(), ids=FAULTY)
def test_a_fault_in_view_is_named(expected: str, text: str) -> None:
    """Each fault of a step, with its whole loop in view."""
    found = outcome("training_step", text)

    assert found == expected


def test_the_place_is_the_line_of_the_paste() -> None:
    """The finding points to the line as pasted, blank lines counted."""
    text = (
        "import torch\n\nfor x, y in loader:\n    loss = criterion(model(x), y)\n    loss.backward()\n    opt.step()\n"
    )

    found = line("training_step", text)

    assert found == 5
