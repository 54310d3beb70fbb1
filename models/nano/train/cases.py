"""Write the held-out cases: eval/<task>.jsonl, one `{"task","prompt","expect"}` a line.

Usage: python cases.py ../eval [count] [seed]
Free text is in wordings that training never has; prompts without free text are held out by a hash (see gen/__init__.py).
`clauses.json` has texts as the app must split
them; `words.json` has questions with the groups of words that they have.
"""
import json
import random
import sys
from pathlib import Path

from gen import TASKS
from gen.assistant_reply import groups
from gen.plan_judgement import clauses
from judge import judge

SPLIT = ["Lock in your rate for 12 months! Monthly base charge $4.95. For new customers only.", "FREE nights from 9:00 p.m. to 6 a.m. daily. Autopay & e-bill required", "Gift card of $25!*Paperless billing | No base charges, no gimmicks ::: 24/7 support",
         "Use 1,000 kWh or more - get $50 off; see the facts label.", "Two-month trial price.. \u2022 Then 14.9 cents per kWh.", "0 cents per kWh after 10 PM \u2014 every day", "", "-", "none", "Rates 20% lower 10 PM\u20136 AM / weekends.", "Leave any time!No fees?Yes, none.", "  \u20ac5 a\u00a0month.\nNo deposit ,"]
QUESTIONS = ["Hello there!", "Thanks, bye", "Which plan is best?", "What are you?", "Write a poem about the sea.", "HOW ARE YOU", "hilarious", "I'll pay later, see you", "What is the price of gold?"]


if __name__ == "__main__":
    out, count, seed = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 500, int(sys.argv[3]) if len(sys.argv) > 3 else 99
    out.mkdir(exist_ok=True)
    for task, (make, _) in TASKS.items():
        r, seen, lines = random.Random(seed), set(), []
        for _ in range(100 * count):
            if len(lines) == count:
                break
            example = make(r, True)
            if example.prompt in seen:
                continue
            seen.add(example.prompt)
            verdict = judge(task, example.prompt, example.answer, example.expect)
            assert verdict["ok"], (example.prompt, example.answer, verdict)
            lines.append(json.dumps(dict(task=task, prompt=example.prompt, expect=example.expect), ensure_ascii=False, separators=(",", ":")))
        (out / f"{task}.jsonl").write_text("\n".join(lines) + "\n")
        print(task, len(lines), sum(map(len, lines)))
    for name, known in ("clauses", {text: clauses(text) for text in SPLIT}), ("words", {text: groups(text) for text in QUESTIONS}):
        (out / f"{name}.json").write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n")
