"""Export a checkpoint: GGUF (Q8_0, F16) and Hugging Face files.

Usage: python export.py run/final.pt outdir
GGUF notes: arch llama, q/k rows permuted (HF rotate-half -> ggml interleaved), tied
embeddings (no output.weight), norms F32, pre=qwen2, ChatML control tokens 0/1/2.
"""
import json
import os
import sys

import gguf
import numpy as np
from safetensors.torch import save_file

import tokenizer as T
from model import load

TEMPLATE = ("{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}{% endfor %}"
            "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")
NAMES = {"input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
         "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down"}


def dump(path, obj):
    with open(path, "w") as f:
        json.dump(obj, f, ensure_ascii=False, indent=1)


def hf(state, c, tok, out):
    with open(f"{out}/tokenizer.json", "w") as f:
        f.write(tok.to_str())
    dump(f"{out}/tokenizer_config.json", dict(tokenizer_class="PreTrainedTokenizerFast", bos_token=None, eos_token="<|im_end|>", pad_token="<|endoftext|>",
                                              chat_template=TEMPLATE, model_max_length=c.ctx, clean_up_tokenization_spaces=False))
    dump(f"{out}/config.json", dict(architectures=["LlamaForCausalLM"], model_type="llama", hidden_size=c.d, intermediate_size=c.ff, num_hidden_layers=c.layers,
                                    num_attention_heads=c.heads, num_key_value_heads=c.kv_heads, head_dim=c.head_dim, vocab_size=c.vocab,
                                    max_position_embeddings=c.ctx, rms_norm_eps=c.eps, rope_theta=c.theta, hidden_act="silu", tie_word_embeddings=True,
                                    attention_bias=False, mlp_bias=False, bos_token_id=None, eos_token_id=2, pad_token_id=0, torch_dtype="float16"))
    dump(f"{out}/generation_config.json", dict(eos_token_id=2, pad_token_id=0, do_sample=False))
    save_file({"model." + k: v.half().contiguous() for k, v in state.items()}, f"{out}/model.safetensors", metadata={"format": "pt"})


def permute(w, heads):
    return w.reshape(heads, 2, w.shape[0] // heads // 2, *w.shape[1:]).swapaxes(1, 2).reshape(w.shape)


def write_gguf(state, c, tok, path, qtype, ftype):
    t = json.loads(tok.to_str())
    vocab = [k for k, _ in sorted(t["model"]["vocab"].items(), key=lambda x: x[1])]
    w = gguf.GGUFWriter(path, "llama")
    w.add_name("nano")
    w.add_description("Texts with slots and small JSON for one app; trained from scratch on synthetic data")
    w.add_license("MIT OR Apache-2.0")
    w.add_author("Sextant")
    w.add_file_type(ftype)
    w.add_context_length(c.ctx)
    w.add_embedding_length(c.d)
    w.add_block_count(c.layers)
    w.add_feed_forward_length(c.ff)
    w.add_head_count(c.heads)
    w.add_head_count_kv(c.kv_heads)
    w.add_layer_norm_rms_eps(c.eps)
    w.add_rope_freq_base(c.theta)
    w.add_rope_dimension_count(c.head_dim)
    w.add_key_length(c.head_dim)
    w.add_value_length(c.head_dim)
    w.add_vocab_size(c.vocab)
    w.add_quantization_version(2)
    w.add_tokenizer_model("gpt2")
    w.add_tokenizer_pre("qwen2")
    w.add_token_list(vocab)
    w.add_token_types([int(gguf.TokenType.CONTROL if i < 3 else gguf.TokenType.NORMAL) for i in range(c.vocab)])
    w.add_token_merges([" ".join(m) if isinstance(m, list) else m for m in t["model"]["merges"]])
    w.add_eos_token_id(2)
    w.add_bos_token_id(0)
    w.add_pad_token_id(0)
    w.add_add_bos_token(False)
    w.add_add_eos_token(False)
    w.add_chat_template(TEMPLATE)
    for k, v in state.items():
        a = v.numpy()
        if k == "embed_tokens.weight":
            n = "token_embd.weight"
        elif k == "norm.weight":
            n = "output_norm.weight"
        else:
            _, i, rest = k.split(".", 2)
            block = rest[:-len(".weight")]
            n = f"blk.{i}.{NAMES[block]}.weight"
            if block.endswith("q_proj"):
                a = permute(a, c.heads)
            if block.endswith("k_proj"):
                a = permute(a, c.kv_heads)
        if a.ndim == 1:
            w.add_tensor(n, a.astype(np.float32))
        elif qtype == gguf.GGMLQuantizationType.F16:
            w.add_tensor(n, a.astype(np.float16))
        else:
            w.add_tensor(n, gguf.quants.quantize(np.ascontiguousarray(a, dtype=np.float32), qtype), raw_dtype=qtype)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


if __name__ == "__main__":
    ckpt, out = sys.argv[1], sys.argv[2]
    tok = T.load(sys.argv[3] if len(sys.argv) > 3 else "tokenizer.json")
    os.makedirs(out, exist_ok=True)
    m, _ = load(ckpt)
    state = {k: v.float() for k, v in m.state_dict().items()}
    hf(state, m.c, tok, out)
    write_gguf(state, m.c, tok, f"{out}/nano-q8_0.gguf", gguf.GGMLQuantizationType.Q8_0, gguf.LlamaFileType.MOSTLY_Q8_0)
    write_gguf(state, m.c, tok, f"{out}/nano-f16.gguf", gguf.GGMLQuantizationType.F16, gguf.LlamaFileType.MOSTLY_F16)
    for f in sorted(os.listdir(out)):
        print(f, os.path.getsize(f"{out}/{f}"))
