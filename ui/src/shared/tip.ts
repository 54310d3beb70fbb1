// One small popover for the whole window: pointing at or focusing an element shows a line or two about it,
// Escape hides it, and the pointer may move into it to read. It is described to a screen reader through
// `aria-describedby`. Text only: nothing that needs a click may live only here.
import type { Attachment } from "svelte/attachments";

export interface TipText {
  title?: string;
  lines: readonly string[];
}

const TIP_ID = "tip";
const GAP_PX = 6;
const EDGE_PX = 8;
/** Long enough to move the pointer from the element into its tip. */
const LEAVE_MS = 80;

let shownFor: Element | null = null;
let leaving: ReturnType<typeof setTimeout> | undefined;

export function tip(text: () => TipText | null): Attachment<Element> {
  return (element) => {
    const show = () => {
      const found = text();
      if (found !== null) showTip(element, found);
    };
    const leave = () => hideSoon(element);
    const hide = () => hideTip(element);
    const onKey = (event: Event) => {
      if (event instanceof KeyboardEvent && event.key === "Escape" && shownFor === element) {
        event.stopPropagation();
        hideTip(element);
      }
    };
    element.addEventListener("pointerenter", show);
    element.addEventListener("pointerleave", leave);
    element.addEventListener("focusin", show);
    element.addEventListener("focusout", hide);
    element.addEventListener("keydown", onKey);
    return () => {
      hideTip(element);
      element.removeEventListener("pointerenter", show);
      element.removeEventListener("pointerleave", leave);
      element.removeEventListener("focusin", show);
      element.removeEventListener("focusout", hide);
      element.removeEventListener("keydown", onKey);
    };
  };
}

function showTip(element: Element, { title, lines }: TipText): void {
  clearTimeout(leaving);
  if (shownFor !== null && shownFor !== element) hideTip(shownFor);
  const box = tipBox();
  box.replaceChildren();
  if (title !== undefined) box.append(paragraph("tip-title", title));
  for (const line of lines) box.append(paragraph("tip-line", line));
  shownFor = element;
  element.setAttribute("aria-describedby", TIP_ID);
  box.hidden = false;
  place(box, element);
}

function hideSoon(element: Element): void {
  clearTimeout(leaving);
  leaving = setTimeout(() => hideTip(element), LEAVE_MS);
}

function hideTip(element: Element): void {
  if (shownFor !== element) return;
  clearTimeout(leaving);
  element.removeAttribute("aria-describedby");
  shownFor = null;
  tipBox().hidden = true;
}

function tipBox(): HTMLElement {
  const known = document.getElementById(TIP_ID);
  if (known !== null) return known;
  const box = document.createElement("div");
  box.id = TIP_ID;
  box.className = "tip";
  box.setAttribute("role", "tooltip");
  box.hidden = true;
  box.addEventListener("pointerenter", () => clearTimeout(leaving));
  box.addEventListener("pointerleave", () => {
    if (shownFor !== null) hideSoon(shownFor);
  });
  // A scrolled element would leave its tip behind.
  addEventListener("scroll", () => shownFor !== null && hideTip(shownFor), { capture: true, passive: true });
  document.body.append(box);
  return box;
}

function paragraph(className: string, text: string): HTMLElement {
  const element = document.createElement("p");
  element.className = className;
  element.textContent = text;
  return element;
}

/** Below the element, or above where there is no room; never over the window's edge. */
function place(box: HTMLElement, element: Element): void {
  const target = element.getClientRects()[0] ?? element.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const left = Math.max(EDGE_PX, Math.min(target.left, innerWidth - width - EDGE_PX));
  const below = target.bottom + GAP_PX;
  const top = below + height + EDGE_PX <= innerHeight ? below : target.top - height - GAP_PX;
  box.style.setProperty("left", `${Math.round(left)}px`);
  box.style.setProperty("top", `${Math.round(Math.max(EDGE_PX, top))}px`);
}
