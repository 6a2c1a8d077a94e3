import { expect, it } from "vitest";
import { parsePointer, parseStroke } from "./inbound";

it("takes a tab's mouse and nothing else", () => {
  expect(parsePointer({ x: 1.5, y: 2, down: true })).toEqual({ x: 1.5, y: 2, down: true });
  for (const bad of [null, 3, [], {}, { x: "1", y: 2 }, { x: Number.NaN, y: 2 }, { on: 4, x: 1, y: 2 }]) {
    expect(parsePointer(bad)).toBeNull();
  }
});

it("takes a stroke that is whole", () => {
  const stroke = { on: 1, id: "a", tool: "pen", node: 0, x: 0, y: 0, points: [[1, 2]], done: false };
  expect(parseStroke(stroke)).toEqual(stroke);
  const bad = [
    null,
    "pen",
    { ...stroke, tool: "bomb" },
    { ...stroke, id: "" },
    { ...stroke, on: -1 },
    { ...stroke, node: 1.5 },
    { ...stroke, x: Number.POSITIVE_INFINITY },
    { ...stroke, points: [[1]] },
    { ...stroke, points: [["1", 2]] },
    { ...stroke, points: new Array(3000).fill([0, 0]) },
  ];
  for (const payload of bad) expect(parseStroke(payload)).toBeNull();
});
