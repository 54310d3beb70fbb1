import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { whenIdle } from "./idle";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("waiting for an idle moment", () => {
  it("begins again with every touch, and happens once", () => {
    const then = vi.fn();
    whenIdle(1000, () => false, then);
    vi.advanceTimersByTime(900);
    dispatchEvent(new KeyboardEvent("keydown"));
    vi.advanceTimersByTime(900);
    expect(then).not.toHaveBeenCalled();
    vi.advanceTimersByTime(100);
    expect(then).toHaveBeenCalledTimes(1);
    dispatchEvent(new KeyboardEvent("keydown"));
    vi.advanceTimersByTime(5000);
    expect(then).toHaveBeenCalledTimes(1);
  });

  it("leaves work that is under way alone", () => {
    let busy = true;
    const then = vi.fn();
    whenIdle(1000, () => busy, then);
    vi.advanceTimersByTime(3500);
    expect(then).not.toHaveBeenCalled();
    busy = false;
    vi.advanceTimersByTime(500);
    expect(then).toHaveBeenCalledTimes(1);
  });

  it("can be taken back", () => {
    const then = vi.fn();
    whenIdle(1000, () => false, then)();
    vi.advanceTimersByTime(5000);
    expect(then).not.toHaveBeenCalled();
  });
});
