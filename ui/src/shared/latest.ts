// One call at a time, and of those asked for meanwhile only the newest. A slider sends more positions
// than a re-rank can answer; the ones in between are worth nothing once a newer one exists.

export interface LatestOnly<Input> {
  /** Calls at once when nothing is under way; else this replaces whatever waits. */
  request(input: Input): void;
  /** Forgets what waits and ignores what is under way. */
  cancel(): void;
}

export function latestOnly<Input, Output>(
  call: (input: Input) => Promise<Output>,
  onResult: (output: Output, input: Input) => void,
  onError: (reason: unknown, input: Input) => void,
): LatestOnly<Input> {
  let waiting: { input: Input } | null = null;
  let running = false;
  let generation = 0;

  async function drain(): Promise<void> {
    running = true;
    while (waiting !== null) {
      const { input } = waiting;
      const started = generation;
      waiting = null;
      try {
        const output = await call(input);
        if (started === generation) onResult(output, input);
      } catch (reason) {
        if (started === generation) onError(reason, input);
      }
    }
    running = false;
  }

  return {
    request(input) {
      waiting = { input };
      if (!running) void drain();
    },
    cancel() {
      generation += 1;
      waiting = null;
    },
  };
}
