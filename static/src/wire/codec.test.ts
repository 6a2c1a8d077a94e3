import { constants, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { Codec, type Payload } from "./codec";
import { Flag, type Frame, Malformed } from "./frame";
import { inflate } from "./inflate";
import { maxPayload } from "./tables.gen";
import { bytesOf, type Data, fixture } from "./testing";

interface Fixtures {
  valid: { name: string; flags: number; bytes: Data; text: { text: string; times?: number } }[];
  invalid: { name: string; flags: number; bytes: Data; limit: number; error: string }[];
}

const { valid, invalid } = fixture<Fixtures>("payloads.json");

const frame = ({ bytes, flags }: Payload): Frame => {
  return { channel: 6, source: 1, epoch: 1, seq: 1, time: 0, flags, payload: bytes };
};

describe("payloads, as Go has them", () => {
  const codec = new Codec(inflate);

  test.each(valid)("$name", ({ flags, bytes, text }) => {
    const want = text.text.repeat(text.times ?? 1);
    const got = codec.text(frame({ flags, bytes: bytesOf(bytes) }), Math.max(1, Buffer.byteLength(want)));
    expect(got === want).toBe(true);
  });

  test.each(invalid)("$name is malformed", ({ flags, bytes, limit }) => {
    expect(() => codec.text(frame({ flags, bytes: bytesOf(bytes) }), limit)).toThrow(Malformed);
  });
});

describe("encoding", () => {
  const codec = new Codec(inflate);
  const large = Array.from({ length: 4000 }, (_, i) => ({ type: 3, data: { source: 0, id: i, x: i * i } }));

  test("what is short goes as it is", async () => {
    const payload = await codec.encode({ typing: true });
    expect(payload.flags).toBe(0);
    expect(new TextDecoder().decode(payload.bytes)).toBe('{"typing":true}');
  });

  test("what is longer is deflated at once", () => {
    const payload = codec.encode(large.slice(0, 100));
    if (payload instanceof Promise) throw new Error("it comes later");
    expect(payload.flags).toBe(Flag.deflated);
    expect(payload.bytes.length).toBeLessThan(2000);
    expect(codec.json(frame(payload))).toEqual(large.slice(0, 100));
  });

  test("what is large is deflated by the browser, off the thread", async () => {
    const payload = codec.encode(large);
    expect(payload).toBeInstanceOf(Promise);
    expect(codec.json(frame(await payload))).toEqual(large);
  });

  test("or on it, by a browser that can't", () => {
    vi.stubGlobal("CompressionStream", undefined);
    try {
      const payload = codec.encode(large);
      if (payload instanceof Promise) throw new Error("it comes later");
      expect(codec.json(frame(payload))).toEqual(large);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test("whatever is JSON comes back", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (value) => {
        const payload = await codec.encode(value);
        expect(codec.json(frame(payload))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 300 },
    );
  });
});

describe("decoding", () => {
  const codec = new Codec(inflate);

  test("what is not JSON is malformed", () => {
    const bytes = new TextEncoder().encode("{");
    expect(() => codec.json(frame({ bytes, flags: 0 }))).toThrow(Malformed);
  });

  test("text longer than the window and the slices comes back whole", () => {
    for (const length of [32767, 32768, 32769, 300_000]) {
      const words = Array.from({ length }, (_, i) => `${(i * 7919) % 1013}`).join(" ");
      const bytes = deflateRawSync(words);
      expect(codec.text(frame({ bytes, flags: Flag.deflated })) === words).toBe(true);
    }
  });

  test("a bomb is refused before it has grown", () => {
    const piece = deflateRawSync(Buffer.alloc(16 << 20), { finishFlush: constants.Z_FULL_FLUSH });
    const bytes = new Uint8Array(Buffer.concat(Array(512).fill(piece))); // 8 GiB
    expect(() => codec.text(frame({ bytes, flags: Flag.deflated }))).toThrow(Malformed);
    expect(() => codec.text(frame({ bytes, flags: Flag.deflated }), 1000)).toThrow(Malformed);
  });

  test("a payload of just the bound is taken, deflated or not", () => {
    const bytes = new Uint8Array(maxPayload).fill(32);
    expect(codec.text(frame({ bytes, flags: 0 })).length).toBe(maxPayload);
    const deflated = new Uint8Array(deflateRawSync(bytes));
    expect(codec.text(frame({ bytes: deflated, flags: Flag.deflated })).length).toBe(maxPayload);
  });

  test("a cut off payload is refused wherever it is cut", () => {
    const whole = codec.encode(Array.from({ length: 60 }, (_, i) => ({ id: i })));
    if (whole instanceof Promise) throw new Error("it comes later");
    for (let n = 0; n < whole.bytes.length; n++) {
      const cut = { bytes: whole.bytes.subarray(0, n), flags: whole.flags };
      expect(() => codec.text(frame(cut)), `after ${n} bytes`).toThrow(Malformed);
    }
  });

  test("whatever comes is inflated or malformed, and never more than allowed", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          expect(codec.text(frame({ bytes, flags: Flag.deflated }), 500).length).toBeLessThanOrEqual(500);
        } catch (error) {
          expect(error).toBeInstanceOf(Malformed);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
