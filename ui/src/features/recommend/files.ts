// Files that the person opens or drops: which kind they are, and reading them.

export type FileKind = "usage" | "catalog";

/** What came of the last file of a kind. */
export type ImportState<Imported> =
  | { kind: "none" }
  | { kind: "reading"; fileName: string }
  | { kind: "done"; fileName: string; imported: Imported }
  | { kind: "failed"; fileName: string; message: string };

/** A file that the browser can't read is mostly a folder. */
export class UnreadableFile extends Error {}

const SNIFFED_BYTES = 4096;
const PLAN_WORDS = /plan|price|rate|tariff|supplier|provider|contract|term/gi;
const USAGE_WORDS = /kwh|usage|consumption|load|month|hour|meter|reading|home|seq/gi;

export async function readFile(file: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new UnreadableFile(
      `“${file.name}” could not be read. If it is a folder, open the CSV file inside it; else check that you may read it.`,
    );
  }
}

/** For a file dropped beside both targets: its first line names its columns. */
export async function guessKind(file: File): Promise<FileKind> {
  try {
    const head = await file.slice(0, SNIFFED_BYTES).text();
    return kindOfHeader(head.split(/\r?\n/, 1)[0] ?? "");
  } catch {
    return "usage";
  }
}

export function kindOfHeader(header: string): FileKind {
  const plan = header.match(PLAN_WORDS)?.length ?? 0;
  const usage = header.match(USAGE_WORDS)?.length ?? 0;
  return plan > usage ? "catalog" : "usage";
}
