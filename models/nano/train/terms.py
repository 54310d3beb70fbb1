"""Which tag a clause of special terms carries: a linear rule on words, their neighbours and their stems, learnt from the generator's clauses.

Usage: python terms.py ../../../assets/packs/energy/terms.json ../eval [plans.csv]
Multinomial logistic regression, by stochastic gradient descent with AdaGrad. Words are dropped at random, so that no single word of a wording
decides and unknown words are met in training. The language model reads 69 % of the held-out clauses right, this 95 %, in microseconds.
A clause's features: its words (`[a-z]+` joined by ' or -, and each of # 0 $ % and euro and pound signs) as far as the table knows them, else ?;
the pairs of neighbours with ^ and $ at the ends, joined by a blank; and ~ with the first five letters of every word. Each feature counts once.
The tag is the one with the highest sum of weights; `none` has MARGIN added. The table has weights and margin in tenths.
"""
import csv
import hashlib
import json
import random
import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from gen.plan_judgement import DROPPED, KNOWN, clause, clauses

WORD = re.compile(r"[a-z]+(?:[-'’][a-z]+)*|[#0$€£%]")
MARGIN = 0.5
STEM = 5
SMALLEST = .4                                       # features whose weights are all below this are left out


def features(text, known, kept=lambda: True):
    words = WORD.findall(text)
    shown = [word if word in known and kept() else "?" for word in words]
    stems = {"~" + word[:STEM] for word, seen in zip(words, shown) if seen != "?" or kept()}
    ends = ["^", *shown, "$"]
    return sorted({*shown, *(" ".join(pair) for pair in zip(ends, ends[1:])), *stems})


def train(count=40000, passes=4, seed=1, unknown=.2, rate=.2, least=5):
    r, rows = random.Random(seed), []
    for _ in range(count):
        tag = r.choice(KNOWN[:-1]) if r.random() < .5 else "none" if r.random() < .75 else r.choice(DROPPED)
        rows.append((clause(r, tag, False), KNOWN.index("none" if tag in DROPPED else tag)))
    times = Counter(word for text, _ in rows for word in set(WORD.findall(text)))
    known = {word for word, seen in times.items() if seen >= least}
    index, data = {}, []
    for text, label in rows * passes:
        found = features(text, known, lambda: r.random() >= unknown)
        data.append((np.array([index.setdefault(feature, len(index)) for feature in found]), label))
    weights, squares = np.zeros((len(index), len(KNOWN))), np.full((len(index), len(KNOWN)), 1e-3)
    for found, label in data:
        if not len(found):
            continue
        scores = weights[found].sum(0)
        slope = np.exp(scores - scores.max())
        slope /= slope.sum()
        slope[label] -= 1
        squares[found] += slope ** 2
        weights[found] -= rate * (slope / np.sqrt(squares[found]) + 1e-4 * weights[found])
    return {feature: weights[i] for feature, i in index.items() if np.abs(weights[i]).max() >= SMALLEST}, known


def tag_of(table, text):
    scores = np.zeros(len(KNOWN))
    scores[-1] = table["margin"]
    for feature in features(text, table["known"]):
        scores += table["weights"].get(feature, 0)
    return KNOWN[int(scores.argmax())]


if __name__ == "__main__":
    out, cases = Path(sys.argv[1]), Path(sys.argv[2])
    learnt, known = train()
    table = dict(tags=KNOWN, margin=round(MARGIN * 10), words=sorted(known), weights={feature: [round(float(weight) * 10) for weight in learnt[feature]] for feature in sorted(learnt)})
    lines = ",\n".join(f"{json.dumps(feature, ensure_ascii=False)}:{json.dumps(weights, separators=(',', ':'))}" for feature, weights in table["weights"].items())
    head = json.dumps({name: table[name] for name in ("tags", "margin", "words")}, ensure_ascii=False, separators=(",", ":"))
    out.write_text(f'{head[:-1]},"weights":{{\n{lines}\n}}}}\n')
    table = json.loads(out.read_text())
    table["known"], table["weights"] = set(table["words"]), {feature: np.array(weights) for feature, weights in table["weights"].items()}
    rows = [json.loads(line) for line in (cases / "plan_judgement.jsonl").read_text().splitlines()]
    said = [(row["prompt"], row["expect"]["kind"], tag_of(table, row["prompt"])) for row in rows]
    for case in said:
        if case[1] != case[2]:
            print(*case, sep=" | ")
    print(f"{len(table['weights'])} features, {out.stat().st_size:,} bytes; {sum(right == got for _, right, got in said)}/{len(said)} held-out clauses right")
    if len(sys.argv) > 3:
        labels, n, ok, right, wrong = json.loads((cases / "real_terms.json").read_text()), 0, 0, 0, 0
        for text in dict.fromkeys(" ".join(row["special_terms"].split())[:400] for row in csv.DictReader(open(sys.argv[3]))):
            key = hashlib.sha1(text.encode()).hexdigest()[:12]
            if key in labels:
                got, want = {tag_of(table, part) for part in clauses(text)} - {"none"}, set(labels[key]) - set(DROPPED)
                n, ok, right, wrong = n + 1, ok + (got == want), right + len(got & want), wrong + len(got ^ want)
        print(f"{ok}/{n} real texts with all tags right, tag F1 {2 * right / (2 * right + wrong):.3f}")
