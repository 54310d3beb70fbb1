"""Cases from the real plans and homes: eval/real/narrative.jsonl and usage_summary.jsonl. Only categories reach a prompt, no name.

Usage: python real_cases.py DATA ../eval/real
A plan's yearly cost here is the average price at 1,000 kWh times 12,000 kWh: enough to say which of two is less.
"""
import csv
import json
import random
import sys
from pathlib import Path

from gen import narrative, usage_summary
from gen.common import render

SEASONS = {"winter": (12, 1, 2), "spring": (3, 4, 5), "summer": (6, 7, 8), "autumn": (9, 10, 11)}


def plan_facts(r, plan, others, median):
    def cost(row):
        return float(row["price_kwh_1000"]) * 120

    def months(row):
        return int(row["term_months"] or 0)

    def fee(row):
        return float(row["early_termination_fee"]) if row["early_termination_fee"] else None

    def green(row):
        return float(row["renewable_pct"] or 0)

    this, share = cost(plan), green(plan)
    rank = sum(cost(other) < this for other in others) / len(others)
    f = dict(
        place=r.choice(["first", "second", "third"]), supplier=True, saving="less" if this < median else "more" if this > median else "same",
        basis=r.choice(["now", "the median plan"]), rate=True, price={"FIXED": "fixed", "VARIABLE": "variable"}.get(plan["rate_type"].upper(), ""),
        contract="stated" if months(plan) else "none", short=months(plan) <= 12,
        renewable="all" if share == 100 else "much" if share >= 50 else "little" if share else "none",
        exit_fee="not stated" if fee(plan) is None else "stated" if fee(plan) else "none",
        price_level="met" if rank < 1 / 3 else "partly" if rank < 2 / 3 else "not met",
        start=r.choice(narrative.STARTS), voice=r.choice(narrative.VOICES), runner_up=False, plus=None, minus=None)
    f["wishes"] = [dict(name=name, met=narrative.met(name, f)) for name in r.sample(narrative.WISHES, r.choice([1, 1, 2]))]
    other = r.choice(others)
    better = {"price": cost(other) < this, "green": green(other) > share, "exit fee": not fee(other) and bool(fee(plan)), "contract": months(other) < months(plan)}
    worse = {"price": cost(other) > this, "green": green(other) < share, "exit fee": (fee(other) or 0) > (fee(plan) or 0), "contract": months(other) > months(plan)}
    plus, minus = (next((kind for kind, holds in side.items() if holds), None) for side in (better, worse))
    if plus and minus:
        f |= dict(runner_up=True, plus=dict(kind=plus, verb=narrative.KINDS[plus]), minus=dict(kind=minus, verb=narrative.KINDS[minus]))
    return f


def season(kwh):
    mean = {name: sum(kwh[month] for month in of) / 3 for name, of in SEASONS.items()}
    year, high, low = sum(kwh.values()) / 12, max(mean, key=mean.get), min(mean.values())
    if mean[high] - low < .15 * year:
        return "even through the year"
    if min(mean["winter"], mean["summer"]) >= max(1.05 * year, .85 * max(mean["winter"], mean["summer"])):
        return "high in both winter and summer"
    return f"highest in {high}"


def write(path, task, variables, expectation):
    lines = [json.dumps(dict(task=task, prompt=render(task, f), expect=expectation(f)), separators=(",", ":")) for f in variables]
    path.write_text("\n".join(dict.fromkeys(lines)) + "\n")
    print(path, len(set(lines)))


if __name__ == "__main__":
    data, out, r = Path(sys.argv[1]), Path(sys.argv[2]), random.Random(5)
    out.mkdir(exist_ok=True)
    plans = list(csv.DictReader(open(data / "energy_plans_tx/plans.csv")))
    median = sorted(float(plan["price_kwh_1000"]) * 120 for plan in plans)[len(plans) // 2]
    write(out / "narrative.jsonl", "narrative", [plan_facts(r, plan, plans, median) for plan in plans], narrative.expectation)
    homes = {}
    for row in csv.DictReader(open(data / "usage_homes/citylearn_monthly.csv")):
        homes.setdefault(row["home"], []).append((int(row["month"]), float(row["kwh"])))
    usage = []
    for months in homes.values():
        kwh, values = dict(months), [value for _, value in months]
        change = (sum(values[6:]) - sum(values[:6])) / sum(values[:6])
        trend = "stable" if abs(change) <= .05 else "rising" if change > 0 else "falling"
        for start in usage_summary.STARTS:
            for voice in usage_summary.VOICES:
                for compared in ("", "above", "below", "in line with"):
                    usage.append(dict(whole_year=True, average=True, low=True, season=season(kwh), trend=trend, trend_by=trend != "stable",
                                      compared=compared, start=start, voice=voice))
    write(out / "usage_summary.jsonl", "usage_summary", usage, usage_summary.expectation)
