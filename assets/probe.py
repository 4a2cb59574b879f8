# fmt: off
# ruff: noqa
def loss_wizard_probe(model, loader, loss_fn, optimizer):  # best before training; changes none of the four, sends nothing: trains copies for some seconds, prints numbers
    import collections, copy, random, time, numpy, torch; rows, seen, name, rms = [], {}, lambda o: getattr(o, "__name__", type(o).__name__), lambda v: v.float().pow(2).mean() ** 0.5
    dice = [getattr(o, "generator", o) for o in (loader, getattr(loader, "sampler", 0), torch.default_generator, *torch.cuda.default_generators)]  # their states are put back in the end
    kept = [(g.set_state, g.get_state()) for g in dice if isinstance(g, torch.Generator)] + [(random.setstate, random.getstate()), (numpy.random.set_state, numpy.random.get_state())]
    def show(title, make):  # prints one line; every line may fail by itself
        try: print(title, *(f"{float(v):.6g}" if isinstance(v, (float, torch.Tensor)) else str(v).replace(" ", "") for v in make()))
        except Exception as e: print(title, "?", type(e).__name__, " ".join(str(e).split())[:80])
    def split(b, names=("labels", "label", "targets", "target", "y")):  # a batch into inputs, by place or name, and targets: by name, else the last part
        b = {k: v for k, v in (b.items() if hasattr(b, "items") else enumerate(b)) if torch.is_tensor(v)}; return b, b.pop(next((k for k in names if k in b), len(b) - 1), torch.zeros(0))
    def run(m, change=torch.clone): x = {k: change(v[:32].to(next(m.parameters()).device)) for k, v in rows[0][0].items()}; out = m(*x.values()) if 0 in x or len(x) == 1 else m(**x); return getattr(out, "logits", out)
    def train(steps, adam=False):  # a copy, without dropout, on up to 32 samples of the first batch again and again, for up to 4 seconds
        m, o, f = copy.deepcopy((model, optimizer, loss_fn)); o = torch.optim.Adam([v for v in m.parameters() if v.requires_grad]) if adam else o; seen.setdefault("copy", (m, o)); seen["last"] = m
        for k in m.modules(): k.train("Drop" not in name(k)); k.register_forward_pre_hook(lambda k, a: seen.setdefault("into", {}).update({k: a[0]} if a and "out" not in seen and k not in seen["into"] and torch.is_tensor(a[0]) and [*k.parameters(False)] else {}))
        y, losses, end = rows[0][1][:32].to(next(m.parameters()).device), [], time.time() + 4
        def step(): m.zero_grad(); out = run(m); seen.setdefault("out", out); assert not y.is_cuda or y.is_floating_point() or -1 < y[y != -100].min() <= y.max() < max(out.shape[1:]), "label out of range"; loss = f(out, y); loss.backward(); return loss.detach()
        while len(losses) <= steps and time.time() < end and (len(losses) < 6 or losses[-1] > losses[0] / 100): losses.append(float(o.step(step)))
        return len(y), len(losses) - 1, losses[0], float(numpy.median(losses[-5:])) + 0 * losses[-1]
    def stat(v): v = v.detach().double(); d = v.std(0, correction=0).flatten(); return tuple(v.shape), v.min(), v.max(), v.mean(), v.std(correction=0), d.max(), d.quantile(0.05)
    def flags(v, w): g = v.grad is not None; return "".join("01"[bool(t)] for t in (v.requires_grad, v.dim() > 1, g, g and v.grad.any(), not v.equal(w), any(v is u for h in seen["copy"][1].param_groups if h["lr"] for u in h["params"])))
    def made(g, n=3): return [name(g), *made(next(iter(g.next_functions), [0])[0], n - 1)] if g and n else []  # the last operations behind a tensor
    def spread(k, z): u = z.movedim(1 if next(k.parameters(False)).dim() > 2 else -1, 0).flatten(1) == 0; return ",".join([*(f"{float(t):.3g}" for t in (rms(z), ((z > 0.97) | (z < 0.03 - int(z.min() < 0))).float().mean(), u.all(1).float().mean(), len(u))), *(p[:-9] for p in made(z.grad_fn))])  # what a layer is given
    def compare(m): a, b, c, d = (run(m.eval(), change).detach() for change in (torch.clone, torch.clone, lambda v: v.roll(len(v) // 2, 0), lambda v: v[-2:])); return len(a), *map(rms, (a, a - a.mean(), b - a, c - a, d - a[-len(d):]))  # outputs, again, for swapped inputs, for two samples
    print("loss-wizard probe 1"); show("loss", lambda: [name(loss_fn), *(str(getattr(loss_fn, k, None))[:9] for k in ("reduction", "label_smoothing", "weight", "pos_weight"))]); show("optimizer", lambda: [name(optimizer), float(max(g["lr"] for g in optimizer.param_groups)), len(optimizer.state)])
    show("batches", lambda: [rows.extend(split(b) for _, b in zip(range(8), loader)), len(rows), len(rows[0][1]), name(getattr(loader, "batch_sampler", 0)), name(getattr(loader, "sampler", 0))]); show("layers", lambda: collections.Counter(f"{name(k)}:{getattr(k, 'p', '')}" for k in model.modules()).items())
    show("samples", lambda: [len(loader.dataset)]); show("nonfinite", lambda: [f"{n}:{k}:{int((~v.isfinite()).sum())}" for n, (x, y) in enumerate(rows, 1) for k, v in (*x.items(), ("targets", y)) if not v.isfinite().all()][:3]); show("target", lambda: stat(torch.cat([y for _, y in rows])))
    show("labels", lambda: [",".join(f"{v:g}" for v in y.flatten()[:32].tolist()) for _, y in rows if y.eq(y.round()).all()]); show("steps", lambda: train(2)); show("input", lambda: [name(k := [*seen["into"]][0]), (v := seen["into"][k]).dtype, *stat(v)])
    show("activations", lambda: [spread(k, v) for k, v in seen.pop("into").items() if v.is_floating_point() and max(p.dim() for p in k.parameters(False)) > 1][:40]); show("parameters", lambda: collections.Counter(flags(v, w) for v, w in zip(seen["copy"][0].parameters(), model.parameters())).items()); show("fit", lambda: train(1200))
    show("gradients", lambda: train(0) and [len(g := [v.grad.norm() for v in seen["last"].parameters() if v.dim() > 1 and v.grad is not None]), *g[:3], *g[-3:]]); show("examples", lambda: {flags(v, w): n for (n, v), w in zip(seen["copy"][0].named_parameters(), model.parameters())}.items()); show("adam", lambda: train(300, True))
    show("changes", lambda: [getattr(loader, "batch_size", 0) or 0, len({len(v) for v in (*rows[0][0].values(), rows[0][1])}), *compare(copy.deepcopy(model)), *compare(seen["last"]), *(rms(v.float() - v.float().mean(0)) / rms(v) for v in rows[0][0].values())]); show("output", lambda: [*stat(seen["out"]), *made(seen["out"].grad_fn, 2)]); [put(state) for put, state in kept]
loss_wizard_probe(model, loader, loss_fn, optimizer)
