import type { ChatPayload } from "../wire/payload";
import { isRecord, type Slot } from "./slot";

/** What one tab keeps over its navigations, in sessionStorage. */
export interface TabRecord {
  /** The tab's name towards the server. */
  window: string;
  /** The lead that this is about. */
  lead: string;
  /** The page that used it is gone: the next one may take it over. */
  released: boolean;
  /** When the tab last got the focus, in milliseconds. */
  since: number;
  chatOpen: boolean;
  folded: boolean;
  /** What stands in the chat's field. */
  draft: string;
  /** Chat lines that may not have arrived. */
  pending: ChatPayload[];
}

export function parseTab(value: unknown): TabRecord | null {
  if (!isRecord(value)) return null;
  const { window, lead, since, pending } = value;
  if (typeof window !== "string" || !window || typeof lead !== "string") return null;
  return {
    window,
    lead,
    released: value.released === true,
    since: typeof since === "number" ? since : 0,
    chatOpen: value.chatOpen === true,
    folded: value.folded === true,
    draft: typeof value.draft === "string" ? value.draft : "",
    pending: Array.isArray(pending) ? (pending as ChatPayload[]) : [], // the chat model checks each line
  };
}

/**
 * Who this tab is. A navigation or reload stays the same tab, but a duplicated
 * tab gets a copy of the first one's storage and must not take itself for it:
 * so a page takes a record over only if the page before has let go of it.
 */
export class Tab {
  #slot: Slot<TabRecord | null>;
  #newID: () => string;
  #record: TabRecord | null = null;

  constructor(slot: Slot<TabRecord | null>, newID: () => string) {
    this.#slot = slot;
    this.#newID = newID;
  }

  /** The record that was taken; null before. */
  get record(): Readonly<TabRecord> | null {
    return this.#record;
  }

  /** The tab's name; empty before it is taken. */
  get window(): string {
    return this.#record?.window ?? "";
  }

  /** Whether the tab's last page has let go of it. */
  get isReleased(): boolean {
    return this.#slot.get()?.released ?? true;
  }

  /**
   * Takes the tab's identity for a lead: the one before it if that was let go
   * of, or was this very page's, which the browser has brought back; else a new one.
   */
  take(lead: string): Readonly<TabRecord> {
    if (this.#record?.lead === lead && !this.#record.released) return this.#record;
    const left = this.#slot.get();
    const isOurs = left?.lead === lead && (left.released || left.window === this.#record?.window);
    return this.#put({ ...(isOurs ? left : fresh(this.#newID(), lead)), released: false });
  }

  /** Becomes another tab: somebody else uses this one's name. */
  renew(): void {
    if (this.#record) this.#put({ ...this.#record, window: this.#newID(), pending: [] });
  }

  update(change: Partial<Omit<TabRecord, "window" | "lead">>): void {
    if (this.#record) this.#put({ ...this.#record, ...change });
  }

  /** Lets go of the identity, as the page goes away. */
  release(): void {
    this.update({ released: true });
  }

  #put(record: TabRecord): TabRecord {
    this.#record = record;
    this.#slot.set(record);
    return record;
  }
}

function fresh(window: string, lead: string): TabRecord {
  return { window, lead, released: false, since: 0, chatOpen: false, folded: false, draft: "", pending: [] };
}
