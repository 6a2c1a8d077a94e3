import { HOST_CLASS } from "../../mirror/attributes";

/** On an element: neither it nor anything in it leaves the browser. */
export const BLOCK_ATTRIBUTE = "data-beside-block";
/** On an element: all text in it is shown as bullets. */
export const MASK_ATTRIBUTE = "data-beside-mask";
/** On a field or around some: shown as typed, unless secret. "false" takes it back further in. */
export const UNMASK_ATTRIBUTE = "data-beside-unmask";

/** What the site's settings ask for, on top of the page's own attributes. It can only withhold more. */
export interface CapturePolicy {
  blockSelector?: string;
  maskSelector?: string;
}

/** Selectors, all of them valid, that decide what is withheld. */
export interface Rules {
  block: string;
  mask: string;
  editable: string;
  /** Matches whatever any of the others, or the unmask attribute, could match. */
  any: string;
}

/** Where people type without a form field: the text in there is theirs, as a field's value is. */
const EDITABLE = [
  '[contenteditable]:not([contenteditable="false" i])',
  '[role="textbox" i]',
  '[role="searchbox" i]',
  ".CodeMirror",
  ".monaco-editor",
].join(",");

/**
 * The rules for a page. A selector that the browser does not understand is
 * reported and then withholds the whole page: guessing would let something out.
 */
export function rulesFor(
  policy: CapturePolicy,
  understood: (selector: string) => boolean,
  onError: (error: unknown) => void,
): Rules {
  const strict = (name: keyof CapturePolicy, whole: string): string => {
    const selector = policy[name]?.trim();
    if (!selector) return "";
    if (understood(selector)) return `,${selector}`;
    onError(new Error(`the privacy policy's ${name} is not a valid selector: ${selector}`));
    return `,${whole}`;
  };
  const block = `[${BLOCK_ATTRIBUTE}],.${HOST_CLASS}${strict("blockSelector", "body")}`;
  const mask = `[${MASK_ATTRIBUTE}]${strict("maskSelector", "*")}`;
  return { block, mask, editable: EDITABLE, any: `${block},${mask},${EDITABLE},[${UNMASK_ATTRIBUTE}]` };
}
