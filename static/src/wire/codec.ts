/** Payloads as JSON, deflated where it pays. PROTOCOL.md, "Payloads". */

import { deflateSync } from "fflate";
import { Flag, type Frame, Malformed } from "./frame";
import { dictionary1, maxPayload } from "./tables.gen";

/** Payloads below this many bytes are sent as they are. */
const worthDeflating = 64;
/** From this many bytes the browser's own compression, off this thread, beats the dictionary. */
const worthStreaming = 64 << 10;

const toBytes = (text: string) => new TextEncoder().encode(text);

export interface Payload {
  bytes: Uint8Array;
  flags: number;
}

/** Inflates to at most limit bytes. Throws Malformed. See inflate.ts. */
export type Inflate = (bytes: Uint8Array, dictionary: Uint8Array, limit: number) => Uint8Array;

/** Encodes and decodes payloads. It holds the dictionary, so there is one for a link. */
export class Codec {
  private readonly dictionary = toBytes(dictionary1);

  /** @param inflate what reads deflated payloads; without it they are refused */
  constructor(private readonly inflate?: Inflate) {}

  /** Encodes a JSON value: at once, or later where that keeps a large one off the page's thread. */
  encode(value: unknown, deflate = true): Payload | Promise<Payload> {
    const bytes = toBytes(JSON.stringify(value));
    if (!deflate || bytes.length < worthDeflating) return { bytes, flags: 0 };
    if (bytes.length >= worthStreaming && typeof CompressionStream === "function") return compress(bytes);
    return { bytes: deflateSync(bytes, { dictionary: this.dictionary }), flags: Flag.deflated };
  }

  /** The frame's payload as text, of at most limit bytes. Throws Malformed. */
  text(frame: Frame, limit = maxPayload): string {
    return new TextDecoder().decode(this.body(frame, limit));
  }

  /** The frame's payload as JSON. It comes from outside: look before you trust its shape. Throws Malformed. */
  json(frame: Frame, limit = maxPayload): unknown {
    const text = this.text(frame, limit);
    try {
      return JSON.parse(text);
    } catch {
      throw new Malformed("payload is not JSON");
    }
  }

  private body(frame: Frame, limit: number): Uint8Array {
    if ((frame.flags & Flag.deflated) !== 0) {
      if (!this.inflate) throw new Malformed("payload is deflated");
      return this.inflate(frame.payload, this.dictionary, limit);
    }
    if (frame.payload.length > limit) throw new Malformed("payload is too long");
    return frame.payload;
  }
}

/** Deflates without the dictionary, which a decoder with the dictionary reads all the same. */
async function compress(bytes: Uint8Array): Promise<Payload> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new CompressionStream("deflate-raw"));
  return { bytes: new Uint8Array(await new Response(stream).arrayBuffer()), flags: Flag.deflated };
}
