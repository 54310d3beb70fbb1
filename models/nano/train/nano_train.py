"""Train nano on a CPU: N gloo ranks with one thread each, Muon and AdamW, warm-up, stable, decay; resumable.

    ./launch.sh ../run --tokens 6                                stable phase; last.pt every few minutes
    ./launch.sh ../run2 --resume ../run/last.pt --tokens 2 --decay 1   decay to zero; final.pt at the end
    python nano_train.py --out run --tokens 1                    one process

`--tokens` counts millions in this run; the last `--decay` share of them falls linearly to zero. A checkpoint has
the weights, the optimizers, the random state and the counters.
"""
import argparse
import os
import random
import signal
import time
from collections import defaultdict

import torch
import torch.distributed as dist

import tokenizer as T
from gen import TASKS
from model import Config, Llama, config_dict

arguments = argparse.ArgumentParser()
arguments.add_argument("--out", default="run")
arguments.add_argument("--tokenizer", default="tokenizer.json")
arguments.add_argument("--resume")
arguments.add_argument("--tokens", type=float, default=6, help="millions in this run")
arguments.add_argument("--decay", type=float, default=0, help="share of them with a falling rate")
arguments.add_argument("--until", help="clock time (HH:MM) at which the run ends, if the tokens last longer: decay follows the sooner")
arguments.add_argument("--every", type=float, default=3, help="minutes between checkpoints")
arguments.add_argument("--batch", type=int, default=800, help="tokens per rank and pass")
arguments.add_argument("--passes", type=int, default=3, help="passes per step: a batch has one length and so often one task, a step should not")
arguments.add_argument("--muon_lr", type=float, default=.02)
arguments.add_argument("--adam_lr", type=float, default=3e-3)
arguments.add_argument("--warmup", type=int, default=40, help="steps")
arguments.add_argument("--mix", default="", help="task shares, narrative=.3,synthesis=0 (others as in gen/__init__.py)")
arguments.add_argument("--prompt_weight", type=float, default=0.0, help="loss weight of prompt tokens")
arguments.add_argument("--shape", default="", help="d=256,layers=6,ff=704 for a new model")
arguments.add_argument("--bf16", action="store_true", help="autocast, for processors with bf16 arithmetic")
arguments.add_argument("--threads", type=int, default=1, help="of each rank")
arguments.add_argument("--screen", type=int, default=1, help="draw so many examples for each that is trained on: of each task those with the worst token")
arguments.add_argument("--peer", help="last.pt of another run: at each checkpoint its weights are averaged in, so that two runs share the work without waiting for each other")
arguments.add_argument("--fresh", action="store_true", help="draw examples by --seed, not on from where the checkpoint's run stopped")
arguments.add_argument("--seed", type=int, default=1000)

# Loss weight of an answer's tokens: short answers count as much as long ones where each token is a decision.
WEIGHTS = {"plan_judgement": 3.0}


