import type { Missing } from "../../mirror/mirror";
import type { MarkerPayload, PointerPayload } from "../../wire/payload";
import type { Screen } from "./pictures";

/** More of a stroke that the agent draws; the session adds which tab it is on. */
export type Stroke = Omit<MarkerPayload, "on">;

/** What the mirror's page tells the session's view. */
export interface MirrorListener {
  /** The parts that can't be shown have changed. */
  onMissing(missing: readonly Missing[]): void;
  /** The picture is no longer the page. */
  onLost(): void;
  /** The agent draws on a source's picture. */
  onStroke(source: number, stroke: Stroke): void;
}

/**
 * What the mirror's page, in its frame, offers to the session's view as the
 * property `besideMirror` of its window.
 */
export interface MirrorPage extends Screen {
  /** Connects the page with the view; called once, before anything else. */
  listen(listener: MirrorListener): void;
  /** Shows the customer's mouse; null hides it. */
  pointer(pointer: PointerPayload | null): void;
  /** Shows a stroke that a colleague draws. */
  stroke(stroke: Stroke): void;
  /** Takes up the pen, or puts it away. */
  pen(down: boolean): void;
  /** The colour of strokes. */
  color(color: string): void;
}

/** The window of the mirror's page. */
export interface MirrorWindow extends Window {
  besideMirror?: MirrorPage;
}
