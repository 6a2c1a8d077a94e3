import type { eventWithTime } from "@rrweb/types";
import { Markers } from "../../mirror/markers";
import { Mirror } from "../../mirror/mirror";
import type { PointerPayload } from "../../wire/payload";
import type { MirrorListener, MirrorPage, Stroke } from "./page";
import { Pen } from "./pen";

/** One tab's picture and what is drawn on it. */
interface Picture {
  source: number;
  layer: HTMLElement;
  mirror: Mirror;
  markers: Markers;
}

const firstColor = "#4353d6";
/** How often it is looked whether a new picture is complete, and how long at most, in milliseconds. */
const look = 30;
const longestLook = 3000;

/**
 * The page in which the customer's page is mirrored. It runs in a frame of its
 * own, whose policy lets it fetch nothing but what the site's settings allow.
 */
export class MirrorDocument implements MirrorPage {
  #root: HTMLElement;
  #listener: MirrorListener | null = null;
  #picture: Picture | null = null;
  #color = firstColor;
  #penDown = false;

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  listen(listener: MirrorListener): void {
    this.#listener = listener;
  }

  show(source: number, batches: readonly string[]): void {
    const before = this.#picture;
    const picture = before?.source === source ? before : this.#open(source);
    this.#apply(picture, batches, true);
    if (before && before !== picture) closeWhenShown(before, picture);
  }

  add(batch: string): void {
    if (this.#picture) this.#apply(this.#picture, [batch], false);
  }

  blank(): void {
    if (this.#picture) close(this.#picture);
    this.#picture = null;
    this.#listener?.onMissing([]);
  }

  pointer(pointer: PointerPayload | null): void {
    if (pointer) this.#picture?.mirror.pointer(pointer);
    else this.#picture?.mirror.clearPointer();
  }

  stroke(stroke: Stroke): void {
    this.#picture?.markers.add(stroke);
  }

  color(color: string): void {
    this.#color = color;
    if (this.#picture) this.#picture.markers.color = color;
  }

  pen(down: boolean): void {
    this.#penDown = down;
    this.#picture?.mirror.overlay.classList.toggle("pen", down);
  }

  /** Makes room for a source's picture, above the one that is there. */
  #open(source: number): Picture {
    const layer = document.createElement("div");
    layer.className = "picture";
    this.#root.append(layer);
    const mirror: Mirror = new Mirror(layer, {
      onViewport: () => {},
      onBlocked: (missing) => {
        if (this.#picture?.mirror === mirror) this.#listener?.onMissing(missing);
      },
      onLost: () => {
        if (this.#picture?.mirror === mirror) this.#listener?.onLost();
      },
      onError: (error) => console.debug("mirror:", error),
    });
    mirror.overlay.classList.add("sheet");
    const markers = new Markers(mirror.overlay, {
      color: this.#color,
      resolve: (anchor) => mirror.locate(anchor),
      scale: () => mirror.scale,
    });
    this.#picture = { source, layer, mirror, markers };
    this.#listener?.onMissing([]);
    this.#letDraw(this.#picture);
    return this.#picture;
  }

  #apply(picture: Picture, batches: readonly string[], keyframe: boolean): void {
    try {
      picture.mirror.apply(batches.flatMap(parse), keyframe);
    } catch (error) {
      console.debug("mirror:", error);
      this.#listener?.onLost();
    }
  }

  #letDraw({ source, mirror, markers }: Picture): void {
    const { overlay } = mirror;
    overlay.classList.toggle("pen", this.#penDown);
    const pen = new Pen({
      surface: mirror,
      newID: randomID,
      draw: (piece) => markers.add(piece),
      publish: (piece) => this.#listener?.onStroke(source, piece),
    });
    overlay.addEventListener("pointerdown", (event) => {
      if (!this.#penDown || event.button !== 0) return;
      event.preventDefault();
      overlay.setPointerCapture(event.pointerId);
      const { left, top } = overlay.getBoundingClientRect();
      pen.begin(event.clientX - left, event.clientY - top);
    });
    overlay.addEventListener("pointermove", (event) => {
      if (!pen.drawing) return;
      const { left, top } = overlay.getBoundingClientRect();
      for (const step of steps(event)) pen.move(step.clientX - left, step.clientY - top);
    });
    for (const over of ["pointerup", "pointercancel", "lostpointercapture"] as const) {
      overlay.addEventListener(over, () => pen.end());
    }
  }
}

/** All positions of a move; browsers bundle what comes between two pictures. */
function steps(event: PointerEvent): PointerEvent[] {
  const bundled = event.getCoalescedEvents?.() ?? [];
  return bundled.length > 0 ? bundled : [event];
}

/** Closes a picture once the one above it is complete. */
function closeWhenShown(old: Picture, above: Picture): void {
  const started = Date.now();
  const timer = setInterval(() => {
    if (!above.mirror.document && Date.now() - started < longestLook) return;
    clearInterval(timer);
    close(old);
  }, look);
}

function close({ layer, mirror, markers }: Picture): void {
  markers.destroy();
  mirror.destroy();
  layer.remove();
}

/** What the events are is the mirror's to judge. */
function parse(batch: string): eventWithTime[] {
  const events: unknown = JSON.parse(batch);
  if (!Array.isArray(events)) throw new Error("a batch that is no array");
  return events as eventWithTime[];
}

function randomID(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
