import type { eventWithTime, incrementalData, mutationData } from "@rrweb/types";
import { HOST_CLASS, type PageMeta } from "../../mirror/attributes";
import { Batch } from "./batch";
import { shownText, shownValue } from "./field";
import { filterEvent } from "./filter";
import { Frames } from "./frames";
import { BLOCKED, LivePage, LOST, masksText } from "./page";
import { Pointer, type PointerPosition } from "./pointer";
import {
  BLOCK_ATTRIBUTE,
  type CapturePolicy,
  MASK_ATTRIBUTE,
  type Rules,
  rulesFor,
  UNMASK_ATTRIBUTE,
} from "./policy";
import { record } from "./rrweb";

export type { PointerPosition } from "./pointer";
export type { CapturePolicy } from "./policy";

export interface CaptureOptions {
  /** A keyframe's events are Meta, FullSnapshot and, if any, the page's constructed style sheets. */
  emit(events: eventWithTime[], keyframe: boolean): void;
  /** The pointer moved; x and y are -1 when it left the page. */
  onPointer(position: PointerPosition): void;
  policy: CapturePolicy;
  onError(error: unknown): void;
}

/** Changes that come within this time, in ms, leave together. */
const BATCH_MS = 16;
/** After a change of what is withheld, the next keyframe because of another such change waits this long. */
const RULES_CHANGE_MS = 1000;

const META = 4;
const FULL_SNAPSHOT = 2;
const MUTATION = 0;
const SELECTION = 14;
const ADOPTED_STYLE = 15;

/**
 * Captures the page that the script runs in, with everything masked that must
 * be. One at a time can run in a page. It never throws into the page.
 */
export class Capture {
  readonly #options: CaptureOptions;
  readonly #rules: Rules;
  readonly #page: LivePage;
  #batch: Batch<eventWithTime> | null = null;
  readonly #frames = new Frames();
  #keyframe: eventWithTime[] = [];
  #pointer: Pointer | null = null;
  #watcher: RulesWatcher | null = null;
  #stopRecording: (() => void) | undefined;
  #running = false;
  #paused = false;

  constructor(options: CaptureOptions) {
    this.#options = options;
    this.#rules = rulesFor(options.policy, understood, (error) => options.onError(error));
    this.#page = new LivePage(this.#rules, (id) => record.mirror.getNode(id));
  }

