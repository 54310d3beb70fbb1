// The shared pieces without a DOM: figures, claims, and the two ways of not doing too much.
import { describe, expect, it } from "vitest";

import type { Claim } from "../protocol";
import { segments } from "./claims";
import {
  ago,
  bytes,
  clock,
  difference,
  duration,
  durationRange,
  money,
  moneyParts,
  rate,
  roughly,
  share,
  shortMoney,
  timeRange,
  timeSpan,
} from "./format";
import { frameBatch } from "./frames";
import { latestOnly } from "./latest";
import { paced } from "./paced";
import { pooledLabel, stageLabel } from "./stages";

describe("figures", () => {
  it("write money in the catalogue's currency, to the cent", () => {
    expect(money(1304.2, "USD")).toBe("$1,304.20");
    expect(moneyParts(1304.2, "EUR")).toEqual({ whole: "€1,304", cents: ".20" });
    expect(shortMoney(150, "USD")).toBe("$150");
    expect(money(12, "no currency")).toBe("12.00");
  });

  it("write times of day in UTC, with the year where it matters", () => {
    const noon = Date.UTC(2026, 0, 5, 12, 3, 9);
    expect(clock(noon)).toBe("Jan 5, 12:03:09 UTC");
    expect(timeRange(noon - 3_600_000, noon)).toBe("Jan 5, 11:03 to Jan 5, 12:03 UTC");
    expect(timeRange(noon - 30 * 86_400_000, noon)).toBe("Dec 6, 2025, 12:03 to Jan 5, 2026, 12:03 UTC");
  });

  it("write stretches of time and speeds at the size they have", () => {
    expect([75_000, 1_800_000, 12_600_000, 657_000_000].map(timeSpan)).toEqual(["75 s", "30 min", "3.5 h", "7.6 days"]);
    expect([9.42, 412.3, 3120.5].map(rate)).toEqual(["9.4", "412", "3,121"]);
  });

  it("write ranges, sizes and differences in the unit that fits", () => {
    expect([durationRange(412, 498), durationRange(412, 1_900), durationRange(842, 14_200)]).toEqual(["412–498 ms", "412 ms–1.90 s", "0.84–14.2 s"]);
    expect([210_000_000, 1_900_000_000, 5e9].map(bytes)).toEqual(["210 MB", "1.9 GB", "5.0 GB"]);
    expect([0.357, -0.2, 0.001].map(difference)).toEqual(["+36%", "−20%", "0%"]);
  });

  it("write what is left of a wait no finer than it is known", () => {
    expect([900, 38_200, 150_000, 6_000_000].map(roughly)).toEqual(["about 5 s", "about 40 s", "about 3 min", "about 1.7 h"]);
  });

  it("write shares and durations at the size they have", () => {
    expect(share(0.354)).toBe("35%");
    expect([0.01, 0.62, 412.4, 842, 14_200].map(duration)).toEqual(["0 ms", "0.6 ms", "412 ms", "0.84 s", "14.2 s"]);
  });
});

describe("an age", () => {
  it("is told as coarsely as it is old", () => {
    const now = Date.UTC(2026, 0, 5, 14, 30);
    const minute = 60_000;
    const ages = [0, 5, 60 * 3, 60 * 24, 60 * 24 * 4, 60 * 24 * 9];
    expect(ages.map((minutes) => ago(now - minutes * minute, now))).toEqual(["now", "5 min", "3 h", "1 day", "4 days", "Dec 27, 2025"]);
    expect(ago(Date.UTC(2026, 0, 5), Date.UTC(2026, 3, 1))).toBe("Jan 5");
    expect(ago(now + minute, now)).toBe("now");
  });
});

describe("a stage", () => {
  it("has a name for the person, an unknown one too", () => {
    expect(["usage_summary", "plan_scoring", "narrative", "narrative_3", "second_opinion"].map(stageLabel)).toEqual([
      "Summary",
      "Scoring",
      "Why no. 1",
      "Why no. 3",
      "Second opinion",
    ]);
  });

  it("of many runs has no number", () => {
    expect(["narrative", "total", "usage_summary"].map(pooledLabel)).toEqual(["Why", "Whole run", "Summary"]);
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

describe("paced work", () => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

  it("is done in its order, and less of it per frame the longer it takes", async () => {
    const done: number[] = [];
    const slow = (index: number) => () => {
      const until = performance.now() + 10;
      while (performance.now() < until);
      done.push(index);
    };
    for (const index of [1, 2, 3]) paced(slow(index));
    expect(done).toEqual([]);
    await frame();
    expect(done).toEqual([1]);
    await frame();
    await frame();
    expect(done).toEqual([1, 2, 3]);
  });

  it("can be taken back until it is done", async () => {
    let done = 0;
    const back = paced(() => (done += 1));
    paced(() => (done += 10));
    back();
    await frame();
    expect(done).toBe(10);
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
