/** A WebSocket to the server that says hello, notices when it is dead, and connects again. */

import { type Failure, type Hello, parseMessage, type ServerMessage, version } from "../wire/messages";
import { decodePacket, emptyPacket, encodePacket, isEmpty, type Packet } from "../wire/packet";

/** How long the server may take to answer a hello, in milliseconds. */
const helloTimeout = 10_000;
const pingEvery = 4_000;
/** After a ping, how long to wait for any sign of life. */
const pongTimeout = 5_000;
const firstRetry = 250;
const lastRetry = 4_000;

export type LinkState =
  | { kind: "connecting" }
  | { kind: "open" }
  | { kind: "retrying"; at: number }
  | { kind: "closed"; reason: Failure | null };

export interface SocketOptions {
  /** ws: or wss: URL of the server's /ws. */
  url: string;
  hello(): Omit<Hello, "type" | "v">;
  onMessage(message: ServerMessage): void;
  onPacket?(packet: Packet): void;
  onState(state: LinkState): void;
  /** Round-trip time to the server, in milliseconds. */
  onRoundTrip?(ms: number): void;
}

export class Socket {
  private ws: WebSocket | null = null;
  private retries = 0;
  private closed = false;
  private welcomed = false;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private deadline: ReturnType<typeof setTimeout> | undefined;
  private due = 0;
  private pinger: ReturnType<typeof setInterval> | undefined;
  private readonly retryNowBound = () => this.retryNow();
  private readonly suspectBound = () => this.ping(2_000);

  constructor(private readonly options: SocketOptions) {}

  connect(): void {
    globalThis.addEventListener?.("online", this.retryNowBound);
    globalThis.addEventListener?.("offline", this.suspectBound);
    this.open();
  }

  /** Connects at once if it is waiting to try again. */
  retryNow(): void {
    if (this.closed || this.ws) return;
    clearTimeout(this.retryTimer);
    this.open();
  }

  send(message: object): void {
    if (this.welcomed) this.ws?.send(JSON.stringify(message));
  }

  sendPacket(packet: Packet): void {
    if (this.welcomed && this.ws?.readyState === WebSocket.OPEN && !isEmpty(packet)) {
      this.ws.send(encodePacket(packet) as Uint8Array<ArrayBuffer>);
    }
  }

  /** Gives this connection up and makes another. */
  reset(): void {
    if (this.ws) this.lost();
  }

  /** Bytes that wait to be sent. */
  get buffered(): number {
    return this.ws?.bufferedAmount ?? 0;
  }

  close(): void {
    this.end(null);
  }

  private open(): void {
    this.options.onState({ kind: "connecting" });
    const ws = new WebSocket(this.options.url);
    ws.binaryType = "arraybuffer";
    this.ws = ws;
    this.expect(helloTimeout);
    ws.onopen = () => ws.send(JSON.stringify({ type: "hello", v: version, ...this.options.hello() }));
    ws.onmessage = (event) => {
      if (ws === this.ws) this.receive(event.data);
    };
    ws.onclose = () => {
      if (ws === this.ws) this.lost();
    };
  }

  private receive(data: unknown): void {
    this.relax();
    if (typeof data === "string") this.receiveMessage(data);
    else if (data instanceof ArrayBuffer) this.receivePacket(new Uint8Array(data));
  }

  private receiveMessage(text: string): void {
    const message = parseMessage(text);
    if (!message) return;
    if (message.type === "welcome") {
      this.welcomed = true;
      this.retries = 0;
      clearInterval(this.pinger);
      this.pinger = setInterval(() => this.ping(pongTimeout), pingEvery);
      this.ping(pongTimeout);
      this.options.onState({ kind: "open" });
    }
    this.options.onMessage(message);
    if (message.type === "error" && message.fatal) this.end(message);
  }

  private receivePacket(bytes: Uint8Array): void {
    let packet: Packet;
    try {
      packet = decodePacket(bytes);
    } catch {
      this.reset();
      return;
    }
    for (const sent of packet.pong) this.options.onRoundTrip?.(elapsed(sent));
    this.options.onPacket?.(packet);
  }

  private ping(timeout: number): void {
    if (!this.welcomed) return;
    this.sendPacket({ ...emptyPacket(), ping: [clock()] });
    this.expect(timeout);
  }

  /**
   * Gives the connection up unless it shows a sign of life in time. What was
   * due earlier stays due. That bytes leave is a sign, too: on a slow network an
   * answer waits for all that was sent before.
   */
  private expect(timeout: number): void {
    const due = performance.now() + timeout;
    if (this.deadline !== undefined && this.due <= due) return;
    this.relax();
    this.due = due;
    const waiting = this.buffered;
    this.deadline = setTimeout(() => {
      const left = this.buffered < waiting;
      this.relax();
      if (left) this.expect(timeout);
      else this.lost();
    }, timeout);
  }

  private relax(): void {
    clearTimeout(this.deadline);
    this.deadline = undefined;
  }

  private lost(): void {
    this.drop();
    if (this.closed) return;
    const wait = Math.min(lastRetry, firstRetry * 2 ** this.retries++) * (0.75 + Math.random() / 2);
    this.retryTimer = setTimeout(() => this.open(), wait);
    this.options.onState({ kind: "retrying", at: Date.now() + wait });
  }

  private end(reason: Failure | null): void {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.retryTimer);
    globalThis.removeEventListener?.("online", this.retryNowBound);
    globalThis.removeEventListener?.("offline", this.suspectBound);
    this.drop();
    this.options.onState({ kind: "closed", reason });
  }

  private drop(): void {
    this.relax();
    clearInterval(this.pinger);
    this.welcomed = false;
    const { ws } = this;
    this.ws = null;
    ws?.close();
  }
}

/** Milliseconds that fit a ping's 32 bits. */
export function clock(): number {
  return Math.round(performance.now()) >>> 0;
}

/** Milliseconds since clock() gave that value. */
export function elapsed(since: number): number {
  return Math.max(0, clock() - since);
}
