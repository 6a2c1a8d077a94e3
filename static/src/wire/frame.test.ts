import { describe, expect, test } from "vitest";
import { compare, decodeFrame, encodeFrame, follows, isKeyframe, Malformed, streamKey } from "./frame";
import { channels } from "./tables.gen";
import { bytesOf, type Data, fixture, hexOf } from "./testing";

interface Fixtures {
  valid: {
    name: string;
    bytes: Data;
    frame: {
      channel: number;
      flags: number;
      source: number;
      epoch: number;
      seq: number;
      time: number;
      payload: Data;
    };
  }[];
  invalid: { name: string; bytes: Data }[];
}

const { valid, invalid } = fixture<Fixtures>("frames.json");

describe("frames, as Go has them", () => {
  test.each(valid)("$name", ({ bytes, frame }) => {
    const want = { ...frame, payload: bytesOf(frame.payload) };
    expect(hexOf(encodeFrame(want))).toBe(hexOf(bytesOf(bytes)));
    const { payload, ...rest } = decodeFrame(bytesOf(bytes));
    expect(rest).toEqual({ ...frame, payload: undefined });
    expect(hexOf(payload)).toBe(hexOf(want.payload));
  });

  test.each(invalid)("$name is malformed", ({ bytes }) => {
    expect(() => decodeFrame(bytesOf(bytes))).toThrow(Malformed);
  });

  test("a frame amid other bytes", () => {
    const one = valid[0];
    if (!one) throw new Error("no fixtures");
    const bytes = bytesOf(one.bytes);
    const amid = new Uint8Array(bytes.length + 7);
    amid.set(bytes, 3);
    expect(decodeFrame(amid.subarray(3, 3 + bytes.length))).toEqual(decodeFrame(bytes));
  });
});

test("a keyframe is told by its flag", () => {
  expect([0, 1, 2, 3, 0xfe].map((flags) => isKeyframe({ flags }))).toEqual([false, true, false, true, false]);
});

test("positions are in order of epoch, then number", () => {
  const order = [
    { epoch: 0, seq: 0 },
    { epoch: 1, seq: 1 },
    { epoch: 1, seq: 2 },
    { epoch: 2, seq: 1 },
    { epoch: 2, seq: 0xffffffff },
    { epoch: 0xffffffff, seq: 1 },
  ];
  expect([...order].reverse().sort(compare)).toEqual(order);
  expect(follows({ epoch: 1, seq: 1 }, { epoch: 1, seq: 2 })).toBe(true);
  expect(follows({ epoch: 1, seq: 1 }, { epoch: 1, seq: 1 })).toBe(false);
  expect(follows({ epoch: 1, seq: 1 }, { epoch: 1, seq: 3 })).toBe(false);
  expect(follows({ epoch: 1, seq: 1 }, { epoch: 2, seq: 2 })).toBe(false);
});

test("streams have their own keys", () => {
  const keys = [0, 1, 255, 256, 0xffff].flatMap((source) =>
    [0, 1, 255].map((channel) => streamKey({ source, channel })),
  );
  expect(new Set(keys).size).toBe(15);
});

test("a negative or broken clock gives a time all the same", () => {
  const frame = { channel: 1, flags: 0, source: 1, epoch: 1, seq: 1, payload: new Uint8Array() };
  expect(decodeFrame(encodeFrame({ ...frame, time: -5 })).time).toBe(0);
  expect(decodeFrame(encodeFrame({ ...frame, time: 12.9 })).time).toBe(12);
});

test("the table has what the code relies on", () => {
  for (const [, { priority, from, to }] of channels) {
    expect(from.length).toBeGreaterThan(0);
    expect(to.length).toBeGreaterThan(0);
    expect(priority).toBeGreaterThanOrEqual(0);
  }
});
