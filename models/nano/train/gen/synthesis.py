"""Claims that code has counted as right, woven into one to three sentences."""
from .common import Example, paragraph, render

VOICES = ["plain", "friendly", "brief"]
SAID = {"cost": "it costs {yearly_cost} a year", "less": "it costs {saving} less than now", "more": "it costs {saving} more than now", "rate": "the rate is {rate}",
        "fixed": "the price is fixed", "variable": "the price is variable", "contract": "the contract is {contract}", "no contract": "there is no contract",
        "renewable": "it is {renewable} renewable", "exit fee": "leaving early costs {exit_fee}", "no exit fee": "there is no exit fee"}
EITHER = [["cost"], ["less", "more"], ["rate"], ["fixed", "variable"], ["contract", "contract", "no contract"], ["renewable"], ["exit fee", "no exit fee"]]


def write(prompt):
    style, plan, *lines = [line.split(": ", 1)[1] for line in prompt.splitlines()]
    voice = VOICES.index(style)
    pairs = [lines[i:i + 2] for i in range(0, len(lines), 2)]
    joint = (" and ", ", and ", "; ")[voice]
    out = [joint.join(pair) for pair in pairs]
    out[0] = (f"about {plan}: ", f"this is what we know about {plan}: ", f"{plan}: ")[voice] + out[0]
    return paragraph(out)


def make(r, held=False):
    claims = [r.choice(options) for options in r.sample(EITHER, r.choice([2, 3, 3, 4, 5, 6]))]
    supplier, voice = r.random() < .6, r.choice(VOICES)
    prompt = render("synthesis", dict(claims=claims, supplier=supplier, voice=voice))
    must = [["{plan} from {supplier}" if supplier else "{plan}"]] + [[SAID[claim]] for claim in claims]
    must_not = [SAID[other] for claim in claims for other in ("less", "more", "fixed", "variable", "contract", "no contract", "exit fee", "no exit fee")
                if other not in claims and any(claim in options and other in options for options in EITHER)]
    return Example("synthesis", prompt, write(prompt), dict(must=must, must_not=must_not))
