// The one door to the app behind the window. Components and features know this interface only;
// `tauri.ts` beside it is the real one, and nothing outside this folder may import `@tauri-apps/*`.
import type { CommandError, Commands, ErrorCode } from "../protocol";

export type CommandName = keyof Commands;

/** Commands whose argument is a file's bytes. */
export type UploadName = {
  [Name in CommandName]: Commands[Name]["args"] extends Uint8Array ? Name : never;
}[CommandName];

/** Commands with JSON arguments. */
export type CallName = Exclude<CommandName, UploadName>;

/** What a command streams while it runs, one message at a time. */
export type OnEvents<Name extends CommandName> = (message: Commands[Name]["events"]) => void;

export interface Host {
  /**
   * Rejects with a `CommandFailure` and nothing else. `onEvents` is called until the command's work is
   * over, which may be after the promise has resolved.
   */
  call<Name extends CallName>(
    name: Name,
    args: Commands[Name]["args"],
    ...onEvents: [Commands[Name]["events"]] extends [never] ? [] : [onEvents: OnEvents<Name>]
  ): Promise<Commands[Name]["result"]>;

  /** Sends a file as raw bytes; rejects as `call` does. */
  upload<Name extends UploadName>(
    name: Name,
    fileName: string,
    bytes: Uint8Array,
  ): Promise<Commands[Name]["result"]>;
}

/** A command that could not do its work; `message` says what happened and what to do next. */
export class CommandFailure extends Error {
  readonly code: ErrorCode;

  constructor({ code, message }: CommandError) {
    super(message);
    this.name = "CommandFailure";
    this.code = code;
  }
}

/** Reads whatever a rejected call brought: ours is `{ code, message }`, the runtime's own is a string. */
export function commandFailure(reason: unknown): CommandFailure {
  if (reason instanceof CommandFailure) return reason;
  if (isCommandError(reason)) return new CommandFailure(reason);
  const detail = reason instanceof Error ? reason.message : String(reason);
  return new CommandFailure({
    code: "failed",
    message: `The app did not answer as expected (${detail}). Try again; if it stays, restart Sextant.`,
  });
}

function isCommandError(value: unknown): value is CommandError {
  return (
    typeof value === "object" &&
    value !== null &&
    "code" in value &&
    "message" in value &&
    typeof value.code === "string" &&
    typeof value.message === "string"
  );
}
