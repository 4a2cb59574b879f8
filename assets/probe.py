# fmt: off
# ruff: noqa
def loss_wizard_probe(model, loader, loss_fn, optimizer):  # best before training: trains copies for some seconds, changes none of the four
    import collections, copy, math, random, time, numpy, torch; rows, seen, copies = [], {"into": {}}, []
    name, rms, swap = lambda o: getattr(o, "__name__", type(o).__name__), lambda v: v.float().pow(2).mean() ** 0.5, lambda v: v.roll(len(v) // 2, 0)
    rngs = [getattr(o, "generator", o) for o in (loader, getattr(loader, "sampler", 0), torch.default_generator, *torch.cuda.default_generators)]
    kept = [(g.set_state, g.get_state()) for g in rngs if isinstance(g, torch.Generator)] + [(random.setstate, random.getstate()), (numpy.random.set_state, numpy.random.get_state())]
    def show(title, make):  # prints a line; every line may fail by itself
        try: print(title, *(f"{float(v):.6g}" if isinstance(v, (float, torch.Tensor)) else str(v).replace(" ", "") for v in make()))
        except Exception as e: print(title, "?", type(e).__name__, " ".join(str(e).split())[:80])
    def stat(v): v = v.detach().double(); d = v.std(0, correction=0).flatten(); return tuple(v.shape), v.min(), v.max(), v.mean(), v.std(correction=0), d.max(), d.quantile(0.05)
    def split(b, keys=("labels", "label", "targets", "target", "y")):  # a batch into inputs, by place or name, and targets: by name, else the last part
        b = {k: v for k, v in (b.items() if hasattr(b, "items") else enumerate(b)) if torch.is_tensor(v)}; return b, b.pop(next((k for k in keys if k in b), len(b) - 1), torch.zeros(0))
    def first(): return [v[:32].to(next(model.parameters()).device) for v in (*rows[0][0].values(), rows[0][1])]  # inputs and targets that copies are run on
    def run(m, x): out = m(*x) if 0 in rows[0][0] or len(x) == 1 else m(**dict(zip(rows[0][0], x))); return getattr(out, "logits", out)
    def ops(g, n=4): return [name(g), *ops(next(iter(g.next_functions), [0])[0], n - 1)] if g and n else []  # the last operations that made a tensor
    def train(steps, adam=False):  # a copy, without dropout, on these samples again and again, for up to 4 seconds
        m, o, f = copy.deepcopy((model, optimizer, loss_fn)); o = torch.optim.Adam([v for v in m.parameters() if v.requires_grad]) if adam else o; copies.append((m, o)); (*x, y), losses, end = first(), [], time.time() + 4
        for k in m.modules(): k.train("Drop" not in name(k)); k.register_forward_pre_hook(lambda k, a: seen["into"].setdefault(k, a[0]) if "out" not in seen and a and [*k.parameters(False)] else None and 0)
        def step():
            m.zero_grad(); out = run(m, x); seen.setdefault("out", out); assert not y.is_cuda or y.is_floating_point() or -1 < y[y != -100].min() <= y.max() < max(out.shape[1:]), "label out of range"
            loss = f(out, y); loss.backward(); seen.update({} if "norms" in seen else {"norms": [v.grad.norm() for v in m.parameters() if v.dim() > 1 and v.grad is not None]}); return loss.detach()
        while len(losses) <= steps and time.time() < end and math.isfinite(sum(losses)) and (len(losses) < 6 or losses[-1] > losses[0] / 100): losses.append(float(o.step(step)))
        return len(y), len(losses) - 1, losses[0], sorted(losses[-5:])[len(losses[-5:]) // 2] if math.isfinite(losses[-1]) else losses[-1]
