// A conversation is a tree: an edited question and a regenerated answer are further children of the same
// parent. Which branch is shown follows from the messages and from what the person has chosen at each fork,
// and from nothing else. Nothing here is to be called per token or per key: it costs what the conversation
// is long.
import type { ChatMessage, MessageId } from "../../protocol";

/** `null` stands for the conversation's beginning. */
type Parent = MessageId | null;

export interface Tree {
  readonly byId: ReadonlyMap<MessageId, ChatMessage>;
  /** In the order in which they were written. */
  readonly children: ReadonlyMap<Parent, readonly MessageId[]>;
}

/** The child that was chosen of each parent that has more than one. */
export type Choices = ReadonlyMap<Parent, MessageId>;

export const emptyTree: Tree = { byId: new Map(), children: new Map() };

/** `messages` in the order in which they were written. One whose parent is missing begins a branch. */
export function treeOf(messages: readonly ChatMessage[]): Tree {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const children = new Map<Parent, MessageId[]>();
  for (const { id, parent } of byId.values()) {
    const above = parent !== null && byId.has(parent) ? parent : null;
    const beside = children.get(above);
    if (beside === undefined) children.set(above, [id]);
    else beside.push(id);
  }
  return { byId, children };
}

/** With the message added, or in the place of the one that has its id. */
export function withMessage(tree: Tree, message: ChatMessage): Tree {
  const byId = new Map(tree.byId).set(message.id, message);
  if (tree.byId.has(message.id)) return { byId, children: tree.children };
  const above = message.parent !== null && byId.has(message.parent) ? message.parent : null;
  const children = new Map(tree.children).set(above, [...(tree.children.get(above) ?? []), message.id]);
  return { byId, children };
}

/** From the first message to the last; where nothing was chosen, the newest child goes on. */
export function branchOf(tree: Tree, choices: Choices): MessageId[] {
  const branch: MessageId[] = [];
  let at: Parent = null;
  // Counted, because a damaged file may go round in circles.
  while (branch.length < tree.byId.size) {
    const beside: readonly MessageId[] = tree.children.get(at) ?? [];
    const chosen = choices.get(at);
    const next = chosen !== undefined && beside.includes(chosen) ? chosen : beside.at(-1);
    if (next === undefined) break;
    branch.push(next);
    at = next;
  }
  return branch;
}

/** All branches that begin beside this message, itself among them. */
export function besides(tree: Tree, id: MessageId): readonly MessageId[] {
  return tree.children.get(parentIn(tree, id)) ?? [id];
}

/** The choices with which the branch leads through this message. */
export function leadingTo(tree: Tree, choices: Choices, id: MessageId): Choices {
  const changed = new Map(choices);
  let at: Parent = id;
  for (let steps = 0; at !== null && steps < tree.byId.size; steps += 1) {
    const above = parentIn(tree, at);
    changed.set(above, at);
    at = above;
  }
  return changed;
}

function parentIn(tree: Tree, id: MessageId): Parent {
  const parent = tree.byId.get(id)?.parent ?? null;
  return parent !== null && tree.byId.has(parent) ? parent : null;
}
