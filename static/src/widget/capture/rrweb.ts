import { record as untyped } from "@rrweb/record";
import type { eventWithTime, IMirror, SamplingStrategy } from "@rrweb/types";

/**
 * The part of @rrweb/record that is used. Its own declarations import a
 * package that it does not depend on, so they are no types at all.
 */
export interface RecordOptions {
  emit(event: eventWithTime): void;
  errorHandler(error: unknown): boolean;
  recordAfter: "DOMContentLoaded";
  blockClass: string;
  blockSelector: string;
  maskTextSelector: string;
  maskTextFn(text: string, element: Element | null): string;
  maskInputOptions: { input: true; textarea: true; select: true };
  maskInputFn(text: string, element: Element): string;
  slimDOMOptions: "all";
  sampling: SamplingStrategy;
  recordCanvas: false;
  recordCrossOriginIframes: false;
  inlineImages: false;
  collectFonts: false;
}

interface Recorder {
  (options: RecordOptions): (() => void) | undefined;
  takeFullSnapshot(isCheckout: boolean): void;
  mirror: IMirror<Node>;
}

export const record = untyped as unknown as Recorder;
