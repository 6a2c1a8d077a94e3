import { Replayer as untyped } from "@rrweb/replay";
import type { eventWithTime, IMirror } from "@rrweb/types";

/**
 * The part of @rrweb/replay that is used. Its own declarations import a
 * package that it does not depend on, so they are no types at all.
 */
export interface ReplayerOptions {
  root: HTMLElement;
  liveMode: true;
  useVirtualDom: false;
  UNSAFE_replayCanvas: false;
  mouseTail: false;
  triggerFocus: false;
  pauseAnimation: false;
  blockClass: string;
  insertStyleRules: string[];
  showWarning: boolean;
  logger: { warn(...args: unknown[]): void; log(...args: unknown[]): void };
  plugins: { onBuild(node: Node, context: { id: number }): void }[];
}

export interface StyleCache {
  stylesWithHoverClass: Map<string, string>;
}

export interface Replayer {
  readonly wrapper: HTMLElement;
  readonly iframe: HTMLIFrameElement;
  /** Style texts as they were adapted for replay, by the original. */
  cache: StyleCache;
  getMirror(): IMirror<Node>;
  /**
   * What the replayer calls when an event is due. Calling it directly applies
   * the event now: without a clock, without an animation frame, so also in a
   * hidden window, and without the event joining the replayer's own list,
   * which would only grow.
   */
  getCastFn(event: eventWithTime, isSync: boolean): () => void;
  destroy(): void;
}

export const Replayer = untyped as unknown as new (
  events: eventWithTime[],
  options: ReplayerOptions,
) => Replayer;
