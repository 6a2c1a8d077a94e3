import { expect, test } from "vitest";
import { fitInto } from "./geometry";

test.each([
  { box: [800, 600], page: [800, 600], want: { scale: 1, left: 0, top: 0, width: 800, height: 600 } },
  { box: [800, 600], page: [1600, 900], want: { scale: 0.5, left: 0, top: 75, width: 800, height: 450 } },
  { box: [800, 600], page: [400, 300], want: { scale: 1, left: 200, top: 150, width: 400, height: 300 } },
  { box: [800, 600], page: [400, 1200], want: { scale: 0.5, left: 300, top: 0, width: 200, height: 600 } },
  { box: [0, 600], page: [400, 1200], want: { scale: 0, left: 0, top: 300, width: 0, height: 0 } },
])("a page of $page fits into $box", ({ box, page, want }) => {
  expect(fitInto({ width: box[0] ?? 0, height: box[1] ?? 0 }, page[0] ?? 0, page[1] ?? 0)).toEqual(want);
});

test("a small page may grow when asked", () => {
  expect(fitInto({ width: 800, height: 600 }, 400, 300, 2).scale).toBe(2);
});
