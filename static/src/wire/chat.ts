import type { ChatPayload } from "./payload";

/** Most characters of one line, in UTF-16 units; longer ones are cut by who sends and by who receives. */
export const maxChatText = 4000;
/** Most lines that are kept; the oldest go first. */
const maxLines = 2000;
/** How long "is typing" holds without being said again, in milliseconds. */
export const typingLife = 6000;
/** How often it is said again while somebody types, in milliseconds. */
export const typingRefresh = 3000;

/** What the model reads of a frame. */
export interface ChatFrame {
  source: number;
  epoch: number;
  seq: number;
  /** The publisher's clock, in milliseconds since the Unix epoch. */
  time: number;
}

/** One line as it is shown. Lines are never changed in place. */
export interface ChatLine {
  id: string;
  text: string;
  source: number;
  /** Where it stands in its stream; zeros while it is pending. */
  epoch: number;
  seq: number;
  time: number;
  /** Written by oneself, in this window or in another of one's own. */
  mine: boolean;
  /** Not yet known to have reached the session. */
  pending: boolean;
}

/** How far one has read each other source's lines. Plain JSON, to be kept over a navigation. */
export type ReadMarks = Record<string, [epoch: number, seq: number]>;

/** What a model is restored from after a navigation. */
export interface ChatMemory {
  read: ReadMarks;
  pending: ChatPayload[];
}

/**
 * The lines of one session's chat, what of them is unread, and who is typing.
 * It sends nothing and keeps no timers: its owner publishes what `send` returns
 * and passes the time in.
 *
 * A line may arrive more than once (after a reload the session tells everything
 * from the start, and lines that were pending are sent again): it is shown once,
 * by its id and text.
 */
export class ChatModel {
  #own: number;
  #mates: ReadonlySet<number> = new Set();
  #lines: readonly ChatLine[] = [];
  #keys = new Set<string>();
  #read = new Map<number, [number, number]>();
  #typing = new Map<number, number>();
  #watched = false;
  #subscribers = new Set<() => void>();
  #newID: () => string;

  /** `own` is the number of the own source; 0 while it is not known. */
  constructor(own: number, newID: () => string = randomID) {
    this.#own = own;
    this.#newID = newID;
  }

  /** Most characters of one line. */
  readonly longest = maxChatText;

  /** All lines, as they came, what is pending last. A new array after each change. */
  get lines(): readonly ChatLine[] {
    return this.#lines;
  }

  /** How many lines of others have not been read. */
  get unread(): number {
    return this.#lines.reduce((sum, line) => sum + (this.#isUnread(line) ? 1 : 0), 0);
  }

