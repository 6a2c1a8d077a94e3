import { inflateRawSync } from "node:zlib";
import { decodeFrame, Flag, isKeyframe } from "../src/wire/frame";
import { Assembler, decodePacket } from "../src/wire/packet";
import { Channel, dictionary1, maxFrame } from "../src/wire/tables.gen";

/** Reads what a tab has sent, as its receiver does. */
export class Inflater {
  readonly all: string[] = [];
  private readonly snapshots: number[] = [];
  private deltas = { sent: 0, json: 0 };
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

  /** How large the frames of a page were, in percent of their JSON: each keyframe, and all increments together. */
  ratios(): { keyframes: number[]; increments: number } {
    return { keyframes: this.snapshots, increments: (100 * this.deltas.sent) / this.deltas.json };
  }

  private count(keyframe: boolean, sent: number, json: number) {
    if (keyframe) {
      this.snapshots.push((100 * sent) / json);
      return;
    }
    this.deltas.sent += sent;
    this.deltas.json += json;
  }
}
