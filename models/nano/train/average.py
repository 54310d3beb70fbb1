"""The mean of the weights of several checkpoints. Usage: python average.py OUT.pt A.pt B.pt ..."""
import sys

import torch

out, *paths = sys.argv[1:]
saved = [torch.load(path, weights_only=False) for path in paths]
mean = saved[0]
for name in mean["model"]:
    mean["model"][name] = sum(one["model"][name] for one in saved) / len(saved)
torch.save(mean, out)
