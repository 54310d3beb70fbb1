"""Llama (RoPE rotate-half, GQA, RMSNorm, SwiGLU, tied embeddings). Names match Hugging Face."""
import math
from dataclasses import asdict, dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F


@dataclass
class Config:
    vocab: int = 2560
    d: int = 256
    layers: int = 8
    heads: int = 4
    kv_heads: int = 2
    ff: int = 1024
    ctx: int = 1024
    theta: float = 10000.0
    eps: float = 1e-5

    @property
    def head_dim(self):
        return self.d // self.heads


class RMSNorm(nn.Module):
    def __init__(self, d, eps):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(d)), eps

    def forward(self, x):
        return F.rms_norm(x, (x.size(-1),), self.weight.to(x.dtype), self.eps)


def rotate_half(x):
    h = x.size(-1) // 2
    return torch.cat([-x[..., h:], x[..., :h]], -1)


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c, kv = c, c.kv_heads * c.head_dim
        self.q_proj = nn.Linear(c.d, c.d, bias=False)
        self.k_proj = nn.Linear(c.d, kv, bias=False)
        self.v_proj = nn.Linear(c.d, kv, bias=False)
        self.o_proj = nn.Linear(c.d, c.d, bias=False)

    def forward(self, x, cos, sin, cache=None):
        B, T, _ = x.shape
        c = self.c
        q = self.q_proj(x).view(B, T, c.heads, c.head_dim).transpose(1, 2)
        k = self.k_proj(x).view(B, T, c.kv_heads, c.head_dim).transpose(1, 2)
        v = self.v_proj(x).view(B, T, c.kv_heads, c.head_dim).transpose(1, 2)
        q = q * cos + rotate_half(q) * sin
        k = k * cos + rotate_half(k) * sin
        if cache is not None:                       # greedy decoding: append to the cache
            if cache:
                k, v = torch.cat([cache[0], k], 2), torch.cat([cache[1], v], 2)
            cache[:] = [k, v]
        g = c.heads // c.kv_heads
        if g > 1:
            k, v = k.repeat_interleave(g, 1), v.repeat_interleave(g, 1)
        with torch.autocast("cpu", enabled=False):  # fp32 SDPA is faster than bf16 on this CPU
            o = F.scaled_dot_product_attention(q.float(), k.float(), v.float(), is_causal=T > 1).to(x.dtype)
        return self.o_proj(o.transpose(1, 2).reshape(B, T, -1))


class MLP(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.gate_proj = nn.Linear(c.d, c.ff, bias=False)
        self.up_proj = nn.Linear(c.d, c.ff, bias=False)
        self.down_proj = nn.Linear(c.ff, c.d, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.self_attn, self.mlp = Attention(c), MLP(c)
        self.input_layernorm, self.post_attention_layernorm = RMSNorm(c.d, c.eps), RMSNorm(c.d, c.eps)

    def forward(self, x, cos, sin, cache=None):
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, cache)
        return x + self.mlp(self.post_attention_layernorm(x))


class Llama(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.c = c
        self.embed_tokens = nn.Embedding(c.vocab, c.d)
        self.layers = nn.ModuleList(Block(c) for _ in range(c.layers))
        self.norm = RMSNorm(c.d, c.eps)
        inv = 1.0 / c.theta ** (torch.arange(0, c.head_dim, 2).float() / c.head_dim)
        t = torch.outer(torch.arange(c.ctx).float(), inv)
        self.register_buffer("cos", torch.cat([t, t], -1).cos(), persistent=False)
        self.register_buffer("sin", torch.cat([t, t], -1).sin(), persistent=False)
        for n, p in self.named_parameters():
            if p.dim() == 2:
                small = .5 / math.sqrt(c.layers) if n.endswith(("o_proj.weight", "down_proj.weight")) else 1.0
                nn.init.normal_(p, 0, .02 if "embed" in n else small / math.sqrt(p.size(1)))

    def hidden(self, ids, pos=0, caches=None):
        T = ids.size(1)
        x = self.embed_tokens(ids)
        cos, sin = self.cos[pos:pos + T], self.sin[pos:pos + T]
        if torch.is_autocast_enabled("cpu"):
            x, cos, sin = x.bfloat16(), cos.bfloat16(), sin.bfloat16()
        for i, layer in enumerate(self.layers):
            x = layer(x, cos, sin, caches[i] if caches else None)
        return self.norm(x)

    def losses(self, ids, index, target):
        """Cross entropy at the supervised positions, the only ones that get logits."""
        h = self.hidden(ids)
        h = h.reshape(-1, h.size(-1))[index]
        logits = F.linear(h, self.embed_tokens.weight.to(h.dtype)).float()
        return F.cross_entropy(logits, target, reduction="none")

    def loss(self, ids, index, target, weight):
        return (self.losses(ids, index, target) * weight).sum() / weight.sum()

    @torch.no_grad()
    def greedy(self, ids, max_new=300, stop=2):
        """The answer's token ids, and whether it ended by itself."""
        caches, out, x, pos = [[] for _ in self.layers], [], torch.tensor([ids]), 0
        while len(out) < max_new and pos + x.size(1) < self.c.ctx:
            h = self.hidden(x, pos, caches)
            pos += x.size(1)
            t = F.linear(h[0, -1], self.embed_tokens.weight).argmax().item()
            if t == stop:
                return out, True
            out.append(t)
            x = torch.tensor([[t]])
        return out, False


def load(path):
    z = torch.load(path, map_location="cpu", weights_only=False)
    m = Llama(Config(**z["config"]))
    m.load_state_dict(z["model"])
    return m.eval(), z


def config_dict(c):
    return asdict(c)
