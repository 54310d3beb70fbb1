"""Sextant's llama.cpp engine against llama.cpp itself: same files, same threads, same lengths, turn by turn.

The other side is the package llama-cpp-python, of which only the C interface is used: one batch for the
prompt, then one token after the other, without sampling. It runs in a process of its own, as Sextant's
worker does. Start it with `cargo xtask bench`, which installs what it needs.

    against_llama_cpp.py --sextant PATH --rounds N MODEL.gguf:PROMPT:ANSWER...
    against_llama_cpp.py --raw MODEL.gguf PROMPT ANSWER THREADS
"""

import argparse
import json
import statistics
import subprocess
import sys
import time


def raw(file, prompt_tokens, answer_tokens, threads):
    """Prints what llama.cpp alone takes, as one line of JSON. Speeds in tokens per second, memory in MB."""
    import ctypes

    import llama_cpp

    before = resident_mb()
    # Kept in a variable: the library calls it as long as the process lives.
    silence = llama_cpp.llama_log_callback(lambda level, text, data: None)
    llama_cpp.llama_log_set(silence, ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()
    started = time.perf_counter()
    model = llama_cpp.llama_model_load_from_file(file.encode(), llama_cpp.llama_model_default_params())
    parameters = llama_cpp.llama_context_default_params()
    parameters.n_ctx = prompt_tokens + answer_tokens
    parameters.n_batch = parameters.n_ubatch = 512
    parameters.n_threads = parameters.n_threads_batch = threads
    context = llama_cpp.llama_init_from_model(model, parameters)
    load = time.perf_counter() - started
    vocabulary = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(model))

    def decode(tokens):
        array = (llama_cpp.llama_token * len(tokens))(*tokens)
        started = time.perf_counter()
        if llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one(array, len(tokens))) != 0:
            sys.exit("llama_decode failed")
        llama_cpp.llama_get_logits(context)
        return time.perf_counter() - started

    def forget():
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(context), True)

    tokens = [(7919 * at + 13) % (vocabulary - 8) for at in range(prompt_tokens + answer_tokens)]
    decode(tokens[:32])
    forget()
    prefill = decode(tokens[:prompt_tokens])
    answer = sum(decode([token]) for token in tokens[prompt_tokens:])
    print(json.dumps({
        "load_ms": load * 1000,
        "prefill": prompt_tokens / prefill,
        "decode": answer_tokens / answer,
        "memory": resident_mb(),
        "interpreter": before,
    }))


def resident_mb():
    with open("/proc/self/status", encoding="utf-8") as status:
        kib = next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
    return kib * 1024 / 1e6


def output(command):
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def ours(sextant, file, prompt_tokens, answer_tokens):
    """One turn of the app's whole path, from request to event, in a fresh worker."""
    document = output([
        sextant, "bench", "engine", "--engine", "llamacpp", "--model", file, "--iterations", "1",
        "--prompt-tokens", str(prompt_tokens), "--answer-tokens", str(answer_tokens), "--json",
    ])["engine"]["engines"][0]
    return {
        "load_ms": document["load_ms"]["p50"],
        "prefill": document["prefill_tokens_per_s"]["p50"],
        "decode": document["decode_tokens_per_s"]["p50"],
        "memory": document["resident_mb"]["p50"],
        "prompt_tokens": document["prompt_tokens"],
        "answer_tokens": document["answer_tokens"],
        "threads": document["threads"],
        "together": document["together_tokens_per_s"]["p50"],
        "first": document["first_text_ms"]["p50"],
        "reused": document["reused_first_text_ms"]["p50"],
        "second": document["second_first_text_ms"]["p50"],
        "constrained": document["constrained_tokens_per_s"]["p50"],
    }


def compare(sextant, rounds, file, prompt_tokens, answer_tokens):
    sides = {"ours": [], "raw": []}
    for round_number in range(rounds):
        turn = ours(sextant, file, prompt_tokens, answer_tokens)
        sides["ours"].append(turn)
        sides["raw"].append(output([
            sys.executable, __file__, "--raw", file, str(turn["prompt_tokens"]), str(turn["answer_tokens"]),
            str(turn["threads"]),
        ]))
        print(f"{file} {round_number + 1}/{rounds}", file=sys.stderr)
    first = sides["ours"][0]
    print(f"\n{file}: {first['prompt_tokens']} + {first['answer_tokens']} tokens, "
          f"{first['threads']} threads, {rounds} rounds")
    for figure in ("prefill", "decode", "load_ms", "memory"):
        # What else the machine does only ever slows a round down, so the best ones compare the sides.
        best = max if figure in ("prefill", "decode") else min
        values = {name: [turn[figure] for turn in turns] for name, turns in sides.items()}
        ratios = [ours / other for ours, other in zip(values["ours"], values["raw"])]
        middle = {name: statistics.median(each) for name, each in values.items()}
        print(f"  {figure:8} ours {middle['ours']:9.1f}   llama.cpp {middle['raw']:9.1f}   "
              f"ratio {middle['ours'] / middle['raw']:.2f} (by round {min(ratios):.2f} to {max(ratios):.2f}; "
              f"of each side's best {best(values['ours']) / best(values['raw']):.2f})")
    interpreter = statistics.median(turn["interpreter"] for turn in sides["raw"])
    print(f"  of llama.cpp's memory, {interpreter:.0f} MB are Python and the library before loading")
    middle = {name: statistics.median(turn[name] for turn in sides["ours"])
              for name in ("together", "decode", "first", "reused", "second")}
    print(f"  four answers at once: {middle['together']:.1f} tokens/s, "
          f"{middle['together'] / middle['decode']:.2f} times one")
    print(f"  first text of a prompt that shares all but its end: {middle['reused']:.1f} of {middle['first']:.1f} ms, "
          f"{middle['reused'] / middle['first']:.2f}; of a second question: {middle['second']:.1f} ms, "
          f"{middle['second'] / middle['first']:.2f}")
    costs = [turn["decode"] / turn["constrained"] for turn in sides["ours"]]
    print(f"  a token that has to follow a schema: {statistics.median(costs):.2f} times one that has not "
          f"(by round {min(costs):.2f} to {max(costs):.2f})")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--raw", action="store_true")
    parser.add_argument("--sextant")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("rest", nargs="+")
    arguments = parser.parse_args()
    if arguments.raw:
        file, *numbers = arguments.rest
        raw(file, *map(int, numbers))
        return
    for case in arguments.rest:
        file, prompt_tokens, answer_tokens = case.rsplit(":", 2)
        compare(arguments.sextant, arguments.rounds, file, int(prompt_tokens), int(answer_tokens))


if __name__ == "__main__":
    main()
