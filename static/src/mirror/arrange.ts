import type { addedNodeMutation, mutationData, serializedNodeWithId } from "@rrweb/types";

/** The nodes that have been built. */
export interface Built {
  has(id: number): boolean;
  /** The ids of a node and of all that is in it. */
  within(id: number): number[];
}

/**
 * Puts a mutation's added nodes into an order in which each can be built at
 * once, and takes out whatever refers to nodes that there are not. The
 * replayer would otherwise try again and again, for half a second, to find a
 * place for them.
 *
 * True: something was taken out, so the picture is no longer the page.
 */
export function arrange(data: mutationData, built: Built): boolean {
  // Nodes that are to be removed and are not there: the picture is as it should be.
  data.removes = data.removes.filter(({ id, parentId }) => built.has(id) && built.has(parentId));
  const gone = new Set(data.removes.flatMap(({ id }) => built.within(id)));
  const stays = (id: number) => built.has(id) && !gone.has(id);

  const adds = inOrder(data.adds, stays);
  let lost = adds.length < new Set(data.adds.map(({ node }) => node.id)).size;
  data.adds = adds;

  const added = new Set(adds.flatMap(({ node }) => idsIn(node)));
  const exists = ({ id }: { id: number }) => {
    const there = stays(id) || added.has(id);
    if (!there && !gone.has(id)) lost = true;
    return there;
  };
  data.texts = data.texts.filter(exists);
  data.attributes = data.attributes.filter(exists);
  return lost;
}

/** The added nodes that can be placed, each after all that it needs. (Kahn's algorithm) */
function inOrder(adds: addedNodeMutation[], stays: (id: number) => boolean): addedNodeMutation[] {
  const byId = new Map(adds.map((add) => [add.node.id, add]));
  const missing = new Map<addedNodeMutation, number>();
  const dependants = new Map<number, addedNodeMutation[]>();
  const ready: addedNodeMutation[] = [];
  for (const add of byId.values()) {
    const needs = needsOf(add);
    if (!needs.every((id) => byId.has(id) || stays(id))) continue;
    const others = needs.filter((id) => byId.has(id));
    missing.set(add, others.length);
    if (!others.length) ready.push(add);
    for (const id of others) {
      const list = dependants.get(id);
      if (list) list.push(add);
      else dependants.set(id, [add]);
    }
  }
  // What waits in a circle, or for what was left out, never gets its turn.
  for (const done of ready) {
    for (const next of dependants.get(done.node.id) ?? []) {
      const left = (missing.get(next) ?? 0) - 1;
      missing.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  return ready;
}

/** The nodes that must be there before this one can be placed. */
function needsOf(add: addedNodeMutation): number[] {
  const needs = new Set([add.parentId]);
  if (add.nextId !== null && add.nextId !== undefined) needs.add(add.nextId);
  if (add.node.rootId !== undefined) needs.add(add.node.rootId);
  return [...needs];
}

function idsIn(node: serializedNodeWithId): number[] {
  const children = (node as { childNodes?: serializedNodeWithId[] }).childNodes ?? [];
  return children.length ? [node.id, ...children.flatMap(idsIn)] : [node.id];
}
