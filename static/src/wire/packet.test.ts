import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Malformed, type Mark } from "./frame";
import {
  Assembler,
  decodePacket,
  emptyPacket,
  encodePacket,
  isEmpty,
  type Packet,
  type Part,
  partLength,
  partOf,
} from "./packet";
import { maxPacket, partSize } from "./tables.gen";
import { bytesOf, type Data, fixture, hexOf } from "./testing";

type PartFixture = Omit<Part, "bytes"> & { bytes: Data };

interface Fixtures {
  valid: {
    name: string;
    bytes: Data;
    canonical: boolean;
    packet: Omit<Packet, "parts"> & { parts: PartFixture[] };
  }[];
  invalid: { name: string; bytes: Data }[];
  assemblies: {
    name: string;
    limit: number;
    steps: { part: PartFixture; gives: "more" | "malformed" | "frame"; frame?: Data }[];
  }[];
}

const { valid, invalid, assemblies } = fixture<Fixtures>("packets.json");

const partFrom = (part: PartFixture): Part => ({ ...part, bytes: bytesOf(part.bytes) });
const plain = (p: Packet) => ({
  ...p,
  parts: p.parts.map((part) => ({ ...part, bytes: hexOf(part.bytes) })),
});

describe("packets, as Go has them", () => {
  test.each(valid)("$name", ({ bytes, canonical, packet }) => {
    const want = { ...packet, parts: packet.parts.map(partFrom) };
    if (canonical) expect(hexOf(encodePacket(want))).toBe(hexOf(bytesOf(bytes)));
    expect(plain(decodePacket(bytesOf(bytes)))).toEqual(plain(want));
  });

  test.each(invalid)("$name is malformed", ({ bytes }) => {
    expect(() => decodePacket(bytesOf(bytes))).toThrow(Malformed);
  });
});

describe("assembling, as Go does", () => {
  test.each(assemblies)("$name", ({ limit, steps }) => {
    const assembler = new Assembler(() => limit);
    for (const { part, gives, frame } of steps) {
      const add = () => assembler.add(partFrom(part));
      if (gives === "malformed") {
        expect(add).toThrow(Malformed);
        continue;
      }
      const got = add();
      expect(got === null ? "more" : "frame").toBe(gives);
      if (got && frame) expect(hexOf(got)).toBe(hexOf(bytesOf(frame)));
    }
  });
});

test("an empty packet is told", () => {
  expect(isEmpty(emptyPacket())).toBe(true);
  expect(isEmpty({ ...emptyPacket(), ping: [0] })).toBe(false);
});

test("positions that don't fit in one chunk go into several", () => {
  const ack: Mark[] = Array.from({ length: 2500 }, (_, i) => ({ source: i, channel: 6, epoch: 1, seq: i }));
  expect(decodePacket(encodePacket({ ...emptyPacket(), ack })).ack).toEqual(ack);
});

test("what is cut into parts comes together again", () => {
  const stream = { source: 4, channel: 6 };
  for (const length of [1, partSize - 1, partSize, partSize + 1, 3 * partSize, (1 << 20) + 1]) {
    const frame = Uint8Array.from({ length }, (_, i) => (i * i) >> 3);
    const assembler = new Assembler(() => length);
    let got: Uint8Array | null = null;
    for (let offset = 0; offset < length; offset += partSize) {
      const part = partOf(stream, frame, offset);
      const bytes = encodePacket({ ...emptyPacket(), parts: [part] });
      expect(bytes.length).toBe(partLength(part));
      expect(bytes.length).toBeLessThanOrEqual(16 << 10);
      for (const again of decodePacket(bytes).parts) got = assembler.add(again);
    }
    expect(got && Buffer.compare(got, frame)).toBe(0);
  }
});

test("whatever comes is decoded or malformed", () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  fc.assert(
    fc.property(bytes, (some) => {
      try {
        const packet = decodePacket(some);
        expect(plain(decodePacket(encodePacket(packet)))).toEqual(plain(packet));
      } catch (error) {
        expect(error).toBeInstanceOf(Malformed);
      }
    }),
    { numRuns: 2000 },
  );
});

test("the longest packet is decoded", () => {
  const chunk = (length: number) => [0xf0, length >> 8, length & 255, ...new Uint8Array(length)];
  const bytes = Uint8Array.from([...chunk(0xff00), ...chunk(maxPacket - 0xff00 - 6)]);
  expect(bytes.length).toBe(maxPacket);
  expect(isEmpty(decodePacket(bytes))).toBe(true);
});
