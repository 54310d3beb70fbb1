"""How often rules find the passage that answers a question, and say so when none does, on real annual reports (TAT-QA).

Usage: python passages.py DATA/ir_tatqa_finance crates/advisor/src/chat/passages.rs
Each question is asked three times: of its own report's paragraphs, of another report's, and of its own without the paragraphs that
answer. Reports are split in halves: the bounds of a rule are chosen on the first, the figures are of the second. `app` is the rule of
`passages.rs`, with its words and bounds.
"""
import json
import math
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

data, source = Path(sys.argv[1]), Path(sys.argv[2]).read_text()
STOP = set(re.findall(r'"([a-z]+)",', source[source.index("STOP_WORDS: &[&str]"):source.index("];", source.index("STOP_WORDS: &[&str]"))]))
COVERED = float(re.search(r"COVERED: f64 = ([\d.]+)", source).group(1))
ENDINGS = ["ing", "ies", "ed", "es", "s"]


def stem(word):
    word = word.lower()
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[:-len(ending)].rstrip("e")
    return word.rstrip("e")


STOPS = {stem(word) for word in STOP}


def words(text):
    return [stem(word) for word in re.findall(r"[^\W_]+", text)]


def telling(question):
    return {word for word in words(question) if word not in STOPS}


def sentences(text):
    return [part for part in re.split(r"(?<=[.!?])\s+(?=[\"'(A-Z0-9])", " ".join(text.split())) if part]


class Report:
    def __init__(self, paragraphs):
        self.paragraphs = paragraphs
        self.words = {key: set(words(text)) for key, text in paragraphs.items()}


def weights(reports):
    """How telling a word is: rare in the paragraphs of all reports."""
    counts = Counter(word for report in reports for found in report.words.values() for word in found)
    total = sum(len(report.words) for report in reports)
    return defaultdict(lambda: math.log(total), {word: math.log(total / count) for word, count in counts.items()})


def share(wanted, said, weight):
    return sum(weight(word) for word in wanted if word in said) / max(1e-9, sum(map(weight, wanted)))


def answer(question, report, weight, covered, sentence_covered=0.0):
    """The best paragraph and its best sentence, or none."""
    wanted = telling(question)
    found = max(((share(wanted, said, weight), key) for key, said in report.words.items()), key=lambda pair: pair[0], default=None)
    if not wanted or not found or found[0] < covered:
        return None
    best = max(sentences(report.paragraphs[found[1]]), key=lambda text: share(wanted, set(words(text)), weight))
    return (found[1], best) if share(wanted, set(words(best)), weight) >= sentence_covered else None


def measure(name, questions, weight, *bounds):
    right, sentence, own, other, near = 0, 0, 0, 0, 0
    for text, spans, keys, report, foreign, without in questions:
        found = answer(text, report, weight, *bounds)
        own += found is not None
        if found and found[0] in keys:
            right += 1
            sentence += any(" ".join(span.split()).lower() in found[1].lower() for span in spans)
        other += answer(text, foreign, weight, *bounds) is None
        near += answer(text, without, weight, *bounds) is None
    n = len(questions)
    print(f"{name:44} n {n}  answers {own / n:.3f}  right paragraph {right / n:.3f}  right sentence {sentence / n:.3f}  "
          f"doesn't say: another report {other / n:.3f}, answer taken out {near / n:.3f}")
    return right / n, other / n, near / n


def main():
    texts = defaultdict(dict)
    for line in (data / "corpus.jsonl").open():
        row = json.loads(line)
        if row["kind"] != "table":
            texts[row["context"]][row["_id"]] = row["text"]
    relevant = defaultdict(set)
    for line in list((data / "qrels.tsv").open())[1:]:
        query, document, _ = line.split("\t")
        relevant[query].add(document)
    contexts = sorted(texts)
    reports = {context: Report(texts[context]) for context in contexts}
    halves = ([], [])
    for line in (data / "queries.jsonl").open():
        row = json.loads(line)
        if row["answer_from"] != "text" or row["answer_type"] not in ("span", "multi-span") or row["context"] not in reports:
            continue
        place = contexts.index(row["context"])
        keys = relevant[row["_id"]]
        own = reports[row["context"]]
        without = Report({key: text for key, text in own.paragraphs.items() if key not in keys})
        spans = row["answer"] if isinstance(row["answer"], list) else [str(row["answer"])]
        halves[place % 2].append((row["text"], spans, keys, own, reports[contexts[(place + 38) % len(contexts)]], without))
    rare = weights([reports[context] for context in contexts[::2]])
    plain, weighted = (lambda word: 1.0), (lambda word: rare[word])
    for half, name in ((0, "first half"), (1, "second half")):
        print(name)
        measure(f"app: {COVERED} of the words", halves[half], plain, COVERED)
        for bound in (.6, .7, .8, .9, 1):
            measure(f"{bound} of the words", halves[half], plain, bound)
        for bound in (.5, .6, .7, .8, .9):
            measure(f"{bound} of the words' rarity", halves[half], weighted, bound)
        for bound in (.5, .6, .7, .8):
            measure(f"{bound} of the words' rarity in one sentence", halves[half], weighted, bound, bound)


if __name__ == "__main__":
    main()
