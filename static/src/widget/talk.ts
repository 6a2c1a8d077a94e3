import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ChatLine, ChatModel, ReadMarks } from "../wire/chat";
import { isRecord, type Slot } from "./slot";
import type { Tab } from "./tab";

export interface ChatView {
  lines: readonly ChatLine[];
  unread: number;
  /** Names of those who are typing. */
  typing: readonly string[];
}

/** What the tabs of one site have read, in localStorage. Apart from the lead, for every tab writes it often. */
export interface Marks {
  lead: string;
  read: ReadMarks;
}

export function parseMarks(value: unknown): Marks {
  if (!isRecord(value) || typeof value.lead !== "string" || !isRecord(value.read))
    return { lead: "", read: {} };
  return { lead: value.lead, read: value.read as ReadMarks }; // the chat model checks each mark
}

/** What the talk needs of the tab's session. */
export interface Voice {
  readonly chat: ChatModel;
  say(text: string): void;
  /** What stands in the chat's field and is not sent. */
  draft(text: string): void;
}

export interface TalkDeps {
  tab: Tab;
  marks: Slot<Marks>;
  visible(): boolean;
  nameOf(source: number): string;
  report(error: unknown): void;
  now(): number;
  /** Calls f in some time; returns how to forget it. */
  later(ms: number, f: () => void): () => void;
}

const nothingSaid: ChatView = { lines: [], unread: 0, typing: [] };
/** After joining, the lines that were there before arrive: they are no news. */
const oldNews = 1500;
const toastLife = 7000;

/** The chat as this tab shows it: over navigations, and in step with the customer's other tabs. */
export class Talk {
  readonly #deps: TalkDeps;
  readonly #view = signal<ChatView>(nothingSaid);
  readonly #open = signal(false);
  readonly #toast = signal<{ name: string; text: string } | null>(null);
  /** What stands in the chat's field. */
  readonly #draft: Signal<string> = signal("");
  #voice: Voice | null = null;
  #unsubscribe = () => {};
  #attachedAt = 0;
  #forgetToast = () => {};

  constructor(deps: TalkDeps) {
    this.#deps = deps;
  }

  get view(): ReadonlySignal<ChatView> {
    return this.#view;
  }
  get open(): ReadonlySignal<boolean> {
    return this.#open;
  }
  get draft(): ReadonlySignal<string> {
    return this.#draft;
  }
  /** A line that has just come while the chat is closed. */
  get toast(): ReadonlySignal<{ name: string; text: string } | null> {
    return this.#toast;
  }
  /** Most characters of a line. */
  get longest(): number | undefined {
    return this.#voice?.chat.longest;
  }

  /** What was read of that lead's chat. */
  read(lead: string): ReadMarks {
    const marks = this.#deps.marks.get();
    return marks.lead === lead ? marks.read : {};
  }

  /** Takes up what the page before left. */
  restore(): void {
    const record = this.#deps.tab.record;
    this.#open.value = record?.chatOpen ?? false;
    this.#draft.value = record?.draft ?? "";
  }

  attach(voice: Voice): void {
    this.detach();
    this.#voice = voice;
    this.#attachedAt = this.#deps.now();
    this.#unsubscribe = voice.chat.subscribe(() => this.refresh());
    this.look();
    this.refresh();
  }

  detach(): void {
    this.#unsubscribe();
    this.#voice = null;
    this.#setToast(null);
    this.#view.value = nothingSaid;
  }

  /** Opens or closes the chat. */
  show(on: boolean): void {
    batch(() => {
      this.#open.value = on;
      this.#deps.tab.update({ chatOpen: on });
      if (on) this.#setToast(null);
      this.look();
    });
  }

  /** The page came to the front, or went away from it: the chat is read while it is open in front. */
  look(): void {
    if (this.#voice) this.#voice.chat.watched = this.#open.value && this.#deps.visible();
  }

  /** The draft changed. */
  type(draft: string): void {
    this.#draft.value = draft;
    this.#voice?.draft(draft);
  }

  /** Sends the draft. */
  say(): void {
    if (!this.#voice) return;
    this.#voice.say(this.#draft.value);
    this.#draft.value = "";
  }

  /** Another tab has read something. */
  sharedChanged(): void {
    const lead = this.#deps.tab.record?.lead;
    if (lead) this.#voice?.chat.restore({ read: this.read(lead) });
  }

  /** Shows the chat as it is now. */
  refresh(): void {
    if (!this.#voice) return;
    try {
      this.#refresh(this.#voice.chat);
    } catch (error) {
      this.#deps.report(error);
    }
  }

  #refresh(chat: ChatModel): void {
    const { nameOf, now } = this.#deps;
    const before = this.#view.value.lines;
    this.#view.value = { lines: chat.lines, unread: chat.unread, typing: chat.typists.map(nameOf) };
    this.#keep(chat);
    const latest = chat.lines.findLast((line) => !line.mine);
    if (!latest || chat.watched || before.some((line) => line.id === latest.id)) return;
    if (now() - this.#attachedAt >= oldNews)
      this.#setToast({ name: nameOf(latest.source), text: latest.text });
  }

  /** Keeps what the next page, and the other tabs, need. */
  #keep(chat: ChatModel): void {
    const { tab, marks } = this.#deps;
    const { read, pending } = chat.memory();
    if (!tab.record) return;
    if (JSON.stringify(pending) !== JSON.stringify(tab.record.pending)) tab.update({ pending });
    const { lead } = tab.record;
    if (JSON.stringify(read) !== JSON.stringify(this.read(lead))) marks.set({ lead, read });
  }

  #setToast(toast: { name: string; text: string } | null): void {
    this.#forgetToast();
    this.#forgetToast = () => {};
    this.#toast.value = toast;
    if (toast) this.#forgetToast = this.#deps.later(toastLife, () => this.#setToast(null));
  }
}
