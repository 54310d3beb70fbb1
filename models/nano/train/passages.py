"""How often the app's rule quotes the sentence that answers, and says so when none does, on real annual reports (TAT-QA).

Usage: python passages.py DATA/ir_tatqa_finance crates/advisor/src/chat [--fit]
The rule's words, weights and bounds are read from `passages.rs` and `passages/sentence.rs`. Each question is asked three times: of its
own report's paragraphs, of another report's, and of its own without the paragraphs that answer; beside that, questions that only the
report's tables answer, of its paragraphs. Reports are split in halves: weights and bounds are chosen on the first. `--fit` fits the
weights anew (it needs numpy) and measures a rule with weights and bound from nine tenths of the reports on the tenth.
"""
import json
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

data, code = Path(sys.argv[1]), Path(sys.argv[2])
source = (code / "passages.rs").read_text() + (code / "passages/sentence.rs").read_text()


def constant(name):
    return float(re.search(rf"const {name}: \w+ = ([\d.]+);", source).group(1))


PARTS = ["IN_SENTENCE", "AROUND", "IN_PAIRS", "SAME_NUMBERS", "SAYS_MORE"]
WEIGHTS = [constant(name) for name in PARTS]
SURE, COVERED, MORE_WORDS = constant("SURE"), constant("COVERED"), constant("MORE_WORDS")
START = source.index("STOP_WORDS: &[&str]")
STOP = set(re.findall(r'"([a-z]+)",', source[START:source.index("];", START)]))
ANNOUNCES = re.findall(r'"([a-z ]+)"', re.search(r"const ANNOUNCES: .* = \[(.*)\];", source).group(1))
ENDINGS = ["ing", "ies", "ed", "es", "s"]
PASSAGE_WORDS, LARGEST = 60, 180


def stem(word):
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[:-len(ending)].rstrip("e")
    return word.rstrip("e")


def telling(text):
    return [stem(word) for word in re.findall(r"[^\W_]+", text.lower()) if word not in STOP]


def numbers(text):
    return {number.strip(",.").replace(",", "") for number in re.findall(r"[\d,.]+", text)} - {""}


def sentences(text):
    return [part for part in re.split(r"(?<=[.!?])\s+(?=[\"'(A-Z0-9])", " ".join(text.split())) if part]


class Report:
    """Paragraphs as passages, of about the size that the app cuts; a sentence with its paragraph, its words and its numbers."""

    def __init__(self, paragraphs):
        self.passages, size = [], LARGEST
        for key, text in paragraphs.items():
            length = len(text.split())
            if size >= PASSAGE_WORDS or size + length > LARGEST:
                self.passages.append([])
                size = 0
            self.passages[-1] += [(key, part, telling(part), numbers(part)) for part in sentences(text)]
            size += length


def parts(asked, pairs, figures, passage, place):
    """The five parts of a sentence's worth, in the order of PARTS."""
    _, text, words, found = passage[place]
    said, around = set(words), {word for near in passage[max(0, place - 1):place + 2] for word in near[2]}
    lower = text.lower()
    announces = lower.endswith(":") or any(words in lower for words in ANNOUNCES)
    return [
        len(asked & said) / len(asked),
        len(asked & around) / len(asked),
        len(pairs & set(zip(words, words[1:]))) / len(pairs) if pairs else 0.5,
        float(figures <= found),
        float(not announces and (len(said - asked) >= MORE_WORDS or bool(found - figures))),
    ]


def candidates(question, report):
    """(its parts, its passage's share, its paragraph, the sentence) of each sentence."""
    words, figures = telling(question), numbers(question)
    asked, pairs = set(words), set(zip(words, words[1:]))
    if not asked:
        return []
    found = []
    for passage in report.passages:
        share = len(asked & {word for part in passage for word in part[2]}) / len(asked)
        for place, (key, text, _, _) in enumerate(passage):
            found.append((parts(asked, pairs, figures, passage, place), share, key, text))
    return found


def worth(features, weights):
    return sum(weight * feature for weight, feature in zip(weights, features))


def first(found, weights, sure, covered=0.0):
    """The best sentence that is sure or close: (worth, paragraph, sentence)."""
    best = None
    for features, share, key, text in found:
        value = worth(features, weights)
        if (value >= sure or share >= covered) and (best is None or value > best[0]):
            best = (value, key, text)
    return best


def is_right(question, best):
    return best is not None and best[1] in question["keys"]


def has_answer(question, best):
    return best is not None and any(" ".join(span.split()).lower() in best[2].lower() for span in question["spans"])


