import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Pen } from "./pen";

const draw = vi.fn();
const publish = vi.fn();
let pen: Pen;

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetAllMocks();
  const anchorAt = () => ({ node: 7, left: 100, top: 50, x: 200, y: 900 });
  pen = new Pen({ surface: { anchorAt, scale: 0.5 }, newID: () => "s1", draw, publish });
});

afterEach(() => {
  vi.useRealTimers();
});

it("draws each point at once, relative to the anchor in the page's own pixels", () => {
  pen.begin(110, 60);
  pen.move(120, 60);
  expect(draw.mock.calls.map(([piece]) => piece.points)).toEqual([[[20, 20]], [[40, 20]]]);
  expect(draw.mock.calls[0]?.[0]).toMatchObject({ id: "s1", tool: "pen", node: 7, x: 200, y: 900 });
});

it("sends pieces at a pace, and the rest at the end", () => {
  pen.begin(110, 60);
  for (let i = 1; i < 10; i++) pen.move(110 + i, 60);
  expect(publish).not.toHaveBeenCalled();
  vi.advanceTimersByTime(33);
  expect(publish).toHaveBeenCalledOnce();
  expect(publish.mock.calls[0]?.[0].points).toHaveLength(10);
  pen.move(140, 60);
  pen.end();
  expect(publish).toHaveBeenLastCalledWith(expect.objectContaining({ points: [[80, 20]], done: true }));
  vi.advanceTimersByTime(1000);
  expect(publish).toHaveBeenCalledTimes(2);
});

it("makes a dot of a click, and nothing of a move without one", () => {
  pen.move(1, 1);
  pen.end();
  expect(draw).not.toHaveBeenCalled();
  pen.begin(110, 60);
  pen.move(110.1, 60);
  pen.end();
  expect(draw).toHaveBeenCalledOnce();
  expect(publish).toHaveBeenCalledOnce();
});
