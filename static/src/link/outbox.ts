/**
 * What one source publishes, kept so that any carrier can be served from any
 * position: the browser's twin of relay/stream.go.
 */

import { compare, encodeFrame, Flag, follows, type Position } from "../wire/frame";
import { type Part, partOf } from "../wire/packet";
import { type Class, channels, fadingLife } from "../wire/tables.gen";

/** How many bytes may follow a keyframe before it is all forgotten, and a new keyframe made. */
const maxKeyed = 8 << 20;
const maxFading = 512;
const maxLog = 5000;

interface Entry {
  seq: number;
  flags: number;
  time: number;
  payload: Uint8Array;
  /** When it was published, by the monotonic clock. */
  at: number;
  /** The encoded frame, made when it is first sent. */
  bytes?: Uint8Array;
}

/** One published stream. Entries are addressed by an index that never comes back. */
class OutStream {
  readonly class: Class;
  readonly priority: number;
  entries: Entry[] = [];
  first = 0;
  seq = 0;
  private size = 0;

  constructor(
    readonly outbox: Outbox,
    readonly channel: number,
  ) {
    const properties = channels.get(channel);
    if (!properties) throw new Error(`unknown channel ${channel}`);
    this.class = properties.class;
    this.priority = properties.priority;
  }

  get end(): number {
    return this.first + this.entries.length;
  }

  get showable(): boolean {
    return this.class !== "keyed" || ((this.entries[0]?.flags ?? 0) & Flag.keyframe) !== 0;
  }

  add(payload: Uint8Array, flags: number, time: number, now: number): void {
    switch (this.class) {
      case "keyed":
        if (flags & Flag.keyframe || this.size > maxKeyed) this.forget(this.entries.length);
        break;
      case "latest":
        this.forget(this.entries.length);
        break;
      case "fading":
        this.expire(now);
        if (this.entries.length >= maxFading) this.forget(1);
        break;
      case "log":
        if (this.entries.length >= maxLog) this.forget(1);
        break;
    }
    this.seq++;
    this.size += payload.length;
    this.entries.push({ seq: this.seq, flags, time, payload, at: now });
  }

  expire(now: number): void {
    if (this.class !== "fading") return;
    let n = 0;
    while (n < this.entries.length && now - (this.entries[n]?.at ?? now) >= fadingLife) n++;
    this.forget(n);
  }

  /** Numbers what is kept anew, from 1, for a new epoch. */
  restart(): void {
    this.seq = 0;
    for (const entry of this.entries) {
      entry.seq = ++this.seq;
      delete entry.bytes;
    }
  }

  bytes(index: number): Uint8Array {
    const entry = this.entries[index - this.first];
    if (!entry) throw new Error("no entry with that index");
    entry.bytes ??= encodeFrame({
      channel: this.channel,
      source: this.outbox.source,
      epoch: this.outbox.epoch,
      seq: entry.seq,
      flags: entry.flags,
      time: entry.time,
      payload: entry.payload,
    });
    return entry.bytes;
  }

  private forget(n: number): void {
    for (const entry of this.entries.splice(0, n)) this.size -= entry.payload.length;
    this.first += n;
  }
}

export interface OutboxOptions {
  /** Channels of class keyed that this source publishes, so that a keyframe can be asked for before the first. */
  keyed: number[];
  /** A keyframe of that channel is wanted. It may be called often; the publisher throttles. */
  onKeyframe(channel: number): void;
  /** The monotonic clock, in milliseconds. */
  now(): number;
}

export class Outbox {
  source = 0;
  epoch = 0;
  readonly streams = new Map<number, OutStream>();
  readonly feeds = new Set<Feed>();

  constructor(readonly options: OutboxOptions) {
    for (const channel of options.keyed) this.stream(channel);
  }

  /** Publishes as that source from now on. In another epoch than before, what is kept is numbered anew. */
  join(source: number, epoch: number): void {
    if (source === this.source && epoch === this.epoch) return;
    this.source = source;
    this.epoch = epoch;
    for (const stream of this.streams.values()) stream.restart();
  }

  publish(channel: number, payload: Uint8Array, flags: number, time: number): void {
    this.stream(channel).add(payload, flags, time, this.options.now());
    for (const feed of this.feeds) feed.onPending();
  }

  stream(channel: number): OutStream {
    let stream = this.streams.get(channel);
    if (!stream) {
      stream = new OutStream(this, channel);
      this.streams.set(channel, stream);
      for (const feed of this.feeds) feed.follow(stream, { epoch: 0, seq: 0 });
    }
    return stream;
  }
}

