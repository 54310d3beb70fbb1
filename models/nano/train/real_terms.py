"""The real special terms against labels read by hand: ../eval/real_terms.json has them by the text's hash, the texts stay where they are.

Usage: python real_terms.py plans.csv ../eval/real_terms.json MODEL [sextant-worker]
"""
import csv
import hashlib
import json
import sys
from pathlib import Path

from evaluate import backend
from gen.common import render
from gen.plan_judgement import DROPPED, clauses

def read(run, clause):
    answer, _ = run([{"role": "system", "content": "plan_judgement"}, {"role": "user", "content": render("plan_judgement", dict(clause=clause))}])
    return json.loads(answer)["tags"]


if __name__ == "__main__":
    plans, labels, model = sys.argv[1], json.loads(Path(sys.argv[2]).read_text()), sys.argv[3]
    run = backend(model, sextant=sys.argv[4] if len(sys.argv) > 4 else "sextant-worker")
    terms = dict.fromkeys(" ".join(row["special_terms"].split())[:400] for row in csv.DictReader(open(plans)))
    n = ok = right = missed = added = 0
    for text in terms:
        key = hashlib.sha1(text.encode()).hexdigest()[:12]
        if key not in labels:
            continue
        said = clauses(text)
        tags = [read(run, part) for part in said]
        got, want = set().union(*tags), set(labels[key]) - set(DROPPED)
        n, ok, right = n + 1, ok + (got == want), right + len(got & want)
        missed, added = missed + len(want - got), added + len(got - want)
        if got != want:
            print(f"missed {sorted(want - got)}, added {sorted(got - want)} |", " | ".join(f"{part} {of or ''}" for part, of in zip(said, tags)))
    print(f"{ok}/{n} texts with all tags right; tag F1 {2 * right / (2 * right + missed + added):.3f}")
