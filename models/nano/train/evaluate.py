"""Greedy evaluation of the held-out cases; with --grammar as in the app, without it what the model does by itself.

Usage: python evaluate.py MODEL ../eval [--n 500] [--tasks a,b] [--show 3] [--json out.json] [--texts out.txt]
MODEL is a .gguf, which the app's own worker process runs (--sextant: the executable sextant-worker, --engine: llamacpp or mistralrs), or a
.pt checkpoint (torch). For the columns see ../eval/README.md.
"""
import argparse
import json
import random
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import tokenizer as T
from gen import TASKS
from gen.common import SLOT, chat_text
from judge import judge, says_each

arguments = argparse.ArgumentParser()
arguments.add_argument("model")
arguments.add_argument("cases")
arguments.add_argument("--n", type=int, default=500)
arguments.add_argument("--tasks")
arguments.add_argument("--show", type=int, default=0, help="wrong answers to print for each task")
arguments.add_argument("--json")
arguments.add_argument("--answers", help="write every prompt and answer here, one JSON document a line")
arguments.add_argument("--texts", help="write prompts and answers of the first cases here")
arguments.add_argument("--texts_per_task", type=int, default=8)
arguments.add_argument("--tokenizer", default="tokenizer.json")
arguments.add_argument("--sextant", default="sextant-worker")
arguments.add_argument("--engine", default="llamacpp")
arguments.add_argument("--grammar", action="store_true", help="the app's grammar: plain words and the prompt's slots")


TEXT_TASKS = {"usage_summary", "narrative", "synthesis", "assistant_reply", "grounded_answer"}


def trigrams(answer):
    words = ["^"] + re.findall(r"\{[a-z0-9_.]+\}|[A-Za-z]+|[.,;:?!]", re.sub(r"record_\d", "record_n", answer)) + ["$"]
    return set(zip(words, words[1:], words[2:]))


def usual(task, count=8000, seed=3):
    """Word triples of training answers: a triple that none of them has is likely a broken sentence."""
    r, found = random.Random(seed), set()
    for held in (False, True):
        for _ in range(count if not held else count // 8):
            found |= trigrams(TASKS[task][0](r, held).answer)
    return found


class Worker:
    """The app's worker process, over its pipe: one JSON document a line."""

    def __init__(self, path, sextant, engine, grammar=False):
        self.grammar = grammar
        command = [sextant, "--engine", engine, "--model", path, "--tokenizer-dir", str(Path(path).parent)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ready = json.loads(self.process.stdout.readline())
        if self.ready["kind"] != "ready":
            sys.exit(f"not loaded: {self.ready}")
        self.count, self.tokens, self.seconds = 0, 0, 0.0

    def __call__(self, turns, limit=200):
        self.count += 1
        request = dict(messages=turns, max_tokens=limit, stop=[], sampling=dict(temperature=0.0, top_p=1.0, top_k=0, seed=0), priority="normal")
        keys = sorted(set(SLOT.findall(turns[-1]["content"])))
        if self.grammar and keys and turns[0]["content"] in TEXT_TASKS:
            places = " | ".join(f'"{key}"' for key in keys)
            request["form"] = dict(grammar="start: (WORDS | placeholder)+\nWORDS: /[A-Za-z ,.;:'()?!\\n-]+/\nplaceholder: " + places + "\n")
        self.process.stdin.write(json.dumps(dict(kind="generate", id=self.count, request=request)) + "\n")
        self.process.stdin.flush()
        text = ""
        while True:
            message = json.loads(self.process.stdout.readline())
            if message["kind"] == "text":
                text += message["text"]
            elif message["kind"] == "done":
                usage = message["usage"]
                self.tokens += usage["completion_tokens"]
                self.seconds += usage["decode"]["secs"] + usage["decode"]["nanos"] / 1e9
                return text, usage["finish"] == "stop"
            elif message["kind"] != "started":
                sys.exit(f"failed: {message}")


def backend(path, tokenizer="tokenizer.json", sextant=None, engine="llamacpp", grammar=False):
    if path.endswith(".gguf"):
        return Worker(path, sextant, engine, grammar)
    import torch

    from model import load
    torch.set_num_threads(1)
    model, _ = load(path)
    vocabulary = T.load(tokenizer)

    def run(turns):
        ids, done = model.greedy(vocabulary.encode(chat_text(turns)).ids, 200)
        return vocabulary.decode(ids), done
    return run


def main():
    options = arguments.parse_args()
    run, table, texts = backend(options.model, options.tokenizer, options.sextant, options.engine, options.grammar), {}, []
    files = sorted(Path(options.cases).glob("*.jsonl"))
    for path in files:
        task = path.stem
        if options.tasks and task not in options.tasks.split(","):
            continue
        cases = [json.loads(line) for line in path.read_text().splitlines()][:options.n]
        sums, kinds, kinds_ok, whys, started, answers, shown = Counter(), Counter(), Counter(), Counter(), time.perf_counter(), [], 0
        known = usual(task) if task in TEXT_TASKS else None
        for i, case in enumerate(cases):
            answer, done = run([{"role": "system", "content": task}, {"role": "user", "content": case["prompt"]}])
            verdict = judge(task, case["prompt"], answer, case["expect"])
            verdict["ok"] = verdict["ok"] and done
            sums.update({key: int(value) for key, value in verdict.items() if key != "why"})
            if known:
                odd = trigrams(answer) - known
                sums["unusual"] += bool(odd)
                if not case["prompt"].startswith("Words: "):
                    sums["asked"] += 1
                    if says_each(case["prompt"], answer):
                        sums.update(said=1, said_ok=verdict["ok"], said_unusual=bool(odd))
                if odd and verdict["ok"] and options.show:
                    print("unusual:", [" ".join(triple) for triple in odd], answer)
            kind = case["expect"].get("kind")
            kinds[kind] += 1
            kinds_ok[kind] += verdict["ok"]
            whys.update(verdict["why"])
            answers.append(answer)
            if options.answers:
                with open(options.answers, "a") as out:
                    out.write(json.dumps(dict(task=task, prompt=case["prompt"], answer=answer, ok=verdict["ok"])) + "\n")
            if i < options.texts_per_task:
                texts.append(f"## {task}{'' if verdict['ok'] else ' - wrong: ' + ', '.join(verdict['why'])}\n```\n{case['prompt']}\n>>> {answer}\n```\n")
            if not verdict["ok"] and shown < options.show:
                shown += 1
                print(f"--- {verdict['why']}\n{case['prompt']}\n>>> {answer}")
        n = len(cases)
        row = {key: value if key == "asked" or key.startswith("said") else round(value / n, 4) for key, value in sums.items()}
        row |= dict(n=n, different=len(set(answers)), seconds=round((time.perf_counter() - started) / n, 4))
        if kinds.keys() - {None}:
            row["kinds"] = {kind: f"{kinds_ok[kind]}/{kinds[kind]}" for kind in sorted(kinds)}
        table[task] = row
        print(task, json.dumps(row), flush=True)
        if options.show:
            print(whys.most_common(15), flush=True)
    if options.json:
        Path(options.json).write_text(json.dumps(dict(model=Path(options.model).name, table=table), indent=1) + "\n")
    if options.texts:
        Path(options.texts).write_text("\n".join(texts))


if __name__ == "__main__":
    main()
