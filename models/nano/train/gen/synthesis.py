"""Claims that code has counted as right, in one to three sentences."""
from .common import Example, Style, join, paragraph, render

VOICES = ["plain", "friendly", "brief"]
LABELS = ["Supplier", "Yearly cost", "Saving", "Extra cost", "Rate", "Price", "Contract", "Renewable", "Exit fee"]


def claims(r):
    labels = [label for label in LABELS if label not in ("Saving", "Extra cost")] + [r.choice(["Saving", "Extra cost"])]
    texts = {"Supplier": "{supplier}", "Yearly cost": "{yearly_cost}", "Saving": "{saving} less than now", "Extra cost": "{saving} more than now",
             "Rate": "{rate}", "Price": r.choice(["fixed", "variable"]), "Contract": r.choice(["{contract}", "{contract}", "none"]),
             "Renewable": "{renewable}", "Exit fee": r.choice(["{exit_fee}", "none"])}
    return [(label, texts[label]) for label in r.sample(labels, r.choice([2, 3, 3, 4, 5, 6]))]


def clause(label, text, style):
    if label == "Yearly cost":
        return style.pick("cost", "it costs {yearly_cost} a year", "you pay {yearly_cost} a year")
    if label in ("Saving", "Extra cost"):
        return f"it is {text}"
    if label == "Supplier":
        return style.pick("from", "it comes from {supplier}", "the supplier is {supplier}")
    if label == "Rate":
        return "the rate is {rate}"
    if label == "Price":
        return f"the price is {text}"
    if label == "Contract":
        return "there is no contract" if text == "none" else "the contract is {contract}"
    if label == "Renewable":
        return "it is {renewable} renewable"
    return "there is no exit fee" if text == "none" else "the exit fee is {exit_fee}"


def write(listed, voice):
    style = Style(VOICES.index(voice))
    said = sorted(listed, key=lambda claim: LABELS.index(claim[0]))
    out, supplier = [], ""
    if said[0][0] == "Supplier":
        supplier, said = " from {supplier}", said[1:]
    money = [clause(*claim, style) for claim in said if claim[0] in ("Yearly cost", "Saving", "Extra cost", "Rate")]
    other = [clause(*claim, style) for claim in said if claim[0] not in ("Yearly cost", "Saving", "Extra cost", "Rate")]
    lead = f"about {{plan}}{supplier}: " if style.pick("lead", 0, 1) else f"for {{plan}}{supplier}, "
    if money and other and voice != "brief":
        out = [lead + join(money), join(other)]
    else:
        out = [lead + join(money + other)]
    return paragraph(out)


def make(r, held=False):
    voice, listed = r.choice(VOICES), claims(r)
    prompt = render("synthesis", dict(claims=[dict(label=label, text=text) for label, text in listed], voice=voice))
    must, must_not = [["{plan}"]], []
    for label, text in listed:
        want = {"Saving": "{saving} less than now", "Extra cost": "{saving} more than now"}.get(label)
        if label == "Contract" and text == "none":
            want = "no contract"
        elif label == "Exit fee" and text == "none":
            want = "no exit fee"
        elif label == "Price":
            want = f"price is {text}"
        must.append([want or text])
    if ("Exit fee", "none") not in listed:
        must_not.append("no exit fee")
    if ("Contract", "none") not in listed:
        must_not.append("no contract")
    return Example("synthesis", prompt, write(listed, voice), dict(must=must, must_not=must_not))