  /** Begins, with a keyframe as soon as the page's document is read. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#frames.reset();
    this.#batch = new Batch((events) => this.#send(events, false), BATCH_MS);
    this.#guarded(() => {
      this.#stopRecording = this.#record();
      this.#pointer = new Pointer((position) => this.#point(position));
      this.#pointer.watch(document);
      this.#watcher = new RulesWatcher(() => this.keyframe());
    });
  }

  /** Sends the whole page; nodes keep their ids. Nothing happens before the first keyframe or in a pause. */
  keyframe(): void {
    if (!this.#running || this.#paused || !record.mirror.getNode(record.mirror.getId(document))) return;
    this.#guarded(() => {
      this.#batch?.flush();
      record.takeFullSnapshot(true);
      this.#sendKeyframe();
    });
  }

  /** Lets nothing out until resume(), which sends a keyframe. */
  pause(): void {
    this.#paused = true;
    this.#batch?.drop();
    this.#keyframe = [];
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.keyframe();
  }

  /** Ends the capture; what has not been sent is dropped. start() gives all nodes new ids. */
  stop(): void {
    if (!this.#running) return;
    this.#running = false;
    this.#guarded(() => {
      this.#pointer?.stop();
      this.#watcher?.stop();
      this.#stopRecording?.();
      this.#batch?.close();
      this.#keyframe = [];
    });
  }

  /**
   * The element that the mirror knows by this id, for anchoring to it and
   * acting on it; null if it is unknown, gone, blocked, masked or a password.
   */
  node(id: number): Element | null {
    if (!this.#running) return null;
    const node = record.mirror.getNode(id);
    if (!node || node.nodeType !== Node.ELEMENT_NODE) return null;
    this.#page.forget();
    const element = node as Element;
    const standing = this.#page.standing(element);
    const treatment = this.#page.treatment(element, standing);
    if (standing & (BLOCKED | LOST) || masksText(standing)) return null;
    return treatment && treatment !== "show" ? null : element;
  }

  #record(): (() => void) | undefined {
    return record({
      emit: (event) => this.#guarded(() => this.#take(event)),
      errorHandler: (error) => this.#swallows(error),
      recordAfter: "DOMContentLoaded",
      blockClass: HOST_CLASS,
      blockSelector: this.#rules.block,
      maskTextSelector: `${this.#rules.mask},${this.#rules.editable}`,
      maskTextFn: (text, element) => (this.#masks(element) ? shownText(text) : text),
      maskInputOptions: { input: true, textarea: true, select: true },
      maskInputFn: (value, element) => this.#shown(value, element),
      slimDOMOptions: "all",
      sampling: { mousemove: false, mouseInteraction: ONLY_FOCUS, scroll: 50, media: 5000, input: "all" },
      recordCanvas: false,
      recordCrossOriginIframes: false,
      inlineImages: false,
      collectFonts: false,
    });
  }

  #masks(element: Element | null): boolean {
    this.#page.forget();
    return !element || masksText(this.#page.standing(element));
  }

  #shown(value: string, element: Element): string {
    this.#page.forget();
    const treatment = this.#page.treatment(element, this.#page.standing(element));
    return shownValue(treatment ?? "empty", value);
  }

  #take(event: eventWithTime): void {
    this.#page.forget();
    const batch = this.#batch;
    if (!this.#announced(event) || !this.#running || this.#paused || !batch) return;
    if (!filterEvent(event, this.#page)) return;
    const type = event.type as number;
    if (type === META) {
      batch.flush();
      Object.assign(event.data as PageMeta, appearance());
      this.#keyframe = [event];
    } else if (type === FULL_SNAPSHOT) {
      this.#frames.renew();
      this.#keyframe.push(event);
      queueMicrotask(() => this.#sendKeyframe());
    } else if (this.#keyframe.length && sourceOf(event) === ADOPTED_STYLE && !batch.last) {
      this.#keyframe.push(event);
    } else if (sourceOf(event) === SELECTION && batch.last && sourceOf(batch.last) === SELECTION) {
      batch.replaceLast(event);
    } else {
      batch.add(event);
    }
  }

  /** Sees to the frame whose content the event brings, if it does; false when that has been sent already. */
  #announced(event: eventWithTime): boolean {
    const data = event.data as Partial<mutationData>;
    if (sourceOf(event) !== MUTATION || !data.isAttachIframe) return true;
    const frame = record.mirror.getNode(data.adds?.[0]?.node.id ?? -1) as Document | null;
    return !frame || this.#frames.announce(frame, this.#running, () => this.#pointer?.watch(frame));
  }

  #sendKeyframe(): void {
    const events = this.#keyframe;
    this.#keyframe = [];
    if (events.length > 1) this.#send(events, true);
  }

  #send(events: eventWithTime[], keyframe: boolean): void {
    // What changed since the snapshot was taken must not overtake it.
    if (!keyframe) this.#sendKeyframe();
    this.#guarded(() => this.#options.emit(events, keyframe));
  }

  #point(position: PointerPosition): void {
    if (!this.#paused) this.#guarded(() => this.#options.onPointer(position));
  }

  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#options.onError(error);
    }
  }

  /**
   * Decides on an error inside what the recorder wraps. That includes the
   * page's own calls of insertRule and the like: their errors are the page's.
   */
  #swallows(error: unknown): boolean {
    if (isPagesOwn(error)) return false;
    this.#options.onError(error);
    return true;
  }
}

const ONLY_FOCUS = {
  MouseUp: false,
  MouseDown: false,
  Click: false,
  ContextMenu: false,
  DblClick: false,
  TouchStart: false,
  TouchEnd: false,
  TouchCancel: false,
};

function isPagesOwn(error: unknown): boolean {
  if (Object.prototype.toString.call(error) !== "[object DOMException]") return false;
  return !(error as DOMException).message.includes("valid selector"); // the recorder's own look-ups
}

function sourceOf(event: eventWithTime): number | undefined {
  return (event.type as number) === 3 ? ((event.data as incrementalData).source as number) : undefined;
}

/** What the page looks like because of the customer's machine. */
function appearance(): Pick<PageMeta, "dark" | "scrollbar"> {
  return {
    dark: matchMedia("(prefers-color-scheme: dark)").matches,
    scrollbar: Math.max(0, innerWidth - document.documentElement.clientWidth),
  };
}

function understood(selector: string): boolean {
  try {
    document.createDocumentFragment().querySelector(selector);
    return true;
  } catch {
    return false;
  }
}

/** Asks for a keyframe when what is withheld, or how the page looks as a whole, changes under way. */
class RulesWatcher {
  readonly #observer: MutationObserver;
  readonly #scheme = matchMedia("(prefers-color-scheme: dark)");
  readonly #changed = () => this.#change();
  readonly #renew: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #again = false;

  constructor(renew: () => void) {
    this.#renew = renew;
    this.#observer = new MutationObserver(this.#changed);
    this.#observer.observe(document, {
      subtree: true,
      attributes: true,
      attributeFilter: [BLOCK_ATTRIBUTE, MASK_ATTRIBUTE, UNMASK_ATTRIBUTE],
    });
    this.#scheme.addEventListener("change", this.#changed);
  }

  stop(): void {
    this.#observer.disconnect();
    this.#scheme.removeEventListener("change", this.#changed);
    clearTimeout(this.#timer);
  }

  #change(): void {
    if (this.#timer !== undefined) {
      this.#again = true;
      return;
    }
    this.#again = false;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#again) this.#change();
    }, RULES_CHANGE_MS);
    this.#renew();
  }
}
