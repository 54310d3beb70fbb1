"""The judge's rules, mechanical, so that the app's evaluation can have the same: see eval/README.md."""
import json
import re

from gen.common import SLOT
from gen.plan_judgement import TAGS_READ

TEXT = re.compile(r"[A-Za-z \n,.;:'()?!-]*")
REPEATED = re.compile(r"\b([A-Za-z]+) \1\b")


def shape(prompt, answer):
    """What is broken, whatever the task: an unknown slot, a character that the grammar forbids, a repetition, no end."""
    wrong = [f"slot {slot}" for slot in SLOT.findall(answer) if slot not in prompt]
    if not TEXT.fullmatch(SLOT.sub("", answer)):
        wrong.append("characters")
    if REPEATED.search(answer):
        wrong.append("doubled word")
    sentences = [sentence.strip() for sentence in re.split(r"[.?!]\s", answer + " ") if sentence.strip()]
    if len(set(sentences)) < len(sentences):
        wrong.append("doubled sentence")
    if any(answer.count(slot) > 2 for slot in SLOT.findall(answer)):
        wrong.append("slot more than twice")
    if not answer or answer[-1] not in ".?!":
        wrong.append("no end")
    return wrong


REWORDED = {"Peak", "Use", "Item"}                   # lines whose slots stand apart in the text
COSTS = re.compile(r"\bcosts? (\{\w+\})")
PRICED = ["price", "cost", "saving", "fee"]           # what a thing may be said to cost, by the slot's name


def says_each(prompt, answer):
    """Whether a text says what each line of its prompt says, and as often. Needs the two alone, so the app can ask it too: what fails has its template shown."""
    lines = [line.partition(": ") for line in prompt.splitlines()[1:]]
    asked, said = "\n".join(text for _, _, text in lines).lower(), answer.lower()
    for label, _, text in lines:
        if not text or label in REWORDED:
            continue
        if not all(1 <= said.count(part) <= asked.count(part) for part in text.lower().split("; ")):
            return False
    if not all(any(word in slot for word in PRICED) for slot in COSTS.findall(answer)):
        return False
    slots = SLOT.findall("".join(text for _, _, text in lines))
    return sorted(slots) == sorted(SLOT.findall(answer))


def judge_text(prompt, answer, expect):
    """faithful: shape and no false statement; covered: all that must be there."""
    broken = shape(prompt, answer)
    false = [f"!{part}" for part in expect.get("must_not", []) if part.lower() in answer.lower()]
    missing = [" | ".join(options) for options in expect["must"] if not any(option.lower() in answer.lower() for option in options)]
    for first, second in expect.get("pairs", []):
        if first in answer and not re.search(re.escape(first) + r"[^.;{]*" + re.escape(second), answer):
            false.append(f"pair {first} {second}")
    return dict(faithful=not broken and not false, covered=not missing, ok=not (broken or false or missing), why=broken + false + missing)


def judge_tags(answer, expect):
    try:
        tags = json.loads(answer)["tags"]
        valid = isinstance(tags, list) and all(tag in TAGS_READ for tag in tags)
    except (ValueError, KeyError, TypeError):
        valid = False
    if not valid:
        return dict(valid=False, ok=False, why=["json"])
    ok = set(tags) == set(expect["tags"])
    return dict(valid=True, ok=ok, why=[] if ok else [f"{','.join(expect['tags']) or 'none'} > {','.join(tags) or 'none'}"])


def judge_questions(prompt, answer, expect):
    try:
        questions = json.loads(answer)
        valid = isinstance(questions, list) and len(questions) == 3 and all(isinstance(q, str) and q.endswith("?") and len(q) <= 60 for q in questions)
    except ValueError:
        valid, questions = False, []
    faithful = valid and not any(slot not in prompt for slot in SLOT.findall(answer))
    right = valid and all(about.lower() in question.lower() for question, about in zip(questions, expect["about"]))
    return dict(valid=valid, faithful=faithful, ok=faithful and right, why=[] if right else ["questions"])


def judge(task, prompt, answer, expect):
    if task == "plan_judgement":
        return judge_tags(answer, expect)
    if task == "quick_replies":
        return judge_questions(prompt, answer, expect)
    return judge_text(prompt, answer, expect)
