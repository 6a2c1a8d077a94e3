/** What the payloads of each channel hold, as JSON. PROTOCOL.md, "Payloads". */

/** Channel pointer: where the mouse is, in CSS pixels of the page's viewport. */
export interface PointerPayload {
  /** The source whose page it points at; absent for a tab's own mouse. */
  on?: number;
  x: number;
  y: number;
  down?: boolean;
}

/** Channel marker: more points of one stroke. */
export interface MarkerPayload {
  /** The tab that is drawn on. Other tabs ignore the frame. */
  on: number;
  /** Same for all updates of one stroke. */
  id: string;
  tool: "pen";
  /** The rrweb id of the element the stroke is anchored to; 0 for none. */
  node: number;
  /** The anchor's top left corner in page coordinates, for when it is unknown. */
  x: number;
  y: number;
  /** New points since the last update, in CSS pixels from the anchor's corner. */
  points: [number, number][];
  done?: boolean;
}

/** Channel chat: one line. */
export interface ChatPayload {
  id: string;
  text: string;
}

/** Channel state, of a customer's tab. */
export interface TabState {
  kind: "tab";
  url: string;
  title: string;
  /** The tab is the visible one of its window, and has the focus. */
  visible: boolean;
  focused: boolean;
  /** When it last got the focus, by its own clock: the latest is the tab that the customer looks at. */
  since: number;
  width: number;
  height: number;
}

/** Channel state, of a console: the tab that the agent looks at; 0 for none. */
export interface ConsoleState {
  kind: "console";
  view: number;
}

export type StatePayload = TabState | ConsoleState;

/** Channel typing. */
export interface TypingPayload {
  typing: boolean;
}
