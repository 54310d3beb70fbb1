"""Compare the exported files with the checkpoint: greedy texts on a few held-out prompts, by the app's own engines.

Usage: python check_export.py checkpoint.pt outdir ../eval WORKER [count]
"""
import json
import sys
from pathlib import Path

from evaluate import Worker, backend

if __name__ == "__main__":
    checkpoint, out, cases, sextant = sys.argv[1:5]
    count = int(sys.argv[5]) if len(sys.argv) > 5 else 3
    turns = []
    for path in sorted(Path(cases).glob("*.jsonl")):
        for line in path.read_text().splitlines()[:count]:
            case = json.loads(line)
            turns.append([{"role": "system", "content": case["task"]}, {"role": "user", "content": case["prompt"]}])
    reference = backend(checkpoint, f"{out}/tokenizer.json")
    expected = [reference(turn)[0] for turn in turns]
    for quantisation in ("f16", "q8_0"):
        for engine in ("llamacpp", "mistralrs"):
            worker = Worker(f"{out}/nano-{quantisation}.gguf", sextant, engine)
            same = sum(worker(turn)[0] == text for turn, text in zip(turns, expected))
            speed = worker.tokens / worker.seconds
            print(f"{quantisation} {engine}: {same} of {len(turns)} texts as in torch, {speed:.0f} tokens/s, loaded in {worker.ready['load_ms']:.0f} ms")
            worker.process.kill()