  /** The sources that are typing now, without one's own. */
  get typists(): readonly number[] {
    return [...this.#typing.keys()].filter((source) => !this.#isMine(source));
  }

  /** Whether the chat is in front of the reader's eyes: what arrives meanwhile is read at once. */
  get watched(): boolean {
    return this.#watched;
  }

  set watched(value: boolean) {
    if (value === this.#watched) return;
    this.#watched = value;
    if (value) this.#readAll();
    this.#changed();
  }

  /** Says who one is: the own source, and others (a customer's other tabs) whose lines are one's own too. */
  identify(own: number, mates: Iterable<number> = []): void {
    this.#own = own;
    this.#mates = new Set(mates);
    this.#lines = this.#lines.map((line) => {
      const source = line.pending ? own : line.source;
      return { ...line, source, mine: line.pending || this.#isMine(source) };
    });
    if (this.#watched) this.#readAll();
    this.#changed();
  }

  /**
   * Takes a line that arrived. Returns whether it is a new one; what is no chat
   * line is ignored. Lines stand as they came, which is how the session tells
   * its past, too: clocks are not to be trusted.
   */
  receive(frame: ChatFrame, payload: unknown): boolean {
    const said = parseChat(payload);
    if (!said) return false;
    const line: ChatLine = {
      ...said,
      source: frame.source,
      epoch: frame.epoch,
      seq: frame.seq,
      time: frame.time,
      mine: this.#isMine(frame.source),
      pending: false,
    };
    if (this.#keys.has(keyOf(said))) {
      this.#confirm(line);
      return false;
    }
    this.#typing.delete(frame.source);
    this.#insert(line);
    if (this.#watched) this.#readAll();
    this.#changed();
    return true;
  }

  /**
   * Adds an own line as pending and returns what to publish; null when there is
   * nothing to say. It stays pending until `delivered`, or until it comes back.
   */
  send(text: string, now: number = Date.now()): ChatPayload | null {
    const said = parseChat({ id: this.#newID(), text: text.trim() });
    if (!said) return null;
    this.#insertPending(said, now);
    this.#changed();
    return said;
  }

  /** Marks an own line as having reached the session. */
  delivered(id: string): void {
    if (!this.#lines.some((line) => line.pending && line.id === id)) return;
    this.#lines = sorted(this.#lines.map((line) => (line.id === id ? { ...line, pending: false } : line)));
    this.#changed();
  }

  /** Says that a source is typing, or stopped. */
  typing(source: number, on: boolean, now: number = Date.now()): void {
    const before = this.#typing.has(source);
    if (on) this.#typing.set(source, now + typingLife);
    else this.#typing.delete(source);
    if (before !== on) this.#changed();
  }

  /**
   * Forgets those who have not typed for long, and returns in how many
   * milliseconds the next one is due; 0 when nobody is typing.
   */
  expire(now: number = Date.now()): number {
    const due = [...this.#typing].filter(([, until]) => until <= now);
    for (const [source] of due) this.#typing.delete(source);
    if (due.length > 0) this.#changed();
    if (this.#typing.size === 0) return 0;
    return Math.max(1, Math.min(...this.#typing.values()) - now);
  }

  /** What to keep over a navigation. */
  memory(): ChatMemory {
    return {
      read: Object.fromEntries(this.#read),
      pending: this.#lines.filter((line) => line.pending).map(({ id, text }) => ({ id, text })),
    };
  }

  /**
   * Takes up what an earlier page or another tab kept; returns the lines that
   * were pending and are to be published again. What does not parse is ignored.
   */
  restore(memory: unknown, now: number = Date.now()): ChatPayload[] {
    const { read, pending } = (isRecord(memory) ? memory : {}) as { read?: unknown; pending?: unknown };
    for (const [source, mark] of Object.entries(isRecord(read) ? read : {})) {
      if (isMark(mark)) this.#markRead(Number(source), mark);
    }
    const again = (Array.isArray(pending) ? pending : [])
      .map(parseChat)
      .filter((said): said is ChatPayload => said !== null && !this.#keys.has(keyOf(said)));
    for (const said of again) this.#insertPending(said, now);
    this.#changed();
    return again;
  }

  /** Calls `changed` after every change; returns how to stop that. */
  subscribe(changed: () => void): () => void {
    this.#subscribers.add(changed);
    return () => this.#subscribers.delete(changed);
  }

  #isMine(source: number): boolean {
    return source === this.#own || this.#mates.has(source);
  }

  #isUnread(line: ChatLine): boolean {
    if (line.mine) return false;
    const mark = this.#read.get(line.source);
    return mark === undefined || isBefore(mark, [line.epoch, line.seq]);
  }

  #readAll(): void {
    for (const line of this.#lines) {
      if (!line.mine) this.#markRead(line.source, [line.epoch, line.seq]);
    }
  }

  #markRead(source: number, mark: [number, number]): void {
    const before = this.#read.get(source);
    if (!before || isBefore(before, mark)) this.#read.set(source, mark);
  }

  /** An own pending line came back: now its place is known. */
  #confirm(line: ChatLine): void {
    const key = keyOf(line);
    if (!line.mine || !this.#lines.some((known) => known.pending && keyOf(known) === key)) return;
    this.#lines = sorted([...this.#lines.filter((known) => keyOf(known) !== key), line]);
    this.#changed();
  }

  #insertPending(said: ChatPayload, now: number): void {
    this.#insert({ ...said, source: this.#own, epoch: 0, seq: 0, time: now, mine: true, pending: true });
  }

  #insert(line: ChatLine): void {
    this.#keys.add(keyOf(line));
    const lines = sorted([...this.#lines, line]);
    for (const dropped of lines.splice(0, Math.max(0, lines.length - maxLines))) {
      this.#keys.delete(keyOf(dropped));
    }
    this.#lines = lines;
  }

  #changed(): void {
    for (const changed of [...this.#subscribers]) changed();
  }
}

/**
 * Says on the wire that somebody types, as seldom as it can: at the first
 * letter, every few seconds after that, and when it is over.
 */
export class TypingNotice {
  #said = 0;
  #publish: (typing: boolean) => void;

  constructor(publish: (typing: boolean) => void) {
    this.#publish = publish;
  }

  /** The draft changed. */
  input(draft: string, now: number = Date.now()): void {
    if (draft.trim() === "") {
      this.stop();
      return;
    }
    if (this.#said !== 0 && now - this.#said < typingRefresh) return;
    this.#said = now;
    this.#publish(true);
  }

  /** The draft was sent or put away. */
  stop(): void {
    if (this.#said === 0) return;
    this.#said = 0;
    this.#publish(false);
  }
}

/** Reads a chat line that came from outside; null when it is none. */
export function parseChat(payload: unknown): ChatPayload | null {
  if (!isRecord(payload)) return null;
  const { id, text } = payload;
  if (typeof id !== "string" || id === "" || id.length > 64) return null;
  if (typeof text !== "string" || text.trim() === "") return null;
  return { id, text: text.slice(0, maxChatText) };
}

/** Keeps what arrived in its order and what is pending after it. */
function sorted(lines: readonly ChatLine[]): ChatLine[] {
  return [...lines.filter((line) => !line.pending), ...lines.filter((line) => line.pending)];
}

function keyOf(said: ChatPayload): string {
  return `${said.id}\n${said.text}`;
}

function isBefore(a: [number, number], b: [number, number]): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isMark(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((part) => Number.isInteger(part));
}

function randomID(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
