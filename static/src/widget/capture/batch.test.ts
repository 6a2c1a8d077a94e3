import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Batch } from "./batch";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

/** Lets the event loop turn until it holds. */
async function turns(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((turn) => setImmediate(turn));
}

test("the first goes out in the next task, what follows together", async () => {
  const sent: number[][] = [];
  const batch = new Batch<number>((items) => sent.push(items), 20);
  batch.add(1);
  batch.add(2);
  expect(sent).toEqual([]);
  await turns(() => sent.length > 0);
  expect(sent).toEqual([[1, 2]]);
  batch.add(3);
  batch.add(4);
  expect(batch.last).toBe(4);
  batch.replaceLast(5);
  vi.advanceTimersByTime(19);
  expect(sent).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(sent).toEqual([
    [1, 2],
    [3, 5],
  ]);
  batch.close();
});

test("a flush sends what there is, in order, and once", () => {
  const sent: number[][] = [];
  const batch = new Batch<number>((items) => sent.push(items), 20);
  batch.add(1);
  batch.flush();
  batch.flush();
  batch.add(2);
  batch.drop();
  vi.advanceTimersByTime(50);
  expect(sent).toEqual([[1]]);
  batch.close();
});
