import type { addedNodeMutation, mutationData } from "@rrweb/types";
import fc from "fast-check";
import { expect, test } from "vitest";
import { arrange, type Built } from "./arrange";

const add = (id: number, parentId: number, nextId: number | null = null, rootId?: number) =>
  ({
    parentId,
    nextId,
    node: { id, rootId, type: 2, tagName: "p", attributes: {}, childNodes: [] },
  }) as unknown as addedNodeMutation;

const mutation = (change: Partial<mutationData>): mutationData => ({
  source: 0,
  adds: [],
  removes: [],
  texts: [],
  attributes: [],
  ...change,
});

/** 1 holds 2 and 3, 3 holds 4. */
const built: Built = { has: (id) => id >= 1 && id <= 4, within: (id) => (id === 3 ? [3, 4] : [id]) };
const ids = (data: mutationData) => data.adds.map(({ node }) => node.id);

test("what is in order stays so", () => {
  const data = mutation({ adds: [add(11, 1), add(12, 11), add(10, 1, 11)] });
  expect(arrange(data, built)).toBe(false);
  expect(ids(data)).toEqual([11, 12, 10]);
});

test("parents and next siblings come first", () => {
  const data = mutation({ adds: [add(12, 11), add(10, 1, 11), add(11, 1)] });
  expect(arrange(data, built)).toBe(false);
  expect(ids(data)).toEqual([11, 12, 10]);
});

test.each([
  ["an unknown parent", [add(10, 99)]],
  ["no parent", [add(10, -1)]],
  ["an unknown next sibling", [add(10, 1, 99)]],
  ["a next sibling that cannot be placed", [add(10, 1, 11), add(11, 99)]],
  ["an unknown document", [add(10, 1, null, 99)]],
  ["a circle", [add(10, 11), add(11, 10)]],
  ["a circle of siblings", [add(10, 1, 11), add(11, 1, 10)]],
  ["a node within itself", [add(10, 10)]],
])("%s is left out, and told", (_, adds) => {
  const data = mutation({ adds: [...adds, add(20, 1)] });
  expect(arrange(data, built)).toBe(true);
  expect(ids(data)).toEqual([20]);
});

test("a node may move, with what is in it", () => {
  const data = mutation({ removes: [{ parentId: 1, id: 3 }], adds: [add(3, 2), add(4, 3)] });
  expect(arrange(data, built)).toBe(false);
  expect(ids(data)).toEqual([3, 4]);
});

test("nothing can be placed in what is removed", () => {
  const data = mutation({ removes: [{ parentId: 1, id: 3 }], adds: [add(10, 4), add(11, 1, 4)] });
  expect(arrange(data, built)).toBe(true);
  expect(ids(data)).toEqual([]);
});

test("a removal of what is not there changes nothing", () => {
  const data = mutation({ removes: [{ parentId: 1, id: 99 }], texts: [{ id: 2, value: "x" }] });
  expect(arrange(data, built)).toBe(false);
  expect(data.removes).toEqual([]);
  expect(data.texts).toHaveLength(1);
});

test("changes of unknown nodes are left out, and told; of removed ones, left out", () => {
  expect(arrange(mutation({ texts: [{ id: 99, value: "x" }] }), built)).toBe(true);
  expect(arrange(mutation({ attributes: [{ id: 99, attributes: {} }] }), built)).toBe(true);
  const data = mutation({ removes: [{ parentId: 1, id: 3 }], attributes: [{ id: 4, attributes: {} }] });
  expect(arrange(data, built)).toBe(false);
  expect(data.attributes).toEqual([]);
});

test("whatever the order and the links, each node comes after what it needs", () => {
  const id = fc.integer({ min: 1, max: 12 });
  const anyAdd = fc.tuple(id, id, fc.option(id)).map(([node, parent, next]) => add(node, parent, next));
  fc.assert(
    fc.property(fc.array(anyAdd), (adds) => {
      const data = mutation({ adds });
      arrange(data, built);
      const placed = new Set([1, 2, 3, 4].filter((known) => !ids(data).includes(known)));
      for (const { node, parentId, nextId } of data.adds) {
        expect(placed.has(parentId) && (nextId === null || placed.has(nextId))).toBe(true);
        placed.add(node.id);
      }
    }),
  );
});
