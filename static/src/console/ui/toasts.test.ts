import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Toasts } from "./toasts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const keys = (toasts: Toasts) => toasts.shown.value.map((toast) => toast.key);

it("lets toasts leave by themselves, but not those that stay", () => {
  const toasts = new Toasts();
  toasts.show({ key: "a", message: "A" });
  toasts.show({ key: "b", message: "B", stays: true });
  vi.advanceTimersByTime(60_000);
  expect(keys(toasts)).toEqual(["b"]);
  toasts.dismiss("b");
  expect(keys(toasts)).toEqual([]);
});

it("keeps a toast while it is held", () => {
  const toasts = new Toasts();
  toasts.show({ key: "a", message: "A" });
  toasts.hold("a");
  vi.advanceTimersByTime(60_000);
  expect(keys(toasts)).toEqual(["a"]);
  toasts.resume("a");
  vi.advanceTimersByTime(60_000);
  expect(keys(toasts)).toEqual([]);
});

it("replaces a toast of the same key and drops the oldest of too many", () => {
  const toasts = new Toasts();
  for (const key of ["a", "b", "a", "c", "d", "e"]) toasts.show({ key, message: key });
  expect(keys(toasts)).toEqual(["c", "d", "e"]);
});
