import { inflateRawSync } from "node:zlib";
import { decodeFrame, Flag, isKeyframe } from "../src/wire/frame";
import { Assembler, decodePacket } from "../src/wire/packet";
import { Channel, dictionary1, frameHeader, maxFrame } from "../src/wire/tables.gen";

/** Reads what a tab has sent, as its receiver does. */
export class Inflater {
  readonly all: string[] = [];
  private readonly snapshots: number[] = [];
  private deltas = { frames: 0, payloads: 0, json: 0 };
  private readonly assembler = new Assembler(() => maxFrame);

  /** The texts of the frames that a message completes; a JSON message is its own text. */
  texts(message: Buffer): string[] {
    if (message[0] === "{".charCodeAt(0)) return [message.toString()];
    const texts: string[] = [];
    for (const part of decodePacket(new Uint8Array(message)).parts) {
      const bytes = this.assembler.add(part);
      if (!bytes) continue;
      const frame = decodeFrame(bytes);
      const deflated = (frame.flags & Flag.deflated) !== 0;
      const dictionary = Buffer.from(dictionary1);
      const body = deflated ? inflateRawSync(frame.payload, { dictionary }) : Buffer.from(frame.payload);
      texts.push(body.toString());
      if (frame.channel === Channel.dom) this.count(isKeyframe(frame), bytes.length, body.length);
    }
    this.all.push(...texts);
    return texts;
  }

  /** How large a page's frames were, in percent of their JSON: each keyframe; all increments' payloads, and with headers. */
  ratios(): { keyframes: number[]; payloads: number; frames: number } {
    const { frames, payloads, json } = this.deltas;
    return { keyframes: this.snapshots, payloads: (100 * payloads) / json, frames: (100 * frames) / json };
  }

  private count(keyframe: boolean, frame: number, json: number) {
    if (keyframe) {
      this.snapshots.push((100 * frame) / json);
      return;
    }
    this.deltas.frames += frame;
    this.deltas.payloads += frame - frameHeader;
    this.deltas.json += json;
  }
}