class Data:
    """Endless batches: a pool of examples is sorted by length and cut by a token budget."""

    def __init__(self, tokenizer, rank, options, context, model):
        self.tokenizer, self.options, self.context, self.model = tokenizer, options, context, model
        self.random, self.ready = random.Random(options.seed + rank), []
        mix = {name: share for name, (_, share) in TASKS.items()}
        mix.update((name, float(share)) for name, share in (part.split("=") for part in options.mix.split(",") if part))
        self.tasks, self.shares = list(mix), list(mix.values())

    def one(self):
        task = self.random.choices(self.tasks, self.shares)[0]
        make = TASKS[task][0]
        return *T.encode(self.tokenizer, make(self.random), self.options.prompt_weight, WEIGHTS.get(task, 1.0)), task

    def pool(self):
        pool = sorted((x for x in (self.one() for _ in range(400)) if len(x[0]) <= self.context), key=lambda x: len(x[0]))
        if self.options.screen == 1:
            return pool
        worst = defaultdict(list)
        for rows in self.cut(pool):
            for loss, row in zip(self.worst_tokens(rows), rows):
                worst[row[2]].append((loss, len(row[0]), row))
        kept = [row for rows in worst.values() for _, _, row in sorted(rows, key=lambda x: x[:2])[-max(1, len(rows) // self.options.screen):]]
        return sorted(kept, key=lambda x: len(x[0]))

    def cut(self, pool):
        cuts, rows = [], []
        for row in pool:
            if rows and (len(rows) + 1) * len(row[0]) > self.options.batch:
                cuts.append(rows)
                rows = []
            rows.append(row)
        return cuts + [rows] * (len(rows) > 0)

    @torch.no_grad()
    def worst_tokens(self, rows):
        tokens, index, target, _ = self.tensors(rows)
        losses = self.model.losses(tokens, index, target)
        worst = torch.zeros(len(rows)).scatter_reduce(0, index // tokens.size(1), losses, "amax")
        return worst.tolist()

    def batch(self):
        while not self.ready:
            self.ready = self.cut(self.pool())
            last = self.ready[-1]
            if len(self.ready) > 1 and len(last) * len(last[-1][0]) <= self.options.batch * .5:
                self.ready.pop()
            self.random.shuffle(self.ready)
        return self.tensors(self.ready.pop())

    def tensors(self, rows):
        width = max(len(ids) for ids, _, _ in rows) - 1
        tokens, index, target, weight = torch.zeros(len(rows), width, dtype=torch.long), [], [], []
        for i, (ids, weights, _) in enumerate(rows):
            tokens[i, :len(ids) - 1] = torch.tensor(ids[:-1])
            for j in range(len(ids) - 1):
                if weights[j + 1] > 0:
                    index.append(i * width + j)
                    target.append(ids[j + 1])
                    weight.append(weights[j + 1])
        return tokens, torch.tensor(index), torch.tensor(target), torch.tensor(weight)


def orthogonalise(gradient, steps=5):
    """Newton-Schulz iteration of Muon."""
    x = gradient / (gradient.norm() + 1e-7)
    tall = x.size(0) > x.size(1)
    if tall:
        x = x.T
    for _ in range(steps):
        a = x @ x.T
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x.T if tall else x


class Muon:
    """Momentum and orthogonalisation; matrices are shared out over the ranks."""

    def __init__(self, parameters, rank, world):
        self.parameters, self.rank, self.world = parameters, rank, world
        self.momenta = [torch.zeros_like(p) for p in parameters]

    @torch.no_grad()
    def step(self, rate):
        flat, offset = torch.zeros(sum(p.numel() for p in self.parameters)), 0
        for i, (p, momentum) in enumerate(zip(self.parameters, self.momenta)):
            if i % self.world == self.rank:
                momentum.mul_(.95).add_(p.grad)
                flat[offset:offset + p.numel()] = orthogonalise(p.grad + .95 * momentum).reshape(-1)
            offset += p.numel()
        if self.world > 1:
            dist.all_reduce(flat)
        offset = 0
        for p in self.parameters:
            update = flat[offset:offset + p.numel()].view_as(p)
            p.mul_(1 - rate * .02).add_(update, alpha=-rate * max(1, p.size(0) / p.size(1)) ** .5)
            offset += p.numel()

    def gather(self):
        """Every rank gets all momenta, before saving."""
        if self.world > 1:
            for i, momentum in enumerate(self.momenta):
                dist.broadcast(momentum, i % self.world)


def seconds_until(clock):
    hour, minute = map(int, clock.split(":"))
    now = time.localtime()
    return max(1, (hour - now.tm_hour) * 3600 + (minute - now.tm_min) * 60 - now.tm_sec)


def new_config(options, vocabulary):
    shape = {key: int(value) for key, value in (part.split("=") for part in options.shape.split(",") if part)}
    return Config(vocab=vocabulary, **shape)


def main():
    options = arguments.parse_args()
    rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    torch.set_num_threads(options.threads)
    if world > 1:
        dist.init_process_group("gloo")
    torch.manual_seed(0)
    tokenizer = T.load(options.tokenizer)
    saved = torch.load(options.resume, weights_only=False) if options.resume else None
    config = Config(**saved["config"]) if saved else new_config(options, tokenizer.get_vocab_size())
    model = Llama(config)
    data = Data(tokenizer, rank, options, config.ctx, model)
    parameters = list(model.parameters())
    matrices = [p for name, p in model.named_parameters() if p.dim() == 2 and "embed" not in name]
    chosen = {id(p) for p in matrices}
    rest = [p for p in parameters if id(p) not in chosen]
    muon = Muon(matrices, rank, world)
    adam = torch.optim.AdamW(rest, lr=options.adam_lr, betas=(.9, .97), weight_decay=0.0)
    step = seen = supervised = 0
    minutes_before = 0.0
    if saved:
        model.load_state_dict(saved["model"])
        for momentum, old in zip(muon.momenta, saved.get("muon", [])):
            momentum.copy_(old)
        if "adam" in saved:                           # a warm start has fresh optimizers
            adam.load_state_dict(saved["adam"])
        step, seen, supervised, minutes_before = saved["step"], saved["seen"], saved["supervised"], saved["minutes"]
        if rank < len(saved["rng"]) and not options.fresh:
            data.random.setstate(saved["rng"][rank])
    if rank == 0:
        os.makedirs(options.out, exist_ok=True)
        print(f"{sum(p.numel() for p in parameters) / 1e6:.2f} M parameters, {config}", flush=True)
    start, last_save, first, begun, losses = time.time(), time.time(), step, seen, []

    def save(name):
        muon.gather()
        states = [data.random.getstate()] * world
        if world > 1:
            dist.all_gather_object(states, data.random.getstate())
        if rank == 0:
            path = f"{options.out}/{name}"
            torch.save(dict(model=model.state_dict(), config=config_dict(config), muon=muon.momenta, adam=adam.state_dict(), rng=states, step=step,
                            seen=seen, supervised=supervised, minutes=minutes_before + (time.time() - start) / 60, args=vars(options)), path + ".tmp")
            os.replace(path + ".tmp", path)

    peer_time = time.time()

    @torch.no_grad()
    def meet():
        """Average with what the other run has saved since."""
        nonlocal peer_time
        if options.peer and os.path.exists(options.peer) and os.path.getmtime(options.peer) > peer_time:
            peer_time = os.path.getmtime(options.peer)
            other = torch.load(options.peer, weights_only=False)["model"]
            for name, p in model.named_parameters():
                p.add_(other[name] - p, alpha=.5)
            print(f"met {options.peer}", flush=True)

    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(1))
    length = seconds_until(options.until) if options.until else float("inf")
    while (done := max((seen - begun) / options.tokens / 1e6, (time.time() - start) / length)) < 1:
        due = torch.tensor([float(bool(stopped) or time.time() - last_save > options.every * 60)])
        if world > 1:
            dist.broadcast(due, 0)                   # one clock for all ranks
        if due.item():
            save("last.pt")
            last_save = time.time()
            if stopped:
                return
            meet()
        rate = min(1.0, (step - first + 1) / options.warmup)
        if done > 1 - options.decay:
            rate *= max(.01, (1 - done) / options.decay)
        total, weights, counts = 0.0, 0.0, torch.zeros(2, dtype=torch.long)
        for _ in range(options.passes):
            tokens, index, target, weight = data.batch()
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.bf16):
                loss = model.loss(tokens, index, target, weight) * weight.sum()
            loss.backward()
            total, weights = total + loss.item(), weights + weight.sum().item()
            counts += torch.tensor([tokens.numel(), len(target)])
        flat = torch.cat([p.grad.reshape(-1) for p in parameters] + [torch.tensor([weights])])
        if world > 1:
            dist.all_reduce(flat)
        flat /= flat[-1].item()
        offset = 0
        for p in parameters:
            p.grad = flat[offset:offset + p.numel()].view_as(p)
            offset += p.numel()
        torch.nn.utils.clip_grad_norm_(rest, 1.0)
        muon.step(options.muon_lr * rate)
        for group in adam.param_groups:
            group["lr"] = options.adam_lr * rate
        adam.step()
        for p in parameters:
            p.grad = None
        if world > 1:
            dist.all_reduce(counts)
        step, seen, supervised = step + 1, seen + counts[0].item(), supervised + counts[1].item()
        losses.append(total / weights)
        if rank == 0 and step % 20 == 0:
            passed = time.time() - start
            print(f"step {step} min {passed / 60:.2f} loss {sum(losses) / len(losses):.4f} tokens {seen / 1e6:.2f}M "
                  f"answers {supervised / 1e6:.2f}M rate {rate:.2f} tokens/s {(seen - begun) / passed:.0f}", flush=True)
            losses = []
    save("final.pt")


if __name__ == "__main__":
    main()