def measure(name, questions, weights=None, sure=SURE, covered=COVERED):
    weights = weights or WEIGHTS
    counts, totals = Counter(), Counter()
    for question in questions:
        for kind, found in question["found"].items():
            best = first(found, weights, sure, covered)
            is_sure = best is not None and best[0] >= sure
            totals[kind] += 1
            counts[kind, "refused"] += not is_sure
            counts[kind, "silent"] += best is None
            if kind == "own":
                counts["sure"] += is_sure
                counts["right"] += is_sure and is_right(question, best)
                counts["sentence"] += is_sure and has_answer(question, best)
                counts["shown"] += is_right(question, best)
    own, percent = totals["own"], lambda key, of: f"{100 * counts[key] / max(1, of):.1f}"
    print(f"{name:26} n {own}  answers {percent('sure', own)}, right passage {percent('right', own)}, right sentence "
          f"{percent('sentence', own)}; shown, sure or closest {percent('shown', own)}  refuses: another report "
          f"{percent(('other', 'refused'), totals['other'])} (nothing close {percent(('other', 'silent'), totals['other'])}), answer taken out "
          f"{percent(('without', 'refused'), totals['without'])}, only in a table {percent(('table', 'refused'), totals['table'])}")
    return counts, totals


def fitted(questions):
    """Logistic regression: is the best sentence of the report one that answers? Weights of sum 1."""
    import numpy as np
    weights = np.array(WEIGHTS)
    for _ in range(4):
        rows, labels = [], []
        for question in questions:
            for kind in ("own", "other", "without"):
                found = question["found"].get(kind)
                if found:
                    best = max(found, key=lambda one: worth(one[0], weights))
                    rows.append([1.0] + best[0])
                    labels.append(float(kind == "own" and best[2] in question["keys"]))
        rows, labels, beta = np.array(rows), np.array(labels), np.zeros(len(PARTS) + 1)
        ridge = np.diag([0.0] + [1.0] * len(PARTS))
        for _ in range(25):
            chance = 1 / (1 + np.exp(-rows @ beta))
            hessian = (rows * (chance * (1 - chance))[:, None]).T @ rows + ridge
            beta -= np.linalg.solve(hessian, rows.T @ (chance - labels) + ridge @ beta)
        weights = np.clip(beta[1:], 0, None)
        weights = weights / weights.sum()
    return list(weights)


def bound(questions, weights, refused):
    """The lowest bound that refuses this share of both kinds."""
    bounds = []
    for kind in ("other", "without"):
        worths = []
        for found in (question["found"][kind] for question in questions if kind in question["found"]):
            best = first(found, weights, 0.0)
            worths.append(best[0] if best else 0.0)
        worths.sort(reverse=True)
        bounds.append(worths[int(len(worths) * (1 - refused) + 1e-9)])
    return max(bounds) + 1e-6


def load():
    texts, relevant = defaultdict(dict), defaultdict(set)
    for line in (data / "corpus.jsonl").open():
        row = json.loads(line)
        if row["kind"] != "table":
            texts[row["context"]][row["_id"]] = row["text"]
    for line in list((data / "qrels.tsv").open())[1:]:
        query, document, _ = line.split("\t")
        relevant[query].add(document)
    contexts = sorted(texts)
    reports = {context: Report(texts[context]) for context in contexts}
    questions = []
    for line in (data / "queries.jsonl").open():
        row = json.loads(line)
        context = row["context"]
        if context not in reports:
            continue
        place, keys = contexts.index(context), relevant[row["_id"]]
        spans = row["answer"] if isinstance(row["answer"], list) else [str(row["answer"])]
        if row["answer_from"] == "text" and row["answer_type"] in ("span", "multi-span"):
            without = Report({key: text for key, text in texts[context].items() if key not in keys})
            asked = {"own": reports[context], "other": reports[contexts[(place + 38) % len(contexts)]], "without": without}
        elif row["answer_from"] == "table":
            asked = {"table": reports[context]}
        else:
            continue
        found = {kind: candidates(row["text"], report) for kind, report in asked.items()}
        questions.append({"text": row["text"], "spans": spans, "keys": keys, "place": place, "found": found})
    return questions


def main():
    questions = load()
    halves = [[question for question in questions if question["place"] % 2 == half] for half in (0, 1)]
    for half, name in ((0, "first half"), (1, "second half")):
        print(name)
        measure(f"the app: {SURE}", halves[half])
        for sure in (.78, .82, .86, .9):
            measure(f"bound {sure}", halves[half], sure=sure)
    if "--fit" in sys.argv:
        weights = fitted(halves[0])
        print("fitted on the first half:", {name: round(float(weight), 2) for name, weight in zip(PARTS, weights)})
        print("bound that refuses 98 % of the first half, with the app's weights:", round(bound(halves[0], WEIGHTS, .98), 3))
        counts, totals = Counter(), Counter()
        for fold in range(10):
            rest = [question for question in questions if question["place"] % 10 != fold]
            weights = fitted(rest)
            found = measure(f"fold {fold}", [question for question in questions if question["place"] % 10 == fold], weights, bound(rest, weights, .97))
            counts += found[0]
            totals += found[1]
        own = totals["own"]
        print(f"together: right passage {counts['right'] / own:.3f}, sentence {counts['sentence'] / own:.3f}, shown {counts['shown'] / own:.3f}; refuses "
              + ", ".join(f"{kind} {counts[kind, 'refused'] / totals[kind]:.3f}" for kind in ("other", "without", "table")))


if __name__ == "__main__":
    main()
