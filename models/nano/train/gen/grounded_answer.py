"""What the person's documents say, in their own words with the citation's marker, or that they don't say it.

Code has found the passages and the sentence of each, and decided whether they answer; the model phrases it line by line.
"""
from .common import Example, is_held_out, paragraph, render

VOICES = ["plain", "friendly", "brief"]
LEADS = ["source", "quote"]
# By voice; `<s>` is the source, `<q>` the quote with its marker.
FIRST = {"source": ("<s> says: <q>", "your document <s> says: <q>", "<s>: <q>"), "quote": ("<q>, says <s>", "<q>, as your document <s> has it", "<q> (<s>)")}
SAME = ("it also says: <q>", "you can also read there: <q>", "also: <q>")
OTHER = ("<s> adds: <q>", "you find more on that in <s>: <q>", "and <s>: <q>")
UNSAID = ("nothing is said about {unsaid}", "I found nothing about {unsaid}", "not stated: {unsaid}")
MORE = ("see also {more}", "if you want to read on, see {more}", "more: {more}")
SILENT = ("the documents do not say", "I am sorry, your documents do not say", "the documents do not say")
ABOUT = ("the documents do not say anything about {topic}", "I am sorry, your documents do not say anything about {topic}", "the documents do not say: {topic}")
CLOSEST = ("the closest is in <s>: <q>", "what comes closest is in <s>: <q>", "closest, in <s>: <q>")


def write(prompt):
    """The text that goes with a prompt: sentence by sentence what its lines say, in their order."""
    (_, style), *lines = [line.partition(": ")[::2] for line in prompt.splitlines()]
    lead, voice = style.split(", ")
    voice, out = VOICES.index(voice), []
    for label, text in lines:
        source, _, quote = text.rpartition("; ")
        form = {"Says": FIRST[lead], "Same": SAME, "And": OTHER, "Unsaid": UNSAID, "More": MORE, "Silent": ABOUT if text else SILENT, "Closest": CLOSEST}[label][voice]
        out.append(form.replace("<s>", source).replace("<q>", quote))
    return paragraph(out)


def variables(r):
    v = dict(lead=r.choice(LEADS), voice=r.choice(VOICES))
    if r.random() < .7:
        v["passages"] = [dict(same=place > 0 and r.random() < .5) for place in range(r.choice([1, 2, 3, 4]))]
        return v | dict(unsaid=r.random() < .35, more=r.random() < .35)
    return v | dict(topic=r.random() < .6, closest=r.random() < .6)


def expectation(v):
    must = []
    for place, passage in enumerate(v.get("passages", [{}] * bool(v.get("closest"))), 1):
        if not passage.get("same"):
            source = f"{{source_{place}}}"
            must.append([source])
        must.append([f"{{quote_{place}}} {{mark_{place}}}"])
    if "passages" in v:
        must += [["{unsaid}"]] * v["unsaid"] + [["{more}"]] * v["more"]
        return dict(kind="says", must=must, must_not=["do not say", "closest"])
    must += [["do not say"]] + [["{topic}"]] * v["topic"]
    return dict(kind="silent", must=must, must_not=["nothing is said"] + ["closest"] * (not v["closest"]))


def make(r, held=False):
    v = variables(r)
    while is_held_out(prompt := render("grounded_answer", v), 4) != held:
        v = variables(r)
    return Example("grounded_answer", prompt, write(prompt), expectation(v))
