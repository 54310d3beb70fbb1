// Files that the person drops: which kind they are.

export type FileKind = "usage" | "catalog";

const SNIFFED_BYTES = 4096;
const PLAN_WORDS = /plan|price|rate|tariff|supplier|provider|contract|term/gi;
const USAGE_WORDS = /kwh|usage|consumption|load|month|hour|meter|reading|home|seq/gi;

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
