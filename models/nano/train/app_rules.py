"""What the app's own rule makes of the held-out questions that aren't about a list, and what it would with the model's help.

Usage: python app_rules.py ../eval/assistant_reply.jsonl SEXTANT [ANSWERS]
The executable is asked all questions, once with each pack. ANSWERS are the model's, by `evaluate.py --answers`: then it is also counted
how many would be right if the model's word were taken for small talk where the rule finds nothing in the list.
"""
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

KINDS = {"greeting": "talk", "thanks": "talk", "goodbye": "talk", "assistant": "talk", "vague": "vague", "out_of_scope": "off"}


def intents(questions, pack, sextant):
    with tempfile.TemporaryDirectory() as home:
        asked = Path(home, "questions.txt")
        asked.write_text("\n".join(questions))
        run = subprocess.run([sextant, "chat", "--batch", str(asked), "--pack", pack, "--no-cache"], env=os.environ | {"SEXTANT_HOME": home},
                             capture_output=True, text=True, check=True)
    return [json.loads(line)["reading"]["intent"] for line in run.stdout.splitlines()]


def kind_of(answer):
    return "off" if "can only help with" in answer else "vague" if "What matters most" in answer else "talk"


def main():
    cases = [json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]
    cases = [(case["prompt"], case["expect"]["kind"]) for case in cases if case["prompt"].startswith("Words: ")]
    ways = {}
    for pack in ("energy", "retail"):
        found = intents([prompt.partition("Question: ")[2] for prompt, _ in cases], pack, sys.argv[2])
        ways[f"rule, {pack} pack"] = [KINDS.get(intent, "search") for intent in found]
    if len(sys.argv) > 3:
        rows = map(json.loads, Path(sys.argv[3]).read_text().splitlines())
        answers = {row["prompt"]: kind_of(row["answer"]) for row in rows if row["task"] == "assistant_reply"}
        model = [answers[prompt] for prompt, _ in cases]
        for way, rule in list(ways.items()):
            ways[f"{way}, the model for small talk"] = ["talk" if by_rule in ("off", "vague") and by_model == "talk" else by_rule
                                                        for by_rule, by_model in zip(rule, model)]
        ways["model"] = model
    asked = Counter(kind for _, kind in cases)
    for way, kinds in ways.items():
        right = Counter(kind for found, (_, kind) in zip(kinds, cases) if found == kind)
        print(f"{way:44}", ", ".join(f"{kind} {right[kind]} of {asked[kind]}" for kind in ("off", "talk", "vague")))


if __name__ == "__main__":
    main()
