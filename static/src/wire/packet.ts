/** Packets: the twin of media/packet.go. A packet is what a carrier moves as one message. */

import { Malformed, type Mark, type Stream, streamKey } from "./frame";
import { maxPacket, partSize } from "./tables.gen";

const chunkHeader = 3;
const partHeader = 7;
const markSize = 11;
const maxMarks = 1024;

const Kind = { part: 1, resume: 2, ack: 3, ping: 4, pong: 5 } as const;

/** A numbered fragment of an encoded frame. */
export interface Part extends Stream {
  index: number;
  count: number;
  bytes: Uint8Array;
}

export interface Packet {
  parts: Part[];
  /** From where the sender of the packet wants these streams; (0, 0) asks for a keyframe. */
  resume: Mark[];
  /** How far the sender has received these streams. */
  ack: Mark[];
  ping: number[];
  pong: number[];
}

export function emptyPacket(): Packet {
  return { parts: [], resume: [], ack: [], ping: [], pong: [] };
}

export function isEmpty(p: Packet): boolean {
  return p.parts.length + p.resume.length + p.ack.length + p.ping.length + p.pong.length === 0;
}

/** How many bytes a part takes in a packet. */
export function partLength(p: Part): number {
  return chunkHeader + partHeader + p.bytes.length;
}

/** Cuts the part that starts at offset, a multiple of partSize, out of an encoded frame. */
export function partOf(stream: Stream, frame: Uint8Array, offset: number): Part {
  return {
    source: stream.source,
    channel: stream.channel,
    index: offset / partSize,
    count: Math.ceil(frame.length / partSize),
    bytes: frame.subarray(offset, offset + partSize),
  };
}

export function encodePacket(p: Packet): Uint8Array {
  const writer = new Writer(packetLength(p));
  writer.marks(Kind.resume, p.resume);
  writer.marks(Kind.ack, p.ack);
  for (const value of p.ping) writer.value(Kind.ping, value);
  for (const value of p.pong) writer.value(Kind.pong, value);
  for (const part of p.parts) writer.part(part);
  return writer.bytes;
}

function packetLength(p: Packet): number {
  const marks = (n: number) => Math.ceil(n / maxMarks) * chunkHeader + n * markSize;
  const values = (p.ping.length + p.pong.length) * (chunkHeader + 4);
  const parts = p.parts.reduce((n, part) => n + partLength(part), 0);
  return marks(p.resume.length) + marks(p.ack.length) + values + parts;
}

class Writer {
  readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at = 0;

  constructor(length: number) {
    this.bytes = new Uint8Array(length);
    this.view = new DataView(this.bytes.buffer);
  }

  marks(kind: number, marks: Mark[]): void {
    for (let i = 0; i < marks.length; i += maxMarks) {
      const some = marks.slice(i, i + maxMarks);
      this.header(kind, some.length * markSize);
      for (const m of some) {
        this.u16(m.source);
        this.u8(m.channel);
        this.u32(m.epoch);
        this.u32(m.seq);
      }
    }
  }

  value(kind: number, value: number): void {
    this.header(kind, 4);
    this.u32(value);
  }

  part(part: Part): void {
    this.header(Kind.part, partHeader + part.bytes.length);
    this.u16(part.source);
    this.u8(part.channel);
    this.u16(part.index);
    this.u16(part.count);
    this.bytes.set(part.bytes, this.at);
    this.at += part.bytes.length;
  }

  private header(kind: number, length: number): void {
    this.u8(kind);
    this.u16(length);
  }

  private u8(value: number): void {
    this.view.setUint8(this.at, value);
    this.at += 1;
  }

  private u16(value: number): void {
    this.view.setUint16(this.at, value);
    this.at += 2;
  }

  private u32(value: number): void {
    this.view.setUint32(this.at, value);
    this.at += 4;
  }
}

/** Decodes a packet; its parts alias the bytes. Throws Malformed. */
export function decodePacket(bytes: Uint8Array): Packet {
  if (bytes.length > maxPacket) throw new Malformed("packet is too long");
  const p = emptyPacket();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    if (at + chunkHeader > bytes.length) throw new Malformed("torn chunk header");
    const start = at + chunkHeader;
    const length = view.getUint16(at + 1);
    if (start + length > bytes.length) throw new Malformed("torn chunk");
    decodeChunk(p, view, view.getUint8(at), start, length);
    at = start + length;
  }
  return p;
}

function decodeChunk(p: Packet, view: DataView, kind: number, start: number, length: number): void {
  switch (kind) {
    case Kind.part:
      p.parts.push(decodePart(view, start, length));
      break;
    case Kind.resume:
      decodeMarks(p.resume, view, start, length);
      break;
    case Kind.ack:
      decodeMarks(p.ack, view, start, length);
      break;
    case Kind.ping:
    case Kind.pong:
      if (length !== 4) throw new Malformed("ping of a wrong length");
      (kind === Kind.ping ? p.ping : p.pong).push(view.getUint32(start));
      break;
  }
}

function decodePart(view: DataView, start: number, length: number): Part {
  if (length <= partHeader || length > partHeader + partSize) throw new Malformed("part of a wrong length");
  const part = {
    source: view.getUint16(start),
    channel: view.getUint8(start + 2),
    index: view.getUint16(start + 3),
    count: view.getUint16(start + 5),
    bytes: new Uint8Array(view.buffer, view.byteOffset + start + partHeader, length - partHeader),
  };
  if (part.index >= part.count) throw new Malformed("part number past the count");
  if (part.index + 1 < part.count && part.bytes.length !== partSize) throw new Malformed("short part");
  return part;
}

function decodeMarks(marks: Mark[], view: DataView, start: number, length: number): void {
  if (length % markSize !== 0) throw new Malformed("positions of a wrong length");
  for (let at = start; at < start + length; at += markSize) {
    marks.push({
      source: view.getUint16(at),
      channel: view.getUint8(at + 2),
      epoch: view.getUint32(at + 3),
      seq: view.getUint32(at + 7),
    });
  }
}

interface Partial {
  bytes: Uint8Array;
  length: number;
  next: number;
  count: number;
}

/** Puts frames together from the parts of one carrier: at most one unfinished frame for each stream. */
export class Assembler {
  private readonly partial = new Map<number, Partial>();

  /** @param limit the most bytes an encoded frame of a stream may have; 0 refuses the stream */
  constructor(private readonly limit: (stream: Stream) => number) {}

  /** Takes the next part and returns the frame that it completes, or null. Throws Malformed. */
  add(p: Part): Uint8Array | null {
    const limit = this.limit(p);
    const length = p.index * partSize + p.bytes.length;
    if ((p.count - 1) * partSize >= limit || length > limit) throw new Malformed("frame is too long");
    const key = streamKey(p);
    if (p.count === 1) {
      this.partial.delete(key);
      return p.bytes;
    }
    let partial = this.partial.get(key);
    if (p.index === 0) {
      partial = { bytes: new Uint8Array(p.count * partSize), length: 0, next: 0, count: p.count };
      this.partial.set(key, partial);
    }
    if (!partial || p.index !== partial.next || p.count !== partial.count)
      throw new Malformed("part out of turn");
    partial.bytes.set(p.bytes, partial.length);
    partial.length += p.bytes.length;
    partial.next++;
    if (partial.next < partial.count) return null;
    this.partial.delete(key);
    return partial.bytes.subarray(0, partial.length);
  }
}
