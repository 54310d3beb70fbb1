"""Why this plan, with what speaks against it and the trade-off against the next one, in two to four sentences."""
from .common import Example, Style, paragraph, render

WISHES = ["low price", "green power", "no exit fee", "no long contract", "stable price", "{wish}"]
PLACES = ["first", "second", "third"]
STARTS = ["wish", "plan", "cost", "saving"]
VOICES = ["plain", "friendly", "brief"]
SAID = {"low price": "a low price", "green power": "green power", "no exit fee": "no exit fee", "no long contract": "no long contract",
        "stable price": "a stable price", "{wish}": "{wish}"}
KINDS = {"price": "is", "green": "is", "exit fee": "has", "contract": "has", "stable price": "has"}


def met(name, f):
    """The rule that the app has too: see prompts/README.md."""
    if name == "low price":
        return f["price_level"]
    if name == "green power":
        return {"all": "met", "much": "partly", "not stated": "unclear"}.get(f["renewable"], "not met")
    if name == "no exit fee":
        return {"none": "met", "stated": "not met"}.get(f["exit_fee"], "unclear")
    if name == "no long contract":
        return {"none": "met", "not stated": "unclear"}.get(f["contract"]) or ("met" if f["short"] else "not met")
    if name == "stable price":
        return {"fixed": "met", "variable": "not met"}.get(f["price"], "unclear")
    return "unclear"


def facts(r):
    f = dict(
        place=r.choice(PLACES), supplier=r.random() < .93, saving=r.choices(["less", "more", "same"], [6, 4, 1])[0],
        basis=r.choices(["now", "the median plan"], [3, 2])[0], rate=r.random() < .9, price=r.choice(["", "fixed", "fixed", "variable"]),
        contract=r.choices(["stated", "none", "not stated"], [6, 3, 1])[0], short=r.random() < .5,
        renewable=r.choices(["all", "much", "little", "none", "not stated"], [4, 3, 4, 1, 2])[0],
        exit_fee=r.choices(["stated", "none", "not stated"], [4, 4, 2])[0], price_level=r.choice(["met", "partly", "not met"]),
        start=r.choice(STARTS), voice=r.choice(VOICES), runner_up=r.random() < .85, plus=None, minus=None)
    names = r.sample(WISHES, r.choice([1, 1, 2]))
    f["wishes"] = [dict(name=name, met=met(name, f)) for name in names]
    if f["runner_up"]:
        plus, minus = r.sample(list(KINDS), 2)
        if r.random() < .93:
            f["plus"] = dict(kind=plus, verb=KINDS[plus])
        if not f["plus"] or r.random() < .93:
            f["minus"] = dict(kind=minus, verb=KINDS[minus])
    return f


def concern(name, state, f):
    """Why a wish is not met, or not in full."""
    if name == "low price":
        return "the price is about average" if state == "partly" else "the price is above average"
    if name == "green power":
        return {"much": "only {renewable} of the power is renewable", "little": "it is only {renewable} renewable", "none": "it has no renewable power",
                "not stated": "the renewable share is not stated"}[f["renewable"]]
    if name == "no exit fee":
        return "leaving early costs {exit_fee}" if f["exit_fee"] == "stated" else "the exit fee is not stated"
    if name == "no long contract":
        return "the contract is {contract}" if f["contract"] == "stated" else "the contract length is not stated"
    if name == "stable price":
        return "the price is variable" if f["price"] == "variable" else "the price type is not stated"
    return "please check in the terms how far it fits"


