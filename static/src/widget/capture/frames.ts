/**
 * Keeps the recorder from observing a frame's document more than once.
 *
 * It observes the document of each same-origin frame anew at every full
 * snapshot and at every load event, on top of what is there already: each
 * change in the frame would then be recorded two times, three times, and so
 * on. It announces the document right before, in the same synchronous call,
 * and it leaves documents alone that have no window; so for the rest of that
 * call a document that it observes already has none.
 */
export class Frames {
  #observed = new WeakSet<Document>();
  #announced = new WeakSet<Document>();

  /** A full snapshot was taken: each frame's content is to be told once more. */
  renew(): void {
    this.#announced = new WeakSet();
  }

  /** The recorder begins anew, and has let go of all documents. */
  reset(): void {
    this.#observed = new WeakSet();
    this.renew();
  }

  /** To be called with each document that the recorder announces. False: this has been told since the snapshot. */
  announce(frame: Document, recording: boolean, onNew: () => void): boolean {
    if (!recording || this.#observed.has(frame)) {
      hideWindow(frame);
    } else {
      this.#observed.add(frame);
      onNew();
    }
    if (!recording || this.#announced.has(frame)) return false;
    this.#announced.add(frame);
    return true;
  }
}

function hideWindow(frame: Document): void {
  Object.defineProperty(frame, "defaultView", { configurable: true, value: null });
  queueMicrotask(() => Reflect.deleteProperty(frame, "defaultView"));
}
