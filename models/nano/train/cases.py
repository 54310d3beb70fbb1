"""Write the held-out cases: eval/<task>.jsonl, one `{"task","prompt","expect"}` a line.

Usage: python cases.py ../eval [count] [seed]
Free text is in wordings that training never has; prompts without free text are held out by a hash (see gen/__init__.py).
`questions.json` has every question that `quick_replies` may ask, by topic and aspect.
"""
import json
import random
import sys
from pathlib import Path

from gen import TASKS
from gen.quick_replies import TOPICS
from judge import judge

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
    questions = {topic: {aspect: forms[0] for aspect, forms in aspects.items()} for topic, aspects in TOPICS.items()}
    (out / "questions.json").write_text(json.dumps(questions, indent=1) + "\n")
