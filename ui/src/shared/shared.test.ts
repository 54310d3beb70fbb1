// The shared pieces without a DOM: figures, claims, and the two ways of not doing too much.
import { describe, expect, it } from "vitest";

import type { Claim } from "../protocol";
import { segments } from "./claims";
import { duration, money, moneyParts, share, shortMoney } from "./format";
import { frameBatch } from "./frames";
import { latestOnly } from "./latest";

describe("figures", () => {
  it("write money in the catalogue's currency, to the cent", () => {
    expect(money(1304.2, "USD")).toBe("$1,304.20");
    expect(moneyParts(1304.2, "EUR")).toEqual({ whole: "€1,304", cents: ".20" });
    expect(shortMoney(150, "USD")).toBe("$150");
    expect(money(12, "no currency")).toBe("12.00");
  });

  it("write shares and durations at the size they have", () => {
    expect(share(0.354)).toBe("35%");
    expect([0.01, 0.62, 412.4, 842, 14_200].map(duration)).toEqual(["0 ms", "0.6 ms", "412 ms", "0.84 s", "14.2 s"]);
  });
});

describe("claims", () => {
  function check(text: string, spans: [number, number][]): string[] {
    const claims = spans.map(([from, to]): Claim => ({ text: "", ok: true, start: from, end: to, fact: null }));
    return segments(text, claims).map((segment) => (segment.kind === "claim" ? `[${segment.text}]` : segment.text));
  }

  it("are cut out where they stand, in UTF-16 code units", () => {
    expect(check("⚡ 🔌 $1,304 a year", [[5, 11]])).toEqual(["⚡ 🔌 ", "[$1,304]", " a year"]);
  });

  it("that overlap or lie outside never lose a letter", () => {
    expect(check("abcdef", [[2, 4], [0, 3], [5, 99], [4, 4]]).join("").replace(/[[\]]/g, "")).toBe("abcdef");
  });
});

describe("the newest request", () => {
  it("is the only one that runs after the one under way", async () => {
    const called: number[] = [];
    const shown: number[] = [];
    const release: (() => void)[] = [];
    const latest = latestOnly<number, number>(
      (input) => {
        called.push(input);
        return new Promise((resolve) => release.push(() => resolve(input)));
      },
      (output) => shown.push(output),
      () => {},
    );
    [1, 2, 3, 4].forEach((input) => latest.request(input));
    expect(called).toEqual([1]);
    release.shift()?.();
    await settled();
    expect(called).toEqual([1, 4]);
    release.shift()?.();
    await settled();
    expect(shown).toEqual([1, 4]);
  });

  it("goes on after a failure, and shows nothing once cancelled", async () => {
    const shown: number[] = [];
    const failed: unknown[] = [];
    const latest = latestOnly<number, number>(
      (input) => (input < 0 ? Promise.reject(new Error("refused")) : Promise.resolve(input)),
      (output) => shown.push(output),
      (reason) => failed.push(reason),
    );
    latest.request(-1);
    await settled();
    latest.request(7);
    await settled();
    latest.request(8);
    latest.cancel();
    await settled();
    expect(failed).toHaveLength(1);
    expect(shown).toEqual([7]);
  });
});

describe("a frame's batch", () => {
  it("hands over once what came between two frames", () => {
    const frames: (() => void)[] = [];
    const batches: number[][] = [];
    const batch = frameBatch<number>((items) => batches.push(items), (callback) => frames.push(callback));
    batch.push([1]);
    batch.push([2, 3]);
    expect(frames).toHaveLength(1);
    frames.shift()?.();
    batch.push([4]);
    frames.shift()?.();
    expect(batches).toEqual([[1, 2, 3], [4]]);
  });
});

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
