// Trees as a list of `id:parent` in, the branch that is shown out.
import { describe, expect, it } from "vitest";

import type { ChatMessage } from "../../protocol";
import { besides, branchOf, emptyTree, leadingTo, treeOf, withMessage, type Choices } from "./branches";

/** `a b:a c:a`: a begins, b and c follow it. */
function messages(written: string): ChatMessage[] {
  return written.split(" ").map((each) => {
    const [id = "", parent = null] = each.split(":");
    return { id, parent, author: "person", text: id, state: "done", at: "2026-01-05T14:30:00Z", answer: null };
  });
}

function check(written: string, choices: Choices, branch: string): void {
  expect(branchOf(treeOf(messages(written)), choices).join(" ")).toBe(branch);
}

describe("the branch that is shown", () => {
  it("is the whole conversation where nothing forks", () => check("q1 a1:q1 q2:a1 a2:q2", new Map(), "q1 a1 q2 a2"));

  it("follows the newest where nothing was chosen", () => check("q1 a1:q1 q2:a1 b1:q1", new Map(), "q1 b1"));

  it("follows what was chosen, and below it the newest", () => {
    check("q1 a1:q1 q2:a1 q3:a1 b1:q1", new Map([["q1", "a1"]]), "q1 a1 q3");
  });

  it("may fork at the very first message", () => {
    check("q1 a1:q1 q2 a2:q2", new Map(), "q2 a2");
    check("q1 a1:q1 q2 a2:q2", new Map([[null, "q1"]]), "q1 a1");
  });

  it("ignores a choice that isn't there any more", () => check("q1 a1:q1", new Map([["q1", "gone"]]), "q1 a1"));

  it("is empty where nothing was written", () => expect(branchOf(emptyTree, new Map())).toEqual([]));

  it("begins with a message whose parent is missing, and ends where a damaged file goes round", () => {
    check("a1:gone q2:a1", new Map(), "a1 q2");
    check("a:b b:a", new Map(), "");
  });
});

describe("a message", () => {
  it("that is added follows its parent and leaves the tree before as it was", () => {
    const before = treeOf(messages("q1 a1:q1"));
    const [added] = messages("q2:a1");
    if (added === undefined) throw new Error("one message was written");
    expect(branchOf(withMessage(before, added), new Map())).toEqual(["q1", "a1", "q2"]);
    expect(branchOf(before, new Map())).toEqual(["q1", "a1"]);
  });

  it("that has changed keeps its place", () => {
    const tree = treeOf(messages("q1 a1:q1 b1:q1"));
    const [message] = messages("a1:q1");
    if (message === undefined) throw new Error("one message was written");
    const changed = withMessage(tree, { ...message, text: "more" });
    expect(besides(changed, "b1")).toEqual(["a1", "b1"]);
    expect(changed.byId.get("a1")?.text).toBe("more");
  });

  it("knows what was written in its place, by editing or by answering again", () => {
    const tree = treeOf(messages("q1 a1:q1 b1:q1 q2:a1 q3:a1 q4"));
    expect(besides(tree, "a1")).toEqual(["a1", "b1"]);
    expect(besides(tree, "q3")).toEqual(["q2", "q3"]);
    expect(besides(tree, "q4")).toEqual(["q1", "q4"]);
  });

  it("is led to through every fork above it", () => {
    const tree = treeOf(messages("q1 a1:q1 b1:q1 q2:a1 q3:a1 q4 a4:q4"));
    expect(branchOf(tree, leadingTo(tree, new Map(), "q2"))).toEqual(["q1", "a1", "q2"]);
    expect(branchOf(tree, leadingTo(tree, new Map([["q1", "a1"]]), "b1"))).toEqual(["q1", "b1"]);
  });
});
