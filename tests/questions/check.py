"""Checks the labels of the questions against the lists that they are about, and counts the questions.

What a label means is written in README.md; this file is that text as code. It asks nothing of the app: it
says whether every label can be met, whether a label could be missed at all, and whether what is said to be
absent is absent. A label that every record meets would be a test that can't fail, so it is refused too.
Of the groups of `same_answer.jsonl` it says whether they are apart, large enough and near enough.

    check.py [--lists FOLDER] [--verbose] [FILE ...]
"""

import argparse
import csv
import json
import pathlib
import re
import sys
import unicodedata
from collections import Counter

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
KINDS = ["attribute", "price", "negation", "comparison", "none_fits", "small_talk", "out_of_scope"]
SAME_ANSWER = "same_answer.jsonl"
# By file: the fewest questions, and of each kind. A file that isn't named here may have any number.
FEWEST = {
    "chat.jsonl": (530, dict.fromkeys(KINDS, 46)),
    "held_out.jsonl": (150, dict(zip(KINDS, [39, 25, 22, 23, 18, 12, 14], strict=True))),
}
FEWEST_GROUPS = 90
FEWEST_WORDINGS = 3
FEWEST_WORDINGS_IN_ALL = 330


def lists(shared):
    """Path, delimiter and the column that identifies a record, by list."""
    return {
        "coffee": (shared / "catalog_coffee/catalog.csv", ",", "id"),
        "ikea": (shared / "catalog_ikea/ikea.csv", ";", "item_id"),
        "plans": (REPOSITORY / "assets/packs/energy/sample/plans.csv", ",", "plan_id"),
    }


def read(path, delimiter):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def folded(text):
    """Lower case, without accents, with plain apostrophes and single spaces."""
    letters = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(plain.replace("\u2019", "'").replace("\u2018", "'").split())


def number(cell):
    """`None` for an empty cell; a decimal comma is a point."""
    try:
        return float(cell.strip().replace(",", "."))
    except ValueError:
        return None


def mentions(text, stems):
    """Whether a word of the text begins with one of the stems."""
    text = folded(text)
    return any(re.search(r"(?<![^\W_])" + re.escape(folded(stem)), text) for stem in stems)


def meets(record, pred):
    columns = pred["columns"] if "columns" in pred else [pred["column"]]
    op, value = pred["op"], pred["value"]
    cells = [record[column] for column in columns]
    if op == "contains":
        return any(mentions(cell, value) for cell in cells)
    if op == "contains_none":
        return not any(mentions(cell, value) for cell in cells)
    [cell] = cells
    if op == "one_of":
        return folded(cell) in map(folded, value)
    if op in ("=", "!=") and isinstance(value, str):
        return (folded(cell) == folded(value)) == (op == "=")
    found = number(cell)
    if found is None:
        return False
    return {
        "<": found < value,
        "<=": found <= value,
        ">": found > value,
        ">=": found >= value,
        "=": found == value,
        "!=": found != value,
    }[op]


def meets_all(record, preds):
    return all(meets(record, pred) for pred in preds)


def with_best(records, wanted):
    """Those with the best value of the column."""
    values = [number(record[wanted["column"]]) for record in records]
    known = [value for value in values if value is not None]
    if not known:
        return []
    top = min(known) if wanted["order"] == "lowest" else max(known)
    return [record for record, value in zip(records, values) if value == top]


def fault(expect, records, identifier):
    """What is wrong with a label, or `None`, and what it was found to mean."""
    [(form, label)] = expect.items()
    if form in ("talk", "out_of_scope"):
        return (None if label is True else f"{form} is true or absent"), ""
    if form == "named":
        count = Counter(record[identifier] for record in records)
        wrong = [name for name in label if count[name] != 1]
        found = [record for record in records if record[identifier] in label]
        names = "; ".join(record.get("name") or record["plan_name"] for record in found)
        return (f"not the id of one record: {wrong}" if wrong else None), names
    must = [record for record in records if meets_all(record, label["must"])]
    if form == "none":
        alone = [sum(meets(record, pred) for record in records) for pred in label["must"]]
        return (f"{len(must)} records meet it" if must else None), f"alone {alone}"
    if form != "records":
        return f"no form of label: {form}", ""
    fitting = [record for record in must if meets_all(record, label["about"])]
    meaning = f"{len(must)} must, {len(fitting)} fit"
    if len(fitting) < label.get("at_least", 1):
        return f"only {len(fitting)} records fit", meaning
    if "best" in label:
        first = with_best(must, label["best"])
        meaning += f", best {[(record[identifier], record[label['best']['column']]) for record in first][:4]}"
        if not any(meets_all(record, label["about"]) for record in first):
            return "the best record isn't what the question is about", meaning
    elif len(fitting) == len(records):
        return "every record fits", meaning
    return None, meaning


