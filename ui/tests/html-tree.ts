// Compares what is shown with HTML that a specification expects: both become trees in which only what means
// something is left, and the expected one is brought to what an answer may be.
export type Tree = string | { tag: string; attributes: Record<string, string>; children: Tree[] };

export type Objection = "link scheme" | "image";

const BLOCKS = new Set("p h3 h4 h5 h6 hr pre blockquote ul ol li table thead tbody tr th td".split(" "));
const HEADINGS: Record<string, string> = { h1: "h3", h2: "h4", h3: "h5", h4: "h6", h5: "h6", h6: "h6" };
const ALLOWED = /^(?:https?:\/\/|mailto:)/i;

/** What `Markdown.svelte` drew, without what it adds around code, tables and links. */
export function shownTree(root: Element): Tree[] {
  return withoutEdges(tidy(shown(root)));
}

/** What the specification expects, as far as an answer may be it, and what an answer may not. */
export function expectedTree(html: string): { tree: Tree[]; objections: Set<Objection> } {
  const template = document.createElement("template");
  template.innerHTML = html;
  const objections = new Set<Objection>();
  return { tree: withoutEdges(tidy(expected(template.content, false, objections))), objections };
}

function shown(parent: Element): Tree[] {
  return [...parent.childNodes].flatMap((node): Tree[] => {
    if (node instanceof Text) return [node.data];
    if (!(node instanceof Element)) return [];
    if (node.matches("div.page, div.scroll")) return shown(node);
    if (node.matches("div.code")) {
      const language = node.querySelector(".language")?.textContent ?? "";
      const code: Tree = {
        tag: "code",
        attributes: language === "" ? {} : { class: `language-${language}` },
        children: [node.querySelector("code")?.textContent ?? ""],
      };
      return [{ tag: "pre", attributes: {}, children: [code] }];
    }
    return [{ tag: node.localName, attributes: shownAttributes(node), children: shown(node) }];
  });
}

function shownAttributes(element: Element): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const { name, value } of element.attributes) {
    const classes = value.split(" ").filter((name) => name !== "" && !name.startsWith("svelte-"));
    if (name !== "class") attributes[name] = value;
    else if (classes.length > 0) attributes[element.matches("th, td") ? "align" : "class"] = classes.join(" ");
  }
  switch (element.localName) {
    case "th":
      delete attributes["scope"];
      break;
    case "ol":
      if (attributes["start"] === "1") delete attributes["start"];
      break;
    case "a": {
      if (attributes["rel"] === "noopener noreferrer") delete attributes["rel"];
      if (attributes["draggable"] === "false") delete attributes["draggable"];
      const title = attributes["title"] ?? "";
      const address = attributes["href"] ?? "";
      if (title === address) delete attributes["title"];
      else attributes["title"] = title.endsWith(` (${address})`) ? title.slice(0, -address.length - 3) : `wrong: ${title}`;
      break;
    }
  }
  return attributes;
}

function expected(parent: ParentNode & Node, inLink: boolean, objections: Set<Objection>): Tree[] {
  return [...parent.childNodes].flatMap((node): Tree[] => {
    if (node instanceof Text) return [node.data];
    if (!(node instanceof Element)) return [];
    const attributes = Object.fromEntries([...node.attributes].map(({ name, value }) => [name, value]));
    if (node.localName === "img") {
      objections.add("image");
      return image(attributes, inLink);
    }
    const isRefused = node.localName === "a" && !ALLOWED.test(attributes["href"] ?? "");
    if (isRefused) objections.add("link scheme");
    const children = expected(node, inLink || (node.localName === "a" && !isRefused), objections);
    return isRefused ? children : [{ tag: HEADINGS[node.localName] ?? node.localName, attributes, children }];
  });
}

/** Its words as a link to it. */
function image({ src = "", alt = "", title }: Record<string, string>, inLink: boolean): Tree[] {
  if (inLink || !ALLOWED.test(src)) return [alt];
  const attributes: Record<string, string> = title === undefined ? { href: src } : { href: src, title };
  return [{ tag: "a", attributes, children: [alt === "" ? src : alt] }];
}

/** Joins texts, and drops the white space around blocks. */
function tidy(children: Tree[], isPre = false): Tree[] {
  const joined: Tree[] = [];
  for (const child of children) {
    const last = joined.at(-1);
    if (typeof child === "string" && typeof last === "string") joined[joined.length - 1] = last + child;
    else joined.push(child);
  }
  const isBlock = (tree: Tree | undefined) => typeof tree === "object" && BLOCKS.has(tree.tag);
  return joined.flatMap((child, index): Tree[] => {
    if (typeof child !== "string") {
      const inner = tidy(child.children, isPre || child.tag === "pre");
      const edges = isBlock(child) && child.tag !== "pre" ? withoutEdges(inner) : inner;
      return [{ ...child, children: edges }];
    }
    if (isPre) return child === "" ? [] : [child];
    const last = joined[index - 1];
    const isBreak = typeof last === "object" && last.tag === "br";
    const before = isBlock(last) || isBreak ? child.replace(/^[ \n]+/, "") : child;
    const text = isBlock(joined[index + 1]) ? before.replace(/[ \n]+$/, "") : before;
    return text === "" ? [] : [text];
  });
}

function withoutEdges(children: Tree[]): Tree[] {
  return children
    .map((child, index) => {
      if (typeof child !== "string") return child;
      const start = index === 0 ? child.replace(/^[ \n]+/, "") : child;
      return index === children.length - 1 ? start.replace(/[ \n]+$/, "") : start;
    })
    .filter((child) => child !== "");
}
