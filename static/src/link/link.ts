/**
 * One participant's connection to a session: what it publishes reaches the
 * others, and what they publish reaches it, each frame once and in order,
 * whichever carriers are attached.
 *
 * The WebSocket to the room is always there. A direct data channel to each
 * other source may open beside it; while all others are reached directly, only
 * the log goes over the WebSocket too. When a direct path dies, the WebSocket
 * goes on from where the other end said it stood.
 */

import { Codec, type Inflate, type Payload } from "../wire/codec";
import {
  decodeFrame,
  Flag,
  type Frame,
  Malformed,
  type Mark,
  type Position,
  type Stream,
  streamKey,
} from "../wire/frame";
import type { Hello, Joined, Presence, ServerMessage, Signal } from "../wire/messages";
import { Assembler, emptyPacket, type Packet, type Part } from "../wire/packet";
import { channels, frameHeader, type Role } from "../wire/tables.gen";
import { Direct } from "./direct";
import { Inbox } from "./inbox";
import { Feed, Outbox } from "./outbox";
import { type LinkState, Socket } from "./socket";

export type { LinkState } from "./socket";

/** Bytes that may wait in a socket before more is handed to it. */
const socketWindow = 128 << 10;
/** The same while the page is hidden, when timers that look for room run once a second. */
const hiddenSocketWindow = 1 << 20;
const socketBudget = 48_000;
const socketPoll = 5;
const directWindow = 64 << 10;
const directBudget = 1;
/** Time between two requests for the same keyframe, in milliseconds: doubled each time, up to the last. */
const askAgain = 500;
const lastAskAgain = 4_000;
/** How long the page may take to publish a keyframe before it is asked again. */
const keyframeDue = 2_000;
/** Wait before a direct path that failed is tried again: doubled each time, up to the last. */
const firstRetry = 5_000;
const lastRetry = 120_000;

export interface PathInfo {
  kind: "direct" | "websocket";
  /** Round-trip time in milliseconds: to the other browser, or to the server; null while unknown. */
  rtt: number | null;
}

export interface LinkOptions {
  /** ws: or wss: URL of the server's /ws. */
  url: string;
  role: Role;
  hello(): Pick<Hello, "role" | "token" | "window" | "session">;
  /** Every JSON message, after the link has used it. */
  onMessage(message: ServerMessage): void;
  /**
   * Each accepted frame once, in the order of its stream; with its own source's
   * log among them. What it throws is reported, and loses no other frame.
   */
  onFrame(frame: Frame): void;
  /** A keyframe on that channel is wanted; publish one soon. */
  onKeyframe(channel: number): void;
  onState(state: LinkState): void;
  /** What reads deflated payloads; a link that gets none does without. */
  inflate?: Inflate;
  onPath?(source: number, path: PathInfo): void;
}

/** A direct path and what goes through it. */
interface Peer {
  direct: Direct;
  /** Made when the other end has said where it stands. */
  feed: Feed | null;
  /** How far the other end has our streams, by channel. */
  acked: Map<number, Position>;
  assembler: Assembler;
  rtt: number | null;
}

export class Link {
  readonly codec: Codec;
  private readonly socket: Socket;
  private readonly outbox: Outbox;
  private readonly inbox = new Inbox();
  private readonly peers = new Map<number, Peer>();
  /** The sources to which a direct path is wanted whenever they are there. */
  private readonly wanted = new Set<number>();
  private readonly retries = new Map<number, { failed: number; timer?: ReturnType<typeof setTimeout> }>();
  /** Channels whose payloads are still being compressed. */
  private readonly encoding = new Map<number, Promise<void>>();
  /** When a keyframe was asked of the page, by channel, until it is published. */
  private readonly due = new Map<number, number>();
  /** When what is missing in a stream may be asked for again. */
  private readonly asked = new Map<number, { next: number; wait: number }>();
  private roomFeed: Feed | null = null;
  private roomAssembler = this.newAssembler();
  private roomRtt: number | null = null;
  private presence: Presence | null = null;
  private ice: RTCIceServer[] = [];
  private pumping = false;
  private poll: ReturnType<typeof setTimeout> | undefined;
  private askTimer: ReturnType<typeof setInterval> | undefined;
  private closed = false;