def write(prompt):
    """The text that goes with a prompt: sentence by sentence what its lines say, in their order."""
    first, *lines = prompt.splitlines()
    place, start, voice = first.removeprefix("Style: ").split(", ")
    style = Style(PLACES.index(place), STARTS.index(start), VOICES.index(voice))
    choice = {"first": style.pick("choice", "our first choice", "our best match", "our top pick"),
              "second": style.pick("choice", "our second choice", "a good second choice", "our second pick"),
              "third": style.pick("choice", "our third choice", "a solid third choice", "our third pick")}[place]
    out, also, condition = [], "", ""
    for line in lines:
        label, _, text = line.partition(": ")
        parts = text.split("; ")
        if label == "Wish":
            out.append(style.pick("want", f"you want {parts[0]}, so {parts[1]} is {choice}", f"since you want {parts[0]}, {parts[1]} is {choice}")
                       + (f": {parts[2]}" if len(parts) > 2 else ""))
            also = " also"
        elif label == "Overall":
            out.append(f"{parts[0]} is {choice} overall")
        elif label == "Plan":
            suggest = {"first": "we recommend", "second": "as a second choice, we suggest", "third": "as a third choice, we suggest"}[place]
            out.append(f"{suggest} {parts[0]}" + (f" because you want {parts[1]}" if len(parts) > 1 else ""))
            also = " also" if len(parts) > 1 else ""
        elif label == "Cost":
            out.append(style.pick("costs", f"it costs {parts[0]}, which is {parts[1]}", f"you pay {parts[0]}, {parts[1]}", f"it comes to {parts[0]}, {parts[1]}")
                       + (f", and {parts[2]}" if len(parts) > 2 else ""))
        elif label == "Cost of plan":
            out.append(f"at {parts[0]}, {parts[1]} is {choice}: that is {parts[2]}")
        elif label == "Fits":
            out.append(style.pick("fits", f"it fits your wish for {parts[0]}", f"it gives you what you want, {parts[0]}") + (f": {parts[1]}" if len(parts) > 1 else ""))
            also = " also"
        elif label == "Saving":
            out.append(f"{parts[0]} costs {parts[1]}: {parts[2]}")
        elif label == "Choice":
            because = f" because you want {parts[0]}" if text else ""
            out.append(f"it is {choice}{because}" + (f": {parts[1]}" if len(parts) > 1 else ""))
            also = " also" if text else ""
        elif label == "But":
            out.append(style.pick("asked", f"you{also} want", f"you{also} asked for", f"you would{also} prefer") + f" {parts[0]}, but {parts[1]}")
            also = " also"
        elif label == "Also":
            out.append(text)
        elif label == "And":
            out[-1] += f" and {text}"
        elif label == "If":
            condition = f"if {text} matters more to you, "
        else:
            out.append(condition + trade_off(label, parts, style, bool(condition)))
    return paragraph(out)


def trade_off(label, parts, style, conditional):
    name = style.pick("runner", f"the runner-up {parts[0]}", f"the runner-up, {parts[0]},") if label == "Runner-up" else f"the next plan, {parts[0]},"
    if len(parts) == 2:
        return f"{name} {parts[1]}"
    if conditional:
        return f"{name} {parts[1]} but {parts[2]}"
    return style.pick("trade", f"{name} {parts[1]} but {parts[2]}", f"{name} {parts[1]}, though it {parts[2]}", f"the trade-off: {name} {parts[1]} but {parts[2]}")


LESS = ["{saving} less than", "{saving} a year less than", "save {saving}", "saves you {saving}"]
MORE = ["{saving} more than", "{saving} a year more than"]


def expectation(f):
    must = [["{plan}"], ["{yearly_cost}"]] + [[SAID[wish["name"]]] for wish in f["wishes"]]
    must_not = []
    if f["saving"] == "same":
        must.append([f"the same as {f['basis']}"])
    else:
        must.append(LESS if f["saving"] == "less" else MORE)
        must_not += MORE if f["saving"] == "less" else LESS
        must_not.append("the same as")
    must_not.append("than the median plan" if f["basis"] == "now" else "than now")
    if f["runner_up"]:
        must.append(["{runner_up}"])
        for key in ("plus", "minus"):
            if f[key]:
                must.append([f"{{runner_up_{key}}}"])
        if f["plus"]:
            must.append([f"{f['plus']['verb']} {{runner_up_plus}}"])
        if f["minus"]:
            must.append([f"{f['minus']['verb']} {{runner_up_minus}}"])
    else:
        must_not += ["runner-up", "next plan"]
    if f["exit_fee"] != "none":
        must_not += ["there is no exit fee", "has no exit fee", "without a fee"]
    if f["contract"] != "none":
        must_not += ["there is no contract", "has no contract", "not tied to a contract"]
    if f["price"] != "fixed":
        must_not += ["price is fixed", "price stays fixed"]
    if f["price"] != "variable":
        must_not.append("price is variable")
    if f["exit_fee"] != "not stated":
        must_not.append("exit fee is not stated")
    if f["contract"] != "not stated":
        must_not.append("contract length is not stated")
    if f["renewable"] != "not stated":
        must_not.append("renewable share is not stated")
    if f["renewable"] != "little":
        must_not.append("it is only {renewable}")
    if f["renewable"] != "none":
        must_not.append("no renewable power")
    for wish in f["wishes"]:
        if wish["met"] != "met":
            must_not += [f"{lead} {SAID[wish['name']]}" for lead in ("wish for", "because you want", "what you want,")]
            must.append([concern(wish["name"], wish["met"], f)])
    return dict(must=must, must_not=must_not)


def make(r, held=False):
    f = facts(r)
    prompt = render("narrative", f)
    return Example("narrative", prompt, write(prompt), expectation(f))
