/** Positions across frames, and fitting a viewport into a box. Depends on nothing: the widget uses it too. */

export interface Point {
  left: number;
  top: number;
}

export interface Rect extends Point {
  width: number;
  height: number;
}

export interface Fit extends Rect {
  scale: number;
}

/** How a page of `width` × `height` lies in a box: as large as fits but not above `most`, in the middle. */
export function fitInto(
  box: { width: number; height: number },
  width: number,
  height: number,
  most = 1,
): Fit {
  const scale = Math.max(0, Math.min(box.width / width, box.height / height, most));
  const w = width * scale;
  const h = height * scale;
  return {
    scale,
    left: Math.max(0, Math.floor((box.width - w) / 2)),
    top: Math.max(0, Math.floor((box.height - h) / 2)),
    width: w,
    height: h,
  };
}

/** Where the content of `doc` begins in the viewport of `top`, through the frames between; null if not in it. */
export function frameOffset(doc: Document, top: Document): Point | null {
  let left = 0;
  let up = 0;
  for (let at = doc; at !== top; ) {
    const frame = at.defaultView?.frameElement;
    if (!frame) return null;
    const rect = frame.getBoundingClientRect();
    left += rect.left + frame.clientLeft;
    up += rect.top + frame.clientTop;
    at = frame.ownerDocument;
  }
  return { left, top: up };
}

/** Where an element is in the viewport of `top`; null when it is not in that page. */
export function rectWithin(element: Element, top: Document): Rect | null {
  if (!element.isConnected) return null;
  const offset = frameOffset(element.ownerDocument, top);
  if (!offset) return null;
  const rect = element.getBoundingClientRect();
  return {
    left: rect.left + offset.left,
    top: rect.top + offset.top,
    width: rect.width,
    height: rect.height,
  };
}

/** The innermost element at a point of the viewport, inside open shadow roots and same-origin frames too. */
export function deepestAt(doc: Document, x: number, y: number): Element | null {
  let root: Document | ShadowRoot = doc;
  let found: Element | null = null;
  for (;;) {
    const hit: Element | null = root.elementFromPoint(x, y);
    if (!hit || hit === found) return found;
    found = hit;
    const inner: Document | null | undefined = (hit as Partial<HTMLIFrameElement>).contentDocument;
    if (hit.shadowRoot) {
      root = hit.shadowRoot;
    } else if (inner) {
      const rect = hit.getBoundingClientRect();
      x -= rect.left + hit.clientLeft;
      y -= rect.top + hit.clientTop;
      root = inner;
    } else {
      return found;
    }
  }
}
