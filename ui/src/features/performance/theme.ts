// Whether the window is dark, for what is painted outside CSS. By the rule of tokens.css: the system's
// choice, unless `data-theme` on the root element overrides it.

/** Calls back at once and on every change, until the returned function is called. */
export function watchDark(onChange: (dark: boolean) => void): () => void {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const tell = () => onChange(root.dataset.theme === undefined ? system.matches : root.dataset.theme === "dark");

  const observer = new MutationObserver(tell);
  observer.observe(root, { attributeFilter: ["data-theme"] });
  system.addEventListener("change", tell);
  tell();
  return () => {
    observer.disconnect();
    system.removeEventListener("change", tell);
  };
}