  constructor(private readonly options: LinkOptions) {
    this.codec = new Codec(options.inflate);
    const keyed = [...channels].filter(([, p]) => p.class === "keyed" && p.from.includes(options.role));
    this.outbox = new Outbox({
      keyed: keyed.map(([channel]) => channel),
      onKeyframe: (channel) => this.wantKeyframe(channel),
      now: () => performance.now(),
    });
    this.socket = new Socket({
      url: options.url,
      hello: () => ({
        ...options.hello(),
        epoch: this.outbox.epoch,
        positions: this.inbox.marks(),
      }),
      onMessage: (message) => this.receiveMessage(message),
      onPacket: (packet) => this.receiveRoom(packet),
      onState: (state) => this.socketState(state),
      onRoundTrip: (ms) => {
        this.roomRtt = ms;
        this.tellPaths();
      },
    });
  }

  /** Own number in the session; 0 before it has joined. */
  get source(): number {
    return this.outbox.source;
  }

  connect(): void {
    this.askTimer = setInterval(() => this.askWaiting(), askAgain);
    this.socket.connect();
  }

  retryNow(): void {
    this.socket.retryNow();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.poll);
    clearInterval(this.askTimer);
    for (const { timer } of this.retries.values()) clearTimeout(timer);
    for (const peer of [...this.peers.values()]) peer.direct.close(); // says so over the socket
    this.socket.close();
  }

  /**
   * Publishes a JSON value. What is published before the link has joined is kept
   * until then. A value that is too large for its channel is dropped: the room
   * would close the connection for it, again and again.
   */
  publish(channel: number, value: unknown, keyframe = false): void {
    const time = Date.now();
    const payload = this.codec.encode(value, channels.get(channel)?.deflate);
    const add = ({ bytes, flags }: Payload) => {
      if (keyframe) this.due.delete(channel);
      if (frameHeader + bytes.length > (channels.get(channel)?.maxFrame ?? 0)) return;
      this.outbox.publish(channel, bytes, keyframe ? flags | Flag.keyframe : flags, time);
    };
    const before = this.encoding.get(channel);
    if (!before && !(payload instanceof Promise)) {
      add(payload);
      return;
    }
    const done = Promise.all([payload, before])
      .then(([ready]) => add(ready))
      .finally(() => {
        if (this.encoding.get(channel) === done) this.encoding.delete(channel);
      });
    this.encoding.set(channel, done);
  }

  /** Has a keyframe made, unless one is on the way: a snapshot is dear to the page. */
  private wantKeyframe(channel: number): void {
    const now = performance.now();
    if (now - (this.due.get(channel) ?? Number.NEGATIVE_INFINITY) < keyframeDue) return;
    this.due.set(channel, now);
    this.options.onKeyframe(channel);
  }

  /** Asks a stream's publisher for a keyframe, and takes nothing else of it until then. */
  requestKeyframe(source: number, channel: number): void {
    this.inbox.lose({ source, channel });
    this.askFor({ source, channel });
  }

  /** Offers a direct path to that source, now or as soon as it is there and the session allows it. */
  openDirect(source: number): void {
    this.wanted.add(source);
    if (this.closed || this.peers.has(source) || !this.presence?.direct || !this.others().includes(source))
      return;
    if (typeof RTCPeerConnection !== "function") return;
    if (this.retries.get(source)?.timer) return;
    this.addPeer(source, Math.random().toString(36).slice(2, 10)).direct.offer();
  }

  // ---- the room's WebSocket

  private socketState(state: LinkState): void {
    if (state.kind !== "open") {
      this.roomFeed?.close();
      this.roomFeed = null;
      this.roomRtt = null;
      this.roomAssembler = this.newAssembler();
    }
    this.options.onState(state);
  }

  private receiveMessage(message: ServerMessage): void {
    switch (message.type) {
      case "joined":
        this.joined(message);
        break;
      case "presence":
        this.presence = message;
        this.dropAbsentPeers();
        for (const source of this.wanted) this.openDirect(source);
        break;
      case "signal":
        this.receiveSignal(message);
        break;
    }
    this.options.onMessage(message);
  }

  private joined(message: Joined): void {
    this.ice = message.ice;
    this.outbox.join(message.source, message.epoch);
    const have = new Map<number, Position>(message.have.map((p) => [p.channel, p]));
    const carries = (channel: number) => !this.covered() || channels.get(channel)?.class === "log";
    this.roomFeed?.close();
    this.roomFeed = new Feed(this.outbox, have, carries, () => this.schedule());
    this.schedule();
  }

  private receiveRoom(packet: Packet): void {
    try {
      this.receive(packet, this.roomAssembler);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.socket.reset();
      return;
    }
    for (const mark of packet.resume) {
      if (mark.source === this.source) this.roomFeed?.seek(mark.channel, mark);
    }
    if (packet.resume.length > 0) this.schedule();
  }

  // ---- direct paths

  /** The sources at the other side that are there now. */
  private others(): number[] {
    const kind = this.options.role === "agent" ? "tab" : "console";
    return (this.presence?.sources ?? [])
      .filter((s) => s.kind === kind && s.state === "online")
      .map((s) => s.source);
  }

  /** Whether everybody at the other side is reached directly. */
  private covered(): boolean {
    const others = this.others();
    return others.length > 0 && others.every((source) => this.peers.get(source)?.feed);
  }

  private receiveSignal(signal: Signal): void {
    const from = signal.from ?? 0;
    let peer = this.peers.get(from);
    if (
      signal.kind === "offer" &&
      this.options.role === "customer" &&
      typeof RTCPeerConnection === "function"
    ) {
      peer?.direct.close();
      peer = this.addPeer(from, signal.attempt);
    }
    if (peer?.direct.attempt === signal.attempt) peer.direct.receiveSignal(signal);
  }

  private addPeer(source: number, attempt: string): Peer {
    const direct: Direct = new Direct(attempt, {
      peer: source,
      ice: this.ice,
      signal: (step) => this.socket.send({ type: "signal", to: source, ...step }),
      onOpen: () => direct.send({ ...emptyPacket(), resume: this.standings(source) }),
      onPacket: (packet) => this.receivePeer(source, peer, packet),
      onDrained: () => this.schedule(),
      heartbeat: (packet) => {
        packet.ack = this.inbox.marks(source);
      },
      onRoundTrip: (ms) => {
        peer.rtt = ms;
        this.tellPath(source);
      },
      onClose: () => this.peerClosed(source, peer),
    });
    const peer: Peer = {
      direct,
      feed: null,
      acked: new Map(),
      assembler: this.newAssembler(source),
      rtt: null,
    };
    this.peers.set(source, peer);
    return peer;
  }

  /** Where this link stands in every stream that the source may publish: nowhere, for those it has nothing of. */
  private standings(source: number): Mark[] {
    const known = new Map(this.inbox.marks(source).map((mark) => [mark.channel, mark]));
    return [...channels]
      .filter(([, p]) => p.to.includes(this.options.role) && !p.from.every((r) => r === this.options.role))
      .map(([channel]) => known.get(channel) ?? { source, channel, epoch: 0, seq: 0 });
  }

  private receivePeer(source: number, peer: Peer, packet: Packet): void {
    for (const ack of packet.ack) {
      if (ack.source === this.source) peer.acked.set(ack.channel, ack);
    }
    if (packet.resume.length > 0) this.resumePeer(source, peer, packet.resume);
    this.receive(packet, peer.assembler);
  }

  private resumePeer(source: number, peer: Peer, resume: Mark[]): void {
    const own = resume.filter((mark) => mark.source === this.source);
    if (peer.feed) {
      for (const mark of own) peer.feed.seek(mark.channel, mark);
    } else {
      this.retries.delete(source);
      for (const mark of own) peer.acked.set(mark.channel, mark);
      const at = new Map<number, Position>(own.map((mark) => [mark.channel, mark]));
      peer.feed = new Feed(
        this.outbox,
        at,
        () => true,
        () => this.schedule(),
      );
      this.tellPath(source);
    }
    this.schedule();
  }

  private peerClosed(source: number, peer: Peer): void {
    if (this.peers.get(source) !== peer) return;
    this.peers.delete(source);
    peer.feed?.close();
    if (peer.feed) this.skipAcked(peer);
    this.schedule();
    this.tellPath(source);
    if (!this.closed && this.options.role === "agent") this.retryLater(source);
  }

  /**
   * Spares the room what the other end has got already of the keyed streams,
   * which may be much. The rest it needs: logs to keep them, the latest of what
   * has only that for those who join.
   */
  private skipAcked({ acked }: Peer): void {
    for (const [channel, position] of acked) {
      if (channels.get(channel)?.class === "keyed") this.roomFeed?.skip(channel, position);
    }
  }

  private retryLater(source: number): void {
    const retry = this.retries.get(source) ?? { failed: 0 };
    clearTimeout(retry.timer);
    retry.timer = setTimeout(
      () => {
        retry.timer = undefined;
        this.openDirect(source);
      },
      Math.min(lastRetry, firstRetry * 2 ** retry.failed++),
    );
    this.retries.set(source, retry);
  }

  /** Closes the paths to who has left or may not be reached directly any more. */
  private dropAbsentPeers(): void {
    const others = this.presence?.direct ? this.others() : [];
    for (const [source, peer] of this.peers) if (!others.includes(source)) peer.direct.close();
    for (const [source, retry] of this.retries) {
      if (others.includes(source)) continue;
      clearTimeout(retry.timer);
      this.retries.delete(source);
    }
    this.schedule();
  }

  // ---- receiving

  private newAssembler(source?: number): Assembler {
    return new Assembler((stream) => {
      const properties = channels.get(stream.channel);
      if (!properties?.to.includes(this.options.role)) return 0;
      if (source === undefined) return properties.maxFrame;
      // The room checks what a role may publish; on a direct path we do.
      const allowed = source === stream.source && properties.from.some((role) => role !== this.options.role);
      return allowed ? properties.maxFrame : 0;
    });
  }

  /** Takes a packet's frames. Throws Malformed when they break the rules. */
  private receive(packet: Packet, assembler: Assembler): void {
    for (const part of packet.parts) {
      if (!channels.has(part.channel)) continue; // of a later version
      const bytes = assembler.add(part);
      if (bytes) this.receiveFrame(bytes, part);
    }
  }

  private receiveFrame(bytes: Uint8Array, part: Part): void {
    const frame = decodeFrame(bytes);
    if (frame.source !== part.source || frame.channel !== part.channel) return;
    switch (this.inbox.accept(frame)) {
      case "deliver":
        this.asked.delete(streamKey(frame));
        this.deliver(frame);
        break;
      case "lost":
        this.askFor(frame);
        break;
    }
  }

  private deliver(frame: Frame): void {
    try {
      this.options.onFrame(frame);
    } catch (error) {
      globalThis.reportError?.(error);
    }
  }

  /** Asks for what is missing by the path on which the stream comes. */
  private askFor(stream: Stream): void {
    const now = performance.now();
    const key = streamKey(stream);
    const { next, wait } = this.asked.get(key) ?? { next: now, wait: askAgain };
    if (now < next) return;
    this.asked.set(key, { next: now + wait, wait: Math.min(lastAskAgain, 2 * wait) });
    const packet = { ...emptyPacket(), resume: [this.inbox.wanted(stream)] };
    const peer = this.peers.get(stream.source);
    if (peer?.feed) peer.direct.send(packet);
    else this.socket.sendPacket(packet);
  }

  /** Asks again for what is still missing, on both sides. */
  private askWaiting(): void {
    for (const stream of this.inbox.lost()) this.askFor(stream);
    this.roomFeed?.askAgain();
    for (const peer of this.peers.values()) peer.feed?.askAgain();
  }

  // ---- sending

  /** Sends what is pending, once the current task is done, so that what it publishes goes together. */
  private schedule(): void {
    if (this.pumping) return;
    this.pumping = true;
    queueMicrotask(() => {
      this.pumping = false;
      this.pump();
    });
  }

  private pump(): void {
    if (this.closed) return;
    this.pumpSocket();
    for (const { direct, feed } of this.peers.values()) {
      while (feed?.pending && direct.open) {
        if (direct.buffered > directWindow) {
          direct.awaitDrain();
          break;
        }
        direct.send({ ...emptyPacket(), parts: feed.gather(directBudget) });
      }
    }
  }

  private pumpSocket(): void {
    const feed = this.roomFeed;
    const window = globalThis.document?.hidden ? hiddenSocketWindow : socketWindow;
    while (feed?.pending && feed === this.roomFeed) {
      if (this.socket.buffered > window) {
        clearTimeout(this.poll);
        this.poll = setTimeout(() => this.schedule(), socketPoll);
        return;
      }
      this.socket.sendPacket({ ...emptyPacket(), parts: feed.gather(socketBudget) });
    }
  }

  // ---- paths

  private tellPaths(): void {
    for (const { source } of this.presence?.sources ?? []) this.tellPath(source);
  }

  private tellPath(source: number): void {
    const peer = this.peers.get(source);
    this.options.onPath?.(
      source,
      peer?.feed ? { kind: "direct", rtt: peer.rtt } : { kind: "websocket", rtt: this.roomRtt },
    );
  }
}
