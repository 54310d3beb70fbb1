"""Three short questions that the app can answer. Code has chosen what they are about, and that none was just asked."""
import json

from .common import Example, cap, render

VOICES = ["plain", "friendly", "brief"]
ASPECTS = {"plan": ["cost", "saving", "rate", "contract", "renewable", "exit fee", "supplier", "terms", "price type", "runner-up"],
           "usage": ["total", "average", "peak", "low", "season", "trend", "comparison"],
           "product": ["price", "rating", "maker", "origin", "details", "cheaper", "similar"]}
FRIENDLY = ["can you tell me", "what about", "could you also tell me"]


def write(prompt):
    """The questions that go with a prompt, in the order of its lines."""
    style, *lines = [line.split(": ", 1)[1] for line in prompt.splitlines()]
    for i, text in enumerate(lines):
        verb = "are" if text.startswith(("the special terms", "the other details")) else "is"
        lead = {"plain": f"what {verb} ", "friendly": FRIENDLY[i] + " ", "brief": ""}[style]
        yield cap(f"{lead}{text}?")


def make(r, held=False):
    topic = r.choice(list(ASPECTS))
    prompt = render("quick_replies", dict(topic=topic, voice=r.choice(VOICES), named=r.random() < .6, aspects=r.sample(ASPECTS[topic], 3)))
    questions = list(write(prompt))
    return Example("quick_replies", prompt, json.dumps(questions, separators=(",", ":")), dict(about=[line.split(": ", 1)[1] for line in prompt.splitlines()[1:]]))
