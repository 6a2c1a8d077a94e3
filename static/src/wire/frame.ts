/** Frames: the twin of media/frame.go. docs/PROTOCOL.md specifies the bytes. */

import { frameHeader, maxFrame } from "./tables.gen";

/** Bits of a frame's flags. Unknown ones are ignored and passed on. */
export const Flag = { keyframe: 1, deflated: 2 } as const;

/** Where a frame stands in its stream, or how far a receiver has got. */
export interface Position {
  epoch: number;
  seq: number;
}

/** The frames of one source on one channel. */
export interface Stream {
  source: number;
  channel: number;
}

/** A position in a stream. */
export interface Mark extends Stream, Position {}

export interface Frame extends Mark {
  flags: number;
  /** The publisher's clock, in milliseconds since the Unix epoch. */
  time: number;
  payload: Uint8Array;
}

/** Bytes from outside that do not parse. */
export class Malformed extends Error {
  override name = "Malformed";
}

export function isKeyframe(frame: { flags: number }): boolean {
  return (frame.flags & Flag.keyframe) !== 0;
}

/** Negative, zero or positive as a comes before, at or after b. */
export function compare(a: Position, b: Position): number {
  return a.epoch - b.epoch || a.seq - b.seq;
}

/** Whether b directly follows a in one epoch. */
export function follows(a: Position, b: Position): boolean {
  return a.epoch === b.epoch && a.seq + 1 === b.seq;
}

/** A key for maps. */
export function streamKey(s: Stream): number {
  return s.source * 256 + s.channel;
}

export function encodeFrame(f: Frame): Uint8Array {
  const bytes = new Uint8Array(frameHeader + f.payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, f.channel);
  view.setUint8(1, f.flags);
  view.setUint16(2, f.source);
  view.setUint32(4, f.epoch);
  view.setUint32(8, f.seq);
  view.setBigUint64(12, BigInt(Math.max(0, Math.trunc(f.time))));
  bytes.set(f.payload, frameHeader);
  return bytes;
}

/** Decodes one frame, which must fill the bytes; its payload aliases them. Throws Malformed. */
export function decodeFrame(bytes: Uint8Array): Frame {
  if (bytes.length < frameHeader) throw new Malformed("frame is shorter than a header");
  if (bytes.length > maxFrame) throw new Malformed("frame is too long");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frame = {
    channel: view.getUint8(0),
    flags: view.getUint8(1),
    source: view.getUint16(2),
    epoch: view.getUint32(4),
    seq: view.getUint32(8),
    time: Number(view.getBigUint64(12)),
    payload: bytes.subarray(frameHeader),
  };
  if (frame.seq === 0) throw new Malformed("sequence numbers start at 1");
  return frame;
}