interface Cursor {
  stream: OutStream;
  next: number;
  /** Only a keyframe will do. */
  waiting: boolean;
  /** A frame of which offset bytes are sent already. */
  sending: Uint8Array | null;
  offset: number;
}

/** What one carrier has yet to send of an outbox. */
export class Feed {
  private cursors: Cursor[] = [];

  /**
   * @param at where the other end stands, by channel; what is missing starts as its class says
   * @param carries whether this carrier carries a channel just now
   * @param onPending there is something to send
   */
  constructor(
    private readonly outbox: Outbox,
    at: Map<number, Position>,
    private readonly carries: (channel: number) => boolean,
    readonly onPending: () => void,
  ) {
    outbox.feeds.add(this);
    for (const stream of outbox.streams.values()) {
      this.follow(stream, at.get(stream.channel) ?? { epoch: 0, seq: 0 });
    }
  }

  close(): void {
    this.outbox.feeds.delete(this);
    this.cursors = [];
  }

  follow(stream: OutStream, at: Position): void {
    this.cursors.push({ stream, next: 0, waiting: false, sending: null, offset: 0 });
    this.cursors.sort((a, b) => a.stream.priority - b.stream.priority);
    this.seek(stream.channel, at);
  }

  /** Goes on after that position; if that is not kept, from the keyframe; else asks for one. */
  seek(channel: number, at: Position): void {
    const cursor = this.cursors.find((c) => c.stream.channel === channel);
    if (!cursor) return;
    const { stream } = cursor;
    const { epoch } = this.outbox;
    const position = (entry: Entry) => ({ epoch, seq: entry.seq });
    let i = stream.entries.findIndex((entry) => compare(at, position(entry)) < 0);
    if (i < 0) i = stream.entries.length;
    cursor.sending = null;
    cursor.waiting = false;
    cursor.next = stream.first + i;
    if (stream.class !== "keyed") return;
    const known = at.epoch === epoch && at.seq > 0;
    const next = stream.entries[i];
    if (known && !next && at.seq >= stream.seq) return;
    if (known && next && (follows(at, position(next)) || next.flags & Flag.keyframe)) return;
    cursor.next = stream.showable ? stream.first : stream.end;
    cursor.waiting = !stream.showable || stream.entries.length === 0;
    if (cursor.waiting && this.carries(channel)) this.outbox.options.onKeyframe(channel);
  }

  /** Skips what the other end has got by another carrier. */
  skip(channel: number, to: Position): void {
    const cursor = this.cursors.find((c) => c.stream.channel === channel);
    if (!cursor || to.epoch !== this.outbox.epoch) return;
    const { stream } = cursor;
    const i = stream.entries.findIndex((entry) => entry.seq > to.seq);
    cursor.next = Math.max(cursor.next, stream.first + (i < 0 ? stream.entries.length : i));
    if (to.seq > 0) cursor.waiting = false;
  }

  get pending(): boolean {
    return this.cursors.some((c) => this.carries(c.stream.channel) && isPending(c));
  }

  /** Asks again for the keyframes that are still waited for. */
  askAgain(): void {
    for (const c of this.cursors) {
      if (c.waiting && !isPending(c) && this.carries(c.stream.channel)) {
        this.outbox.options.onKeyframe(c.stream.channel);
      }
    }
  }

  /** The next parts to send, the urgent first: at least one if there is any, and no more once budget bytes are reached. */
  gather(budget: number): Part[] {
    const parts: Part[] = [];
    const now = this.outbox.options.now();
    let left = budget;
    for (const cursor of this.cursors) {
      if (!this.carries(cursor.stream.channel)) continue;
      cursor.stream.expire(now);
      while (left > 0 && isPending(cursor)) {
        const part = nextPart(cursor, this.outbox.source);
        parts.push(part);
        left -= part.bytes.length;
      }
    }
    return parts;
  }
}

function isPending(c: Cursor): boolean {
  if (c.sending) return true;
  c.next = Math.max(c.next, c.stream.first);
  if (c.waiting && c.stream.showable) {
    c.next = c.stream.first;
    c.waiting = false;
  }
  return !c.waiting && c.next < c.stream.end;
}

function nextPart(c: Cursor, source: number): Part {
  if (!c.sending) {
    c.sending = c.stream.bytes(c.next);
    c.offset = 0;
    c.next++;
  }
  const part = partOf({ source, channel: c.stream.channel }, c.sending, c.offset);
  c.offset += part.bytes.length;
  if (c.offset === c.sending.length) c.sending = null;
  return part;
}
