import { describe, expect, it } from "vitest";
import { type Area, isRecord, Slot } from "./slot";

function area(stored: Map<string, string> = new Map(), broken = { value: false }): Area {
  const check = () => {
    if (broken.value) throw new DOMException("denied", "SecurityError");
  };
  return {
    getItem(key) {
      check();
      return stored.get(key) ?? null;
    },
    setItem(key, value) {
      check();
      stored.set(key, value);
    },
  };
}

const parse = (value: unknown) => ({
  count: isRecord(value) && typeof value.count === "number" ? value.count : 0,
});

describe("a slot", () => {
  it("keeps a value for other pages", () => {
    const stored = new Map<string, string>();
    new Slot(() => area(stored), "k", parse).set({ count: 3 });
    expect(new Slot(() => area(stored), "k", parse).get()).toEqual({ count: 3 });
  });

  it.each(["", "{", "null", "[]", '"x"', '{"count":"3"}'])("makes nothing of %j", (json) => {
    expect(new Slot(() => area(new Map([["k", json]])), "k", parse).get()).toEqual({ count: 0 });
  });

  it("works within the page where storage is blocked", () => {
    const slot = new Slot(
      () => {
        throw new DOMException("denied", "SecurityError");
      },
      "k",
      parse,
    );
    expect(slot.get()).toEqual({ count: 0 });
    slot.set({ count: 2 });
    expect(slot.get()).toEqual({ count: 2 });
  });

  it("works on when storage fails on the way", () => {
    const broken = { value: false };
    const slot = new Slot(() => area(new Map(), broken), "k", parse);
    slot.set({ count: 1 });
    broken.value = true;
    slot.set({ count: 2 });
    broken.value = false;
    expect(slot.get()).toEqual({ count: 2 });
  });
});
