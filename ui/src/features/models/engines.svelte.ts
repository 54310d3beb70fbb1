// Which engine computes: the choice, which takes effect at once, and a measurement of all of them, one at a
// time. What was measured stays until a later measurement has come to its end.
import { commandFailure, type Host } from "../../host/host";
import type { EngineSpeedEvent, EngineSpeeds, ModelsView } from "../../protocol";
import { latestOnly } from "../../shared/latest";
import { assertNever } from "../../shared/never";
import { Work, type WorkState } from "./work.svelte";

export type EngineProgress = Omit<Extract<EngineSpeedEvent, { kind: "progress" }>, "kind">;

/** `null` leaves it to the app. */
export type ChosenEngine = string | null;

export class EnginesSession {
  speeds = $state.raw<EngineSpeeds | null>(null);
  /** What was asked for and is not in force yet. */
  asked = $state.raw<{ engine: ChosenEngine } | null>(null);
  /** Why what was asked for last is not in force. */
  refused = $state.raw<{ engine: ChosenEngine; message: string } | null>(null);

  readonly #host: Host;
  readonly #measuring: Work<EngineProgress>;
  readonly #using;

  /** `onview` is given what the Models screen shows from now on. */
  constructor(host: Host, onview: (view: ModelsView) => void) {
    this.#host = host;
    this.#measuring = new Work(host);
    // An arrow key passes the choices between on its way.
    this.#using = latestOnly<ChosenEngine, ModelsView>(
      (engine) => this.#host.call("use_engine", { engine }),
      (view, engine) => {
        this.#answered(engine);
        onview(view);
      },
      (reason, engine) => {
        if (this.#answered(engine)) this.refused = { engine, message: commandFailure(reason).message };
      },
    );
  }

  get measurement(): WorkState<EngineProgress> {
    return this.#measuring.state;
  }

  get underWay(): boolean {
    return this.#measuring.underWay;
  }

  use(engine: ChosenEngine): void {
    this.asked = { engine };
    this.refused = null;
    this.#using.request(engine);
  }

  measure(): void {
    this.#measuring.begin<EngineSpeedEvent>(
      (tell) => this.#host.call("measure_engines", {}, tell),
      (event) => this.#take(event),
    );
  }

  stop(): void {
    this.#measuring.stop();
  }

  #take(event: EngineSpeedEvent): void {
    switch (event.kind) {
      case "progress": {
        const { kind: _, ...progress } = event;
        this.#measuring.progress(() => progress);
        return;
      }
      case "finished":
        this.speeds = event.speeds;
        this.#measuring.end({ kind: "finished" });
        return;
      case "failed":
      case "stopped":
        this.#measuring.end(event);
        return;
      default:
        assertNever(event);
    }
  }

  /** Whether nothing else has been asked for since. */
  #answered(engine: ChosenEngine): boolean {
    if (this.asked?.engine !== engine) return false;
    this.asked = null;
    return true;
  }
}
