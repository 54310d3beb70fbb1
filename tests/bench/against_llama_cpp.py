"""Sextant's llama.cpp engine against llama.cpp itself: same files, same threads, same lengths, turn by turn.

Ours is the worker process, from a request on its pipe to the events that come back. The other side is the
package llama-cpp-python in a process of its own, of which only the C interface is used: one batch for the
prompt, then one token after the other, without sampling. Both stay loaded and take turns of some seconds, so
that a busy moment of the machine meets both; the medians are compared. Start it with `cargo xtask bench`,
which installs what it needs.

    against_llama_cpp.py --sextant PATH --rounds N MODEL.gguf:PROMPT:ANSWER...
    against_llama_cpp.py --raw MODEL.gguf CONTEXT THREADS
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import time


def raw(file, context_tokens, threads):
    """Answers each line `PROMPT ANSWER SEED` with what llama.cpp alone takes, in seconds and MB, as JSON."""
    import ctypes

    import llama_cpp

    before = resident_mb("self")
    # Kept in a variable: the library calls it as long as the process lives.
    silence = llama_cpp.llama_log_callback(lambda level, text, data: None)
    llama_cpp.llama_log_set(silence, ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()
    model = llama_cpp.llama_model_load_from_file(file.encode(), llama_cpp.llama_model_default_params())
    parameters = llama_cpp.llama_context_default_params()
    parameters.n_ctx = context_tokens
    parameters.n_batch = parameters.n_ubatch = 512
    parameters.n_threads = parameters.n_threads_batch = threads
    context = llama_cpp.llama_init_from_model(model, parameters)
    vocabulary = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(model))

    def decode(tokens):
        array = (llama_cpp.llama_token * len(tokens))(*tokens)
        started = time.perf_counter()
        if llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one(array, len(tokens))) != 0:
            sys.exit("llama_decode failed")
        llama_cpp.llama_get_logits(context)
        return time.perf_counter() - started

    print("{}", flush=True)
    for line in sys.stdin:
        prompt_tokens, answer_tokens, seed = map(int, line.split())
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(context), True)
        tokens = [(7919 * at + 13 * seed) % (vocabulary - 8) for at in range(prompt_tokens + answer_tokens)]
        print(json.dumps({
            "prefill": decode(tokens[:prompt_tokens]),
            "decode": sum(decode([token]) for token in tokens[prompt_tokens:]),
            "memory": resident_mb("self"),
            "interpreter": before,
        }), flush=True)


def resident_mb(process):
    with open(f"/proc/{process}/status", encoding="utf-8") as status:
        kib = next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
    return kib * 1024 / 1e6


class Lines:
    """A process that is talked to in lines of JSON."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.first = self.read()

    def send(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit("a process ended early")
        return json.loads(line)

    def end(self):
        self.process.stdin.close()
        self.process.wait()


class Worker(Lines):
    """The app's worker process with one model."""

    def __init__(self, sextant, file):
        super().__init__([
            pathlib.Path(sextant).with_name("sextant-worker"), "--engine", "llamacpp", "--model", file,
            "--tokenizer-dir", str(pathlib.Path(file).parent), "--device", "cpu",
        ])
        if self.first["kind"] != "ready":
            sys.exit(f"the worker is not ready: {self.first}")

    def turn(self, lines, answer_tokens, seed):
        """Seconds that the worker took for the answer's tokens, and all the rest from request to last event.

        A random model's first tokens may be no text yet, so the first text doesn't tell the two apart. No two
        prompts begin alike.
        """
        months = "".join(f"Month {at}: {400 + (seed * 31 + at * 7) % 900} kWh\n" for at in range(lines))
        request = {
            "messages": [
                {"role": "system", "content": f"{seed} usage_summary"},
                {"role": "user", "content": months + "Summarise the usage."},
            ],
            "max_tokens": answer_tokens + 1,
            "stop": [],
            "sampling": {"temperature": 0.0, "top_p": 1.0, "top_k": 0, "seed": 0},
            "form": None,
            "priority": "interactive",
        }
        message = json.dumps({"kind": "generate", "id": seed, "request": request})
        started = time.perf_counter()
        self.send(message)
        while (event := self.read())["kind"] != "done":
            if event["kind"] not in ("started", "text"):
                sys.exit(f"the worker failed: {event}")
        usage = event["usage"]
        decode = usage["decode"]["secs"] + usage["decode"]["nanos"] / 1e9
        return {
            "prefill": time.perf_counter() - started - decode,
            "decode": decode,
            "prompt_tokens": usage["prompt_tokens"],
            # The first one comes with the prompt.
            "answer_tokens": usage["completion_tokens"] - 1,
            "memory": resident_mb(self.process.pid),
        }


def compare(sextant, rounds, file, prompt_tokens, answer_tokens):
    ours = Worker(sextant, file)
    short, longer = ours.turn(10, 2, 1)["prompt_tokens"], ours.turn(30, 2, 2)["prompt_tokens"]
    lines = max(1, round(10 + (prompt_tokens - short) / ((longer - short) / 20)))
    threads = ours.first["threads"]
    command = [sys.executable, __file__, "--raw", file, str(2 * (prompt_tokens + answer_tokens)), str(threads)]
    other = Lines(command)
    sides = {"ours": [], "llama.cpp": []}
    for number in range(rounds + 1):
        turn = ours.turn(lines, answer_tokens, 100 + number)
        other.send(f"{turn['prompt_tokens']} {turn['answer_tokens']} {number}")
        theirs = {**turn, **other.read()}
        print(f"{file} {number}/{rounds}", file=sys.stderr)
        # The first turn warms both up, and an answer that ended by itself at once says nothing.
        if number > 0 and turn["answer_tokens"] > 8:
            sides["ours"].append(turn)
            sides["llama.cpp"].append(theirs)
    ours.end()
    other.end()
    first = sides["ours"][0]
    print(f"\n{file}: {first['prompt_tokens']} + {first['answer_tokens']} tokens, {threads} threads, "
          f"{len(sides['ours'])} rounds")
    figures = {
        "prefill": lambda turn: turn["prompt_tokens"] / turn["prefill"],
        "decode": lambda turn: turn["answer_tokens"] / turn["decode"],
        "memory": lambda turn: turn["memory"],
    }
    for name, figure in figures.items():
        values = {side: [figure(turn) for turn in turns] for side, turns in sides.items()}
        ratios = [mine / theirs for mine, theirs in zip(values["ours"], values["llama.cpp"])]
        middle = {side: statistics.median(each) for side, each in values.items()}
        print(f"  {name:8} ours {middle['ours']:9.1f}   llama.cpp {middle['llama.cpp']:9.1f}   ratio of medians "
              f"{middle['ours'] / middle['llama.cpp']:.2f}, median of ratios {statistics.median(ratios):.2f} "
              f"({min(ratios):.2f} to {max(ratios):.2f})")
    interpreter = statistics.median(turn["interpreter"] for turn in sides["llama.cpp"])
    print(f"  of llama.cpp's memory, {interpreter:.0f} MB are Python and the library before loading", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--raw", action="store_true")
    parser.add_argument("--sextant")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("rest", nargs="+")
    arguments = parser.parse_args()
    if arguments.raw:
        file, *numbers = arguments.rest
        raw(file, *map(int, numbers))
        return
    for case in arguments.rest:
        file, prompt_tokens, answer_tokens = case.rsplit(":", 2)
        compare(arguments.sextant, arguments.rounds, file, int(prompt_tokens), int(answer_tokens))
        # What the app's own benchmark measures beside that, in one worker: reuse, constraints, four at once.
        subprocess.run([
            arguments.sextant, "bench", "engine", "--engine", "llamacpp", "--model", file, "--iterations", "3",
            "--prompt-tokens", prompt_tokens, "--answer-tokens", answer_tokens,
        ], check=True, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
