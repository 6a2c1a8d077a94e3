import { type ReadonlySignal, signal } from "@preact/signals";

/** Where pictures are shown. Batches are JSON arrays of events. */
export interface Screen {
  /** Starts a source's picture from batches that begin with a keyframe. */
  show(source: number, batches: readonly string[]): void;
  /** Goes on with the picture. */
  add(batch: string): void;
  /** Shows nothing. */
  blank(): void;
}

export interface PicturesOptions {
  /** A source's picture can't be shown without a new keyframe. */
  requestKeyframe(source: number): void;
  /** A source's picture is on the screen for the first time in this epoch. */
  onFirst(source: number): void;
  now?(): number;
}

/** What of a source's dom stream is kept: as text, for that is small and needs no work while nobody looks. */
interface Kept {
  epoch: number;
  /** Batches of events, the first of which is a keyframe; null until one came. */
  batches: string[] | null;
  /** Characters of the batches after the keyframe. */
  length: number;
  asked: number;
  /** The epoch whose picture has been reported to `onFirst`. */
  reported: number;
}

/** Beyond these a new keyframe is asked for, so that less must be kept. */
const enoughBatches = 2000;
const enoughLength = 4 << 20;
/** Beyond this many times that, nothing is kept until the keyframe is there. */
const patience = 4;
/** A keyframe is not asked for again within this time, in milliseconds. */
const askAgain = 1000;
/** The first keyframe comes unasked; after this time without it, it is asked for. */
const firstPatience = 3000;

/**
 * The pictures of a session's tabs. Each tab's events since its last keyframe
 * are kept, so that its picture is there at once when the agent turns to it,
 * however old it is.
 */
export class Pictures {
  /** The source whose picture is on the screen; 0 for none. */
  readonly shown: ReadonlySignal<number>;
  #shown = signal(0);
  #kept = new Map<number, Kept>();
  #screen: Screen | null = null;
  #view = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #options: PicturesOptions;
  #now: () => number;

  constructor(options: PicturesOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.shown = this.#shown;
  }

  /** Turns to a source. */
  view(source: number): void {
    if (source === this.#view) return;
    this.#view = source;
    this.#start();
  }

  /** Shows pictures on a screen from now on; returns how to stop that. */
  attach(screen: Screen): () => void {
    this.#screen = screen;
    this.#start();
    return () => {
      if (this.#screen !== screen) return;
      this.#screen = null;
      this.#shown.value = 0;
      clearTimeout(this.#timer);
    };
  }

  /** Takes a frame's batch; null when it could not be read. */
  add(frame: { source: number; epoch: number }, keyframe: boolean, batch: string | null): void {
    const { source, epoch } = frame;
    const kept = this.#of(source);
    if (batch === null || !keep(kept, epoch, keyframe, batch)) {
      this.#ask(source);
      return;
    }
    if (source === this.#view) this.#draw(keyframe, batch);
    this.#bound(source, kept);
  }

  /** The screen can't make a picture of the events any more. */
  lost(): void {
    if (this.#view !== 0) this.#ask(this.#view);
  }

  /** Forgets the sources that are not among these. */
  retain(sources: ReadonlySet<number>): void {
    for (const source of this.#kept.keys()) {
      if (!sources.has(source) && source !== this.#view) this.#kept.delete(source);
    }
  }

  #of(source: number): Kept {
    let kept = this.#kept.get(source);
    if (!kept) {
      kept = { epoch: 0, batches: null, length: 0, asked: Number.NEGATIVE_INFINITY, reported: -1 };
      this.#kept.set(source, kept);
    }
    return kept;
  }

  /** Shows the viewed source from what is kept. */
  #start(): void {
    const screen = this.#screen;
    if (!screen) return;
    clearTimeout(this.#timer);
    const batches = this.#kept.get(this.#view)?.batches;
    if (batches) {
      screen.show(this.#view, batches);
      this.#report();
    } else {
      screen.blank();
      this.#shown.value = 0;
      this.#await();
    }
  }

  /** Sees to it that the viewed source gets a picture. */
  #await(): void {
    const source = this.#view;
    if (source === 0) return;
    if (this.#kept.has(source)) this.#ask(source);
    else this.#timer = setTimeout(() => this.#ask(source), firstPatience);
  }

  #draw(keyframe: boolean, batch: string): void {
    const screen = this.#screen;
    if (!screen) return;
    clearTimeout(this.#timer);
    if (keyframe) screen.show(this.#view, [batch]);
    else screen.add(batch);
    this.#report();
  }

  #report(): void {
    this.#shown.value = this.#view;
    const kept = this.#of(this.#view);
    if (kept.reported === kept.epoch) return;
    kept.reported = kept.epoch;
    this.#options.onFirst(this.#view);
  }

  #bound(source: number, kept: Kept): void {
    const fill = Math.max((kept.batches?.length ?? 0) / enoughBatches, kept.length / enoughLength);
    if (fill < 1) return;
    this.#ask(source);
    if (fill < patience) return;
    kept.batches = null;
    kept.length = 0;
  }

  #ask(source: number): void {
    const kept = this.#of(source);
    const now = this.#now();
    if (now - kept.asked < askAgain) return;
    kept.asked = now;
    this.#options.requestKeyframe(source);
  }
}

/** Adds a batch to what is kept; false when it can't be shown without an earlier one that is not there. */
function keep(kept: Kept, epoch: number, keyframe: boolean, batch: string): boolean {
  if (keyframe) {
    kept.epoch = epoch;
    kept.batches = [batch];
    kept.length = 0;
    return true;
  }
  if (!kept.batches || kept.epoch !== epoch) return false;
  kept.batches.push(batch);
  kept.length += batch.length;
  return true;
}
