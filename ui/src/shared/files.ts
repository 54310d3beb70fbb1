// Reading files that the person opens or drops, and what came of it.

/** What came of the last file of a kind. */
export type ImportState<Imported> =
  | { kind: "none" }
  | { kind: "reading"; fileName: string }
  | { kind: "done"; fileName: string; imported: Imported }
  | { kind: "failed"; fileName: string; message: string };

/** A file that the browser can't read is mostly a folder. */
export class UnreadableFile extends Error {}

export async function readFile(file: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new UnreadableFile(
      `“${file.name}” could not be read. If it is a folder, open the file inside it; else check that you may read it.`,
    );
  }
}
