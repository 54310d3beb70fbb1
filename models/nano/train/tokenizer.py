"""Train or load the byte-level BPE tokenizer (Qwen2 split regex, single digits).

mistral.rs hard-codes this regex for GGUF tokenizers; llama.cpp calls it pre=qwen2.
Usage: python tokenizer.py tokenizer.json [vocabulary]
"""
import random
import sys

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from gen import TASKS, sample

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]        # ids 0, 1, 2
QWEN2 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
         r"|\s*[\r\n]+|\s+(?!\S)|\s+")


def texts(count, seed):
    r = random.Random(seed)
    for _ in range(count):
        example = sample(r)
        yield f"system\n{example.task}"
        yield f"user\n{example.prompt}"
        yield f"assistant\n{example.answer}"


def train(path, vocabulary=2048, count=12000, seed=7):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(QWEN2), "isolated"),
                                                       pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(texts(count, seed), trainers.BpeTrainer(
        vocab_size=vocabulary, special_tokens=SPECIAL, min_frequency=3, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.save(path)
    return tokenizer


def load(path) -> Tokenizer:
    return Tokenizer.from_file(path)


def encode(tokenizer, example, prompt_weight=0.0, answer_weight=1.0):
    """Token ids and loss weights of one training example: the answer counts, and the prompt a little if asked."""
    head = f"<|im_start|>system\n{example.task}<|im_end|>\n<|im_start|>user\n{example.prompt}<|im_end|>\n<|im_start|>assistant\n"
    prompt = tokenizer.encode(head, add_special_tokens=False).ids
    answer = tokenizer.encode(example.answer + "<|im_end|>", add_special_tokens=False).ids
    return prompt + answer, [prompt_weight] * len(prompt) + [answer_weight] * len(answer)


if __name__ == "__main__":
    tokenizer = train(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2048)
    r = random.Random(1)
    for task, (make, _) in TASKS.items():
        lengths = [(len(ids), sum(weights)) for ids, weights in (encode(tokenizer, make(r)) for _ in range(200))]
        print(f"{task:16s} tokens {sum(x for x, _ in lengths) / 200:.0f} (longest {max(x for x, _ in lengths)}), answer {sum(y for _, y in lengths) / 200:.0f}")
    print(tokenizer.get_vocab_size(), tokenizer.encode("Plan: {plan}\nIt costs {yearly_cost}, which is {record_2.name}.").tokens)
