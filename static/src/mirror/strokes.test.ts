import { expect, test } from "vitest";
import { acceptUpdate, opacityAt, smoothPath } from "./strokes";

const update = { id: "a", tool: "pen", node: 3, x: 10, y: 20, points: [[1, 2]] };

test("an update is taken as it is", () => {
  expect(acceptUpdate(update)).toEqual({ id: "a", node: 3, x: 10, y: 20, points: [[1, 2]] });
  expect(acceptUpdate({ ...update, points: [] })?.points).toEqual([]);
});

test.each([
  ["nothing", null],
  ["a text", "stroke"],
  ["no id", { ...update, id: "" }],
  ["a long id", { ...update, id: "x".repeat(65) }],
  ["an id that is no text", { ...update, id: 7 }],
  ["a negative node", { ...update, node: -1 }],
  ["half a node", { ...update, node: 1.5 }],
  ["no place", { ...update, x: undefined }],
  ["a place out of numbers", { ...update, y: Number.NaN }],
  ["points that are none", { ...update, points: "1 2" }],
  ["a point of three", { ...update, points: [[1, 2, 3]] }],
  ["a text for a number", { ...update, points: [["1", 2]] }],
  ["an endless number", { ...update, points: [[1, Number.POSITIVE_INFINITY]] }],
  ["a huge number", { ...update, points: [[1, 1e9]] }],
  ["too many points", { ...update, points: Array(501).fill([1, 2]) }],
])("%s is refused", (_, hostile) => expect(acceptUpdate(hostile)).toBeNull());

test("paths", () => {
  expect(smoothPath([])).toBe("");
  expect(smoothPath([[1, 2]])).toBe("M1 2h0.01");
  expect(
    smoothPath([
      [0, 0],
      [10, 5.55555],
    ]),
  ).toBe("M0 0L10 5.6");
  expect(
    smoothPath([
      [0, 0],
      [10, 0],
      [10, 10],
      [20, 10],
    ]),
  ).toBe("M0 0Q10 0 10 5Q10 10 15 10L20 10");
});

test("a stroke fades at the end of its life", () => {
  expect(opacityAt(0, 2000, false)).toBe(1);
  expect(opacityAt(1500, 2000, false)).toBe(1);
  expect(opacityAt(1750, 2000, false)).toBe(0.5);
  expect(opacityAt(2000, 2000, false)).toBe(0);
  expect(opacityAt(1999, 2000, true)).toBe(1);
  expect(opacityAt(2000, 2000, true)).toBe(0);
});
