import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Connection } from "./connection";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

it("says nothing of the first connecting and of a blink", () => {
  const connection = new Connection();
  connection.set({ kind: "connecting" });
  vi.advanceTimersByTime(5000);
  expect(connection.lost.value).toBeNull();
  connection.set({ kind: "open" });
  connection.set({ kind: "retrying", at: 1 });
  vi.advanceTimersByTime(300);
  connection.set({ kind: "connecting" });
  connection.set({ kind: "open" });
  vi.advanceTimersByTime(5000);
  expect(connection.lost.value).toBeNull();
});

it("stays lost from one try to the next until it is open", () => {
  const connection = new Connection();
  connection.set({ kind: "retrying", at: 1000 });
  vi.advanceTimersByTime(700);
  expect(connection.lost.value).toBe(1000);
  connection.set({ kind: "connecting" });
  expect(connection.lost.value).toBe(0);
  connection.set({ kind: "retrying", at: 9000 });
  expect(connection.lost.value).toBe(9000);
  connection.set({ kind: "open" });
  expect(connection.lost.value).toBeNull();
});

it("is not lost but over when it is closed for good", () => {
  const connection = new Connection();
  connection.set({ kind: "retrying", at: 1000 });
  connection.set({ kind: "closed", reason: null });
  vi.advanceTimersByTime(5000);
  expect(connection.lost.value).toBeNull();
});
