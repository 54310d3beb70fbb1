"""What all generators share: the example, the prompt templates, phrases that depend on the style, spintax.

A generator has `make(r, held) -> Example`. With `held` it uses the wordings that training never sees.
`expect` says by substrings what an answer must and must not have; `judge.py` and the app's evaluation read it.
"""
import re
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import jinja2

ASSETS = Path(__file__).resolve().parents[4] / "assets"
PROMPTS = ASSETS / "prompts/placeholders"           # of the chat, for every pack
_FOLDERS = [PROMPTS, ASSETS / "packs/energy/prompts/placeholders"]
_templates = jinja2.Environment(loader=jinja2.FileSystemLoader(_FOLDERS), undefined=jinja2.ChainableUndefined)
_loaded = {}
_START = "b br c ch d dr f fl g gr h j k l m n p pl r s sh st t tr v w z".split()
_MIDDLE = "a e i o u ai ea io ou".split()
_END = ["", "l", "n", "r", "s", "t", "k", "m", "x", "nd", "rn", "st"]
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
SLOT = re.compile(r"\{[a-z0-9_.]+\}")


@dataclass
class Example:
    task: str                                       # also the system message
    prompt: str
    answer: str
    expect: dict = field(default_factory=dict)


def is_held_out(prompt, sixteenths=2):
    return zlib.crc32(prompt.encode()) % 16 < sixteenths


def render(task, variables):
    """The prompt, as the app renders it."""
    if task not in _loaded:
        _loaded[task] = _templates.get_template(f"{task}.txt")
    return _loaded[task].render(variables).strip()


def messages(example):
    return [{"role": "system", "content": example.task}, {"role": "user", "content": example.prompt}]


def chat_text(turns):
    """ChatML, as the chat template of the exported files has it."""
    text = "".join(f"<|im_start|>{turn['role']}\n{turn['content']}<|im_end|>\n" for turn in turns)
    return text + "<|im_start|>assistant\n"


class Style:
    """Picks phrases by the style lines of the prompt, so that greedy decoding still varies from prompt to prompt.

    Each kind of phrase depends on one style line only, which a small model learns far sooner than a table over all of them.
    """

    def __init__(self, *places):
        self.places = places

    def pick(self, key, *options):
        mix = zlib.crc32(key.encode()) // 7
        return options[(self.places[mix % len(self.places)] + mix // 11) % len(options)]


def spin(r, text):
    """Expands [a|b] choices, the innermost first."""
    while match := _CHOICE.search(text):
        text = text[:match.start()] + r.choice(match.group(1).split("|")) + text[match.end():]
    return text


def name(r):
    """A made-up word."""
    return "".join(r.choice(_START) + r.choice(_MIDDLE) + r.choice(_END) for _ in range(r.choice([2, 2, 3]))).capitalize()


def cap(text):
    """Upper case for the first letter; a slot stays as it is."""
    return text[:1].upper() + text[1:]


def join(parts):
    """`a, b and c`."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def paragraph(sentences):
    return " ".join(cap(sentence) + ("" if sentence[-1] in ".?!" else ".") for sentence in sentences if sentence)
