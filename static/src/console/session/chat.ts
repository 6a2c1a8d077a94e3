import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { type ChatFrame, type ChatLine, ChatModel, TypingNotice } from "../../wire/chat";
import type { ChatPayload, TypingPayload } from "../../wire/payload";

export interface ChatOptions {
  publishLine(line: ChatPayload): void;
  publishTyping(typing: TypingPayload): void;
}

/** How long after the last key press "is typing" is taken back, in milliseconds. */
const pause = 4000;

/** A session's chat as signals, with the timers and the publishing that the model leaves to its owner. */
export class Chat {
  readonly lines: ReadonlySignal<readonly ChatLine[]>;
  readonly unread: ReadonlySignal<number>;
  /** The sources that are typing. */
  readonly typists: ReadonlySignal<readonly number[]>;
  /** What is being written. Kept here so that it outlives a look at another screen. */
  readonly draft: Signal<string> = signal("");
  #lines = signal<readonly ChatLine[]>([]);
  #unread = signal(0);
  #typists = signal<readonly number[]>([]);
  #model = new ChatModel(0);
  #notice: TypingNotice;
  #options: ChatOptions;
  #expiry: ReturnType<typeof setTimeout> | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #unsubscribe: () => void;

  constructor(options: ChatOptions) {
    this.#options = options;
    this.lines = this.#lines;
    this.unread = this.#unread;
    this.typists = this.#typists;
    this.#notice = new TypingNotice((typing) => options.publishTyping({ typing }));
    this.#unsubscribe = this.#model.subscribe(() => this.#show());
  }

  /** Whether the agent sees the chat: what comes in meanwhile is read. */
  watch(watched: boolean): void {
    this.#model.watched = watched;
  }

  /** The session is joined as this source. */
  identify(own: number): void {
    this.#model.identify(own);
  }

  receive(frame: ChatFrame, payload: unknown): void {
    this.#model.receive(frame, payload);
  }

  receiveTyping(source: number, payload: unknown): void {
    const typing = typeof payload === "object" && payload !== null && "typing" in payload && payload.typing;
    this.#model.typing(source, typing === true);
    this.#expire();
  }

  /** The agent changes the draft. */
  write(draft: string): void {
    this.draft.value = draft;
    this.#notice.input(draft);
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#notice.stop(), pause);
  }

  /** Sends the draft. Returns false when there is nothing to send. */
  send(): boolean {
    const line = this.#model.send(this.draft.value);
    if (!line) return false;
    this.draft.value = "";
    clearTimeout(this.#idle);
    this.#notice.stop();
    this.#options.publishLine(line);
    return true;
  }

  /** All lines that were waiting for the connection are on their way. */
  settle(): void {
    for (const line of this.#model.lines) if (line.pending) this.#model.delivered(line.id);
  }

  close(): void {
    clearTimeout(this.#expiry);
    clearTimeout(this.#idle);
    this.#unsubscribe();
  }

  #expire = (): void => {
    clearTimeout(this.#expiry);
    const next = this.#model.expire();
    if (next > 0) this.#expiry = setTimeout(this.#expire, next);
  };

  #show(): void {
    this.#lines.value = this.#model.lines;
    this.#unread.value = this.#model.unread;
    const typists = this.#model.typists;
    if (typists.join() !== this.#typists.value.join()) this.#typists.value = typists;
  }
}
