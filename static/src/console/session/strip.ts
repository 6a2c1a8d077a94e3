import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { SourcePresence } from "../../wire/messages";
import type { TabState } from "../../wire/payload";

/** One tab of the strip. */
export interface StripTab {
  source: number;
  title: string;
  url: string;
  /** Dot: the customer is looking at it. */
  here: boolean;
  /** Line: the agent is looking at it. */
  viewed: boolean;
  /** Cross: the customer has closed it. */
  closed: boolean;
  /** Without a connection for the moment, as during a navigation. */
  away: boolean;
}

/** Most closed tabs that the strip keeps, the oldest go first; the viewed one stays. */
const closedKept = 4;
const longestTitle = 300;
const longestURL = 2048;

type States = ReadonlyMap<number, TabState>;

/** The tab that the customer looks at: the open one that got the focus last; 0 for none. */
export function customersTab(sources: readonly SourcePresence[], states: States): number {
  let found = 0;
  let latest = -1;
  for (const { source, kind, state } of sources) {
    if (kind !== "tab" || state === "closed") continue;
    const since = states.get(source)?.since ?? 0;
    if (since > latest) {
      found = source;
      latest = since;
    }
  }
  return found;
}

/** The strip's tabs, in the order in which the customer opened them. */
export function stripTabs(
  sources: readonly SourcePresence[],
  states: States,
  view: number,
): readonly StripTab[] {
  const here = customersTab(sources, states);
  const tabs = sources
    .filter(({ kind }) => kind === "tab")
    .sort((a, b) => a.source - b.source)
    .map(({ source, state }) => ({
      source,
      title: states.get(source)?.title ?? "",
      url: states.get(source)?.url ?? "",
      here: source === here,
      viewed: source === view,
      closed: state === "closed",
      away: state === "away",
    }));
  const spare = tabs.filter((tab) => tab.closed && !tab.viewed);
  const dropped = new Set(spare.slice(0, Math.max(0, spare.length - closedKept)));
  return tabs.filter((tab) => !dropped.has(tab));
}

/** Reads a tab's state that came from outside; null when it is none. */
export function parseTabState(payload: unknown): TabState | null {
  if (typeof payload !== "object" || payload === null) return null;
  const tab = payload as Record<string, unknown>;
  if (tab.kind !== "tab") return null;
  return {
    kind: "tab",
    url: string(tab.url, longestURL),
    title: string(tab.title, longestTitle).trim(),
    visible: tab.visible === true,
    focused: tab.focused === true,
    since: number(tab.since),
    width: number(tab.width),
    height: number(tab.height),
  };
}

/**
 * The strip's state: which tabs there are, where the customer is and which one
 * the agent views. The view stays where it is when the customer goes to another
 * tab; from `follow` on it goes along, until the agent picks a tab.
 */
export class Strip {
  readonly tabs: ReadonlySignal<readonly StripTab[]>;
  /** The tab that the customer looks at; 0 for none. */
  readonly here: ReadonlySignal<number>;
  /** The tab that the agent looks at; 0 for none. */
  readonly view: ReadonlySignal<number>;
  /** The tab with the dot, while it is not the one with the line. */
  readonly elsewhere: ReadonlySignal<StripTab | null>;
  #sources: Signal<readonly SourcePresence[]> = signal([]);
  #states: Signal<States> = signal(new Map());
  #view = signal(0);
  #following = false;

  constructor() {
    this.view = this.#view;
    this.here = computed(() => customersTab(this.#sources.value, this.#states.value));
    this.tabs = computed(() => stripTabs(this.#sources.value, this.#states.value, this.#view.value));
    this.elsewhere = computed(() => this.tabs.value.find((tab) => tab.here && !tab.viewed) ?? null);
  }

  /** Whether the view goes with the customer. */
  get following(): boolean {
    return this.#following;
  }

  presence(sources: readonly SourcePresence[]): void {
    batch(() => {
      this.#sources.value = sources;
      this.#settle();
    });
  }

  state(source: number, state: TabState): void {
    batch(() => {
      this.#states.value = new Map(this.#states.value).set(source, state);
      this.#settle();
    });
  }

  stateOf(source: number): TabState | null {
    return this.#states.value.get(source) ?? null;
  }

  /** The agent picks a tab. */
  choose(source: number): void {
    this.#following = false;
    this.#view.value = source;
  }

  /** The agent goes with the customer from now on. */
  follow(): void {
    batch(() => {
      this.#following = true;
      this.#settle();
    });
  }

  #settle(): void {
    const here = this.here.value;
    if (here !== 0 && (this.#following || this.#view.value === 0)) this.#view.value = here;
  }
}

function string(value: unknown, longest: number): string {
  return typeof value === "string" ? value.slice(0, longest) : "";
}

function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
