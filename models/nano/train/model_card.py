"""Write MODEL_CARD.md from the logs, so that its figures are those that were measured.

Usage: python model_card.py (after evaluation; see README.md)
"""
import hashlib
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = {"usage_summary": "two or three sentences on a year of use", "narrative": "why this plan, what speaks against it, the trade-off",
           "assistant_reply": "a reply over retrieved records"}


def rows(table, tasks):
    for task in tasks:
        if task in table:
            row = table[task]
            yield (f"| {task} | {row['n']} | {row.get('faithful', 0):.1%} | {row.get('covered', 0):.1%} | {row['ok']:.1%} | "
                   f"{row.get('unusual', 0) / 1:.1%} | {row['different']} |")


if __name__ == "__main__":
    log = ROOT / "logs"
    held = json.loads((log / "eval.json").read_text())["table"]
    real = json.loads((log / "eval_real.json").read_text())["table"]
    facts = json.loads((log / "training.json").read_text())
    sums = "\n".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name} ({path.stat().st_size:,} bytes)" for path in sorted((ROOT / "out").iterdir()))
    kinds = held["assistant_reply"]["kinds"]
    refusals = [tuple(map(int, kinds[kind].split("/"))) for kind in ("none", "unknown", "off")]
    right, n = (sum(part) for part in zip(*refusals))
    text = (ROOT / "train" / "model_card.md").read_text()
    header = "| task | n | faithful | covered | ok | unusual | different texts |\n|---|---|---|---|---|---|---|\n"
    values = dict(facts, sums=sums, held=header + "\n".join(rows(held, SHIPPED)), real=header + "\n".join(rows(real, SHIPPED)),
                  kinds=", ".join(f"{kind} {value}" for kind, value in kinds.items()), refusals=f"{right}/{n}",
                  check=(log / "check_export.txt").read_text().strip(), texts=(log / "texts.txt").read_text().strip())
    for key, value in values.items():
        text = text.replace(f"<{key}>", str(value))
    (ROOT / "MODEL_CARD.md").write_text(text)
