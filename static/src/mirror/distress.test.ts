import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Distress } from "./distress";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the first call comes at once, the next ones at growing distances", () => {
  const calls: number[] = [];
  const start = performance.now();
  const distress = new Distress(() => calls.push(Math.round(performance.now() - start)));
  for (let at = 0; at < 8000; at += 100) {
    distress.raise("lost");
    vi.advanceTimersByTime(100);
  }
  expect(calls).toEqual([0, 500, 1500, 3500, 7500]);
});

test("a call that waits is dropped when a picture has come", () => {
  const call = vi.fn();
  const distress = new Distress(call);
  distress.raise("a");
  distress.raise("b");
  distress.settle();
  vi.advanceTimersByTime(60_000);
  expect(call.mock.calls).toEqual([["a"]]);
});

test("long after, it is as new", () => {
  const call = vi.fn();
  const distress = new Distress(call);
  for (let i = 0; i < 20; i++) {
    distress.raise("a");
    vi.advanceTimersByTime(30_000);
  }
  vi.advanceTimersByTime(61_000);
  call.mockClear();
  distress.raise("b");
  distress.raise("c");
  vi.advanceTimersByTime(1000);
  expect(call.mock.calls).toEqual([["b"], ["c"]]);
});
