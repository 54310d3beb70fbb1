"""Start from a checkpoint with another tokenizer: each new token's embedding is the mean of its parts in the old one.

The base checkpoint looks things up in its context already, which a model from random weights had not begun to after 1 M tokens.
Usage: python warm_start.py old.pt old_tokenizer.json tokenizer.json start.pt
"""
import sys

import torch

import tokenizer as T
from model import Config, Llama, config_dict

if __name__ == "__main__":
    old_path, old_tokenizer, new_tokenizer, out = sys.argv[1:5]
    old = torch.load(old_path, map_location="cpu", weights_only=False)
    before, after = T.load(old_tokenizer), T.load(new_tokenizer)
    config = Config(**{**old["config"], "vocab": after.get_vocab_size()})
    state, embedding = old["model"], old["model"]["embed_tokens.weight"]
    new = torch.zeros(config.vocab, config.d)
    for i in range(config.vocab):
        token = after.id_to_token(i)
        parts = [i] if i < 3 else [part.id for part in before.model.tokenize(token)]
        new[i] = embedding[parts].mean(0)
    state["embed_tokens.weight"] = new
    model = Llama(config)
    model.load_state_dict(state)
    torch.save(dict(model=model.state_dict(), config=config_dict(config), step=0, seen=0, supervised=0, minutes=0.0, rng=[]), out)
    print(f"{sum(p.numel() for p in model.parameters())} parameters, {config}")
