// The one place that knows the WebAssembly panel. It is fetched when the screen is first opened, paints
// only when it is told something new, and any way in which it can fail becomes a `PanelFailure`: the
// tables hold the same figures and serve alone then.
import type { Performance } from "../../protocol";

export type PanelState =
  | { kind: "loading" }
  | { kind: "ready"; panel: Charts }
  /** What happened, as one sentence. */
  | { kind: "failed"; message: string };

export interface Charts {
  /**
   * Resolves with the number of frames painted so far, in the frame in which this was painted. Rejects where
   * nothing is painted; the panel is of no use after that.
   */
  show(performance: Performance): Promise<number>;
  setDark(dark: boolean): void;
  /** The 95th percentile of what the newest frames took to make, in milliseconds. */
  frameP95(): number;
  /** What is on the canvas, as PNG. */
  picture(): Promise<Blob>;
  /** What is still to be painted is forgotten: its promise stays open. */
  destroy(): void;
}

/** The panel paints in the first frame after it was asked; after this many it has died. */
const MOST_FRAMES = 60;

/** The panel's code, once for all openings. Asked for ahead of time, it is there when the screen is opened. */
export async function loadPanel(): Promise<typeof import("../../../panel/panel.js")> {
  const code = await import("../../../panel/panel.js");
  await code.default({ module_or_path: new URL("../../../panel/panel_bg.wasm", import.meta.url) });
  return code;
}

/** `first` is asked once the code is there: the very first frame shows it, if there is something to show. */
export async function openCharts(
  canvas: HTMLCanvasElement,
  first: () => { performance: Performance | null; dark: boolean },
): Promise<Charts> {
  const { Panel } = await loadPanel();
  performance.mark("panel-loaded");
  const panel = new Panel();
  const { performance: data, dark } = first();
  let json = "";
  panel.set_dark(dark);
  if (data !== null) {
    json = JSON.stringify(data);
    panel.set_data(json);
  }
  await panel.start(canvas);
  performance.mark("panel-started");
  let closed = false;

  /** The page scrolls, not the canvas; how tall the panel is depends on its width and on how much there is. */
  function fit(): void {
    const height = panel.content_height();
    if (height > 0) canvas.style.setProperty("block-size", `${height}px`);
  }

  /** Resolves with the first frame after `before`. */
  function painted(before: number): Promise<number> {
    return new Promise((resolve, reject) => {
      let patience = MOST_FRAMES;
      // The panel has asked for its frame before we do, so its callback runs before ours in the same frame.
      const look = () => {
        if (closed) return;
        const frames = panel.frames();
        patience -= 1;
        if (frames > before) {
          fit();
          resolve(frames);
        } else if (patience > 0) requestAnimationFrame(look);
        else reject(new Error("the panel stopped painting"));
      };
      look();
    });
  }

  function paint(): Promise<number> {
    const before = panel.frames();
    panel.set_data(json);
    return painted(before);
  }

  return {
    show(performance) {
      const next = JSON.stringify(performance);
      if (next === json) return painted(0);
      json = next;
      return paint();
    },
    setDark(dark) {
      panel.set_dark(dark);
    },
    frameP95: () => panel.frame_p95_ms(),
    async picture() {
      // WebGL forgets its picture once the frame is over, so it is taken within the frame that painted it.
      await paint();
      return new Promise((resolve, reject) => {
        canvas.toBlob((blob) => (blob === null ? reject(new Error("the canvas has no picture")) : resolve(blob)), "image/png");
      });
    },
    destroy() {
      closed = true;
      try {
        panel.destroy();
      } catch {
        // A panel that has trapped can't even be ended; its memory goes with the page.
      }
    },
  };
}

/** Why there are no charts, for the person. */
export function panelFailure(reason: unknown): string {
  const detail = reason instanceof Error ? reason.message : String(reason);
  return `The charts can't be drawn in this window (${detail}). The tables below hold the same figures.`;
}
