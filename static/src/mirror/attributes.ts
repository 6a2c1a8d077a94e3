/**
 * Attributes by which the capture tells the mirror what it withheld, so that
 * the mirror can show it as withheld. Both sides import this file: it depends
 * on nothing.
 */

/** On a field or region whose text is bullets: "field" or "text". */
export const MASKED = "data-beside-masked";
/** On the empty placeholder of a blocked region: "block" or, laid out in a line of text, "inline". */
export const BLOCKED = "data-beside-blocked";
/** On an element whose content cannot be mirrored: what it is, such as "component". */
export const MISSING = "data-beside-missing";
/** On an image: its natural size, as "640x480", so that a missing one keeps its place. */
export const SIZE = "data-beside-size";
/** On the element that has the focus in the customer's page. The mirror alone sets it. */
export const FOCUS = "data-beside-focus";

/** The class of the element that hosts the widget: never captured, never shown. */
export const HOST_CLASS = "beside-host";

/** The data of a Meta event: rrweb's own, and what else makes the page look as it does. */
export interface PageMeta {
  width: number;
  height: number;
  /** The customer prefers dark pages. */
  dark?: boolean;
  /** The width that the page's scroll bar takes, in pixels. */
  scrollbar?: number;
}
