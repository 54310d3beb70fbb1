// Hands the person a file that was made in the page.

export function download(blob: Blob, fileName: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser reads the file after the click has been handled; a URL that is gone by then saves nothing.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