def check_labels(questions, known, fewest, verbose):
    """What is wrong with a file of labelled questions. Prints how many there are."""
    faults = []
    for at in questions:
        records, identifier = known[at["catalog"]]
        try:
            wrong, meaning = fault(at["expect"], records, identifier)
        except (KeyError, ValueError) as error:
            wrong, meaning = f"{type(error).__name__}: {error}", ""
        if at["kind"] not in KINDS:
            wrong = f"no kind of question: {at['kind']}"
        if wrong:
            faults.append(f"{at['id']}: {wrong}")
        if verbose:
            print(f"{at['id']}: {at['question']}\n    {meaning}")
    counts = Counter((at["kind"], at["catalog"]) for at in questions)
    fewest_in_all, fewest_of_a_kind = fewest
    print(f"{'':14}" + "".join(f"{name:>8}" for name in known) + f"{'all':>8}")
    for kind in KINDS:
        row = [counts[kind, name] for name in known]
        print(f"{kind:14}" + "".join(f"{count:8}" for count in row) + f"{sum(row):8}")
        if sum(row) < fewest_of_a_kind.get(kind, 0):
            faults.append(f"fewer than {fewest_of_a_kind[kind]} questions of {kind}")
    row = [sum(counts[kind, name] for kind in KINDS) for name in known]
    print(f"{'all':14}" + "".join(f"{count:8}" for count in row) + f"{sum(row):8}")
    if len(questions) < fewest_in_all:
        faults.append(f"fewer than {fewest_in_all} questions")
    return faults


def check_groups(questions, known):
    """What is wrong with the groups of questions that deserve one answer. Prints how many there are."""
    faults = []
    wordings = Counter(at["group"] for at in questions)
    families = Counter(family(group) for group in wordings if "/" in group)
    for group, count in wordings.items():
        if group.split("-")[0] not in known:
            faults.append(f"{group} names no list")
        if count < FEWEST_WORDINGS:
            faults.append(f"{group} has fewer than {FEWEST_WORDINGS} wordings")
    faults += [f"{name} is a family of one group" for name, count in families.items() if count == 1]
    faults += [f"{at['group']} is asked of {at['catalog']}" for at in questions
               if not at["group"].startswith(at["catalog"] + "-")]
    uses = Counter((at["catalog"], folded(at["question"])) for at in questions)
    faults += [f"{catalog}: asked {count} times: {text}" for (catalog, text), count in uses.items() if count > 1]
    near = sum(families.values())
    print(f"{len(wordings)} groups, {near} of them near twins, {len(questions)} questions")
    if len(wordings) < FEWEST_GROUPS:
        faults.append(f"fewer than {FEWEST_GROUPS} groups")
    if near * 2 < len(wordings):
        faults.append("fewer than half of the groups are near twins")
    if len(questions) < FEWEST_WORDINGS_IN_ALL:
        faults.append(f"fewer than {FEWEST_WORDINGS_IN_ALL} questions")
    return faults


def family(group):
    """What a group shares with its near twins."""
    return group.split("/")[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", type=pathlib.Path, nargs="*", metavar="FILE",
                        default=[HERE / name for name in [*FEWEST, SAME_ANSWER]],
                        help="the files to check, instead of all that are beside this one")
    parser.add_argument("--lists", type=pathlib.Path, default=REPOSITORY / "../shared/data",
                        help="the folder of the shared lists")
    parser.add_argument("--verbose", action="store_true", help="what each label was found to mean")
    options = parser.parse_args()
    known = {name: (read(path, delimiter), identifier)
             for name, (path, delimiter, identifier) in lists(options.lists).items()}
    ids = Counter()
    asked = Counter()
    faults = []
    for path in options.files:
        print(path.name)
        questions = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        if path.name == SAME_ANSWER:
            faults += check_groups(questions, known)
            continue
        faults += check_labels(questions, known, FEWEST.get(path.name, (0, {})), options.verbose)
        ids.update(at["id"] for at in questions)
        asked.update((at["catalog"], folded(at["question"])) for at in questions)
    faults += [f"the id {name} is used {count} times" for name, count in ids.items() if count > 1]
    faults += [f"{catalog}: asked {count} times: {text}" for (catalog, text), count in asked.items() if count > 1]
    print("\n".join(faults) or "every label can be met, and none by everything")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
