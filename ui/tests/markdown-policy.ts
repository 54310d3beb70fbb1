// What an answer may be in the page, told again from the outside, so that a mistake in how it is drawn shows;
// and the places of a text in which hostile words are tried.

const PLAIN = "p h3 h4 h5 h6 hr blockquote ul li table thead tbody tr em strong del br code".split(" ");
const CLASSES = new Set("markdown streaming page code head language text-button scroll citation claim doubt left center right".split(" "));

/** The attributes of each element that there may be, beside `class`. */
const ATTRIBUTES: Record<string, readonly string[]> = {
  ...Object.fromEntries(PLAIN.map((tag) => [tag, []])),
  div: ["tabindex", "role", "aria-label", "aria-busy"],
  span: [],
  pre: ["tabindex", "role", "aria-label"],
  ol: ["start"],
  th: ["scope"],
  td: [],
  a: ["href", "title", "rel", "draggable"],
  mark: ["role", "aria-label", "tabindex"],
  button: ["type", "aria-label", "data-testid"],
};

/** What an element is that it may not be, or null. */
export function offence(element: Element): string | null {
  const allowed = ATTRIBUTES[element.localName];
  if (allowed === undefined || element.namespaceURI !== "http://www.w3.org/1999/xhtml") return `<${element.localName}>`;
  for (const { name, value } of element.attributes) {
    if (name === "class") {
      const foreign = value.split(/\s+/).find((one) => one !== "" && !CLASSES.has(one) && !/^svelte-\w+$/.test(one));
      if (foreign !== undefined) return `class "${foreign}"`;
    } else if (!allowed.includes(name)) {
      return `${element.localName}[${name}]`;
    }
  }
  const address = element.getAttribute("href");
  if (element.localName === "a" && (address === null || !/^(?:https?:\/\/|mailto:)/i.test(address))) return `href "${address}"`;
  return null;
}

/** The words where a model could put them. */
export function settings(hostile: string): Record<string, string> {
  const line = hostile.replaceAll(/\s*[\r\n]+\s*/g, " ");
  return {
    "a text": hostile,
    "a link's words": `[${line}](https://example.org)`,
    "a link's address": `[words](<${line.replaceAll(/[<>]/g, "")}>) [words](${line.replaceAll(" ", "%20")})`,
    "a link's title": `[words](https://example.org "${line.replaceAll('"', "'")}") [words](https://example.org '${line.replaceAll("'", '"')}')`,
    "an automatic link": `<${line}> <https://example.org/${line.replaceAll(/[\s<>]/g, "")}>`,
    "a definition": `[x]: <${line.replaceAll(/[<>]/g, "")}>\n\n[x] ![x] [${line}][x]`,
    "a code span": `\`\` ${line} \`\``,
    "a code block": `\`\`\`${line.replaceAll("`", "")}\n${hostile}\n\`\`\``,
    "a cell": `| a | ${line.replaceAll("|", "\\|")} |\n|---|---|\n| ${line.replaceAll("|", "\\|")} | b |`,
    "a list and a quotation": `> - ${line}\n>   # ${line}`,
    "a picture's address": `![words](<${line.replaceAll(/[<>]/g, "")}>) ![words](${line.replaceAll(" ", "%20")})`,
    "a picture's words": `![${line}](https://example.org/p.png)`,
  };
}
