import { HOST_CLASS } from "../../mirror/attributes";
import { type Field, type Treatment, treatmentOf } from "./field";
import { type Rules, UNMASK_ATTRIBUTE } from "./policy";

/** What holds for a node because of itself or of what it is in, as bits. */
export type Standing = number;
/** It is, or is inside, a region that never leaves. */
export const BLOCKED = 1;
/** Its text and fields are masked whatever the page allow-lists. */
export const STRICT = 2;
/** People type into it: its text is masked unless allow-listed. */
export const EDITABLE = 4;
/** Allow-listed. */
export const OPEN = 8;
/** It is no longer in the page. */
export const LOST = 16;

export function masksText(standing: Standing): boolean {
  return (standing & STRICT) !== 0 || (standing & (EDITABLE | OPEN)) === EDITABLE;
}

export interface Size {
  width: number;
  height: number;
}

/** What the filter asks of the live page. Nodes are handles to it: a fake needs no DOM. */
export interface Page {
  node(id: number): Node | null;
  /** The standing of a node in the page as it is now. */
  standing(node: Node): Standing;
  /** The standing of a node whose parent's is known. */
  enter(inherited: Standing, node: Node): Standing;
  /** How a form field, or an option of one, is masked; null for any other element. */
  treatment(element: Element, standing: Standing): Treatment | null;
  value(element: Element): string;
  selected(element: Element): boolean;
  /** The widget's own element. */
  isHost(element: Element): boolean;
  /** It is laid out within a line of text. */
  isInline(element: Element): boolean;
  naturalSize(image: Element): Size | null;
  /** The origin of a frame that cannot be seen into; null for one that can. */
  foreignOrigin(frame: Element): string | null;
  /** The size of a custom element that shows something of which nothing can be seen. */
  closedComponent(element: Element): Size | null;
}

/** The page that the script runs in. */
export class LivePage implements Page {
  readonly #rules: Rules;
  readonly #find: (id: number) => Node | null;
  readonly #passwords = new WeakSet<Element>();
  #known = new Map<Node, Standing>();

  constructor(rules: Rules, find: (id: number) => Node | null) {
    this.#rules = rules;
    this.#find = find;
  }

  /** To be called whenever the page may have changed: standings are remembered only until then. */
  forget(): void {
    if (this.#known.size) this.#known = new Map();
  }

  node(id: number): Node | null {
    return this.#find(id);
  }

  standing(node: Node): Standing {
    const chain: Node[] = [];
    let standing: Standing = LOST;
    for (let at: Node | null = node; at; at = composedParent(at)) {
      const known = this.#known.get(at);
      if (known !== undefined) {
        standing = known;
        break;
      }
      if (at === document) standing = 0;
      chain.push(at);
    }
    for (const at of chain.reverse()) {
      standing = this.enter(standing, at);
      this.#known.set(at, standing);
    }
    return standing;
  }

  enter(inherited: Standing, node: Node): Standing {
    if (node.nodeType === Node.DOCUMENT_NODE) {
      const editable = (node as Document).designMode === "on" ? EDITABLE : 0;
      return (inherited & ~OPEN) | editable; // an allow-list ends where another document begins
    }
    let standing = inherited;
    const slot = (node as Partial<Text>).assignedSlot;
    if (slot) standing |= this.standing(slot) & (BLOCKED | STRICT);
    if (node.nodeType !== Node.ELEMENT_NODE) return standing;
    const element = node as Element;
    if (!element.matches(this.#rules.any)) return standing;
    if (element.matches(this.#rules.block)) standing |= BLOCKED;
    if (element.matches(this.#rules.mask)) standing |= STRICT;
    if (element.matches(this.#rules.editable)) standing |= EDITABLE;
    const unmask = element.getAttribute(UNMASK_ATTRIBUTE);
    if (unmask !== null) standing = unmask === "false" ? standing & ~OPEN : standing | OPEN;
    return standing;
  }

  treatment(element: Element, standing: Standing): Treatment | null {
    const tag = element.localName;
    if (tag === "option" || tag === "optgroup") {
      const select = element.closest("select");
      return select ? this.treatment(select, standing) : treatmentOf(bareField(standing));
    }
    if (tag !== "input" && tag !== "textarea" && tag !== "select") return null;
    return treatmentOf(this.#field(element as HTMLInputElement, tag, standing));
  }

  value(element: Element): string {
    return (element as HTMLInputElement).value;
  }

  selected(element: Element): boolean {
    return (element as HTMLOptionElement).selected;
  }

  isHost(element: Element): boolean {
    return element.classList.contains(HOST_CLASS);
  }

  isInline(element: Element): boolean {
    return getComputedStyle(element).display === "inline";
  }

  naturalSize(image: Element): Size | null {
    const { naturalWidth: width, naturalHeight: height } = image as HTMLImageElement;
    return width && height ? { width, height } : null;
  }

  foreignOrigin(frame: Element): string | null {
    const element = frame as HTMLIFrameElement;
    const { origin } = new URL(element.src || "about:blank", document.baseURI);
    if (!element.contentDocument) return origin;
    return origin !== "null" && origin !== location.origin ? origin : null;
  }

  closedComponent(element: Element): Size | null {
    if (!element.localName.includes("-") || element.shadowRoot || element.firstElementChild) return null;
    const { width, height } = element.getBoundingClientRect();
    return width && height ? { width, height } : null;
  }

  #field(element: HTMLInputElement, tag: string, standing: Standing): Field {
    if (element.type === "password") this.#passwords.add(element);
    const open = (standing & (OPEN | STRICT)) === OPEN;
    return {
      tag,
      type: element.type,
      autocomplete: element.getAttribute("autocomplete") ?? "",
      names: open ? namesOf(element) : [],
      password: this.#passwords.has(element) || (open && looksLikePassword(element)),
      open,
    };
  }
}

function bareField(standing: Standing): Field {
  const open = (standing & (OPEN | STRICT)) === OPEN;
  return { tag: "input", type: "text", autocomplete: "", names: [], password: false, open };
}

function namesOf(element: HTMLInputElement): string[] {
  const names = ["name", "id", "placeholder", "aria-label"].map((name) => element.getAttribute(name) ?? "");
  for (const label of element.labels ?? []) names.push(label.textContent?.slice(0, 200) ?? "");
  return names;
}

/** Made visible before the capture began, or a text field that hides what is typed by its style. */
function looksLikePassword(element: Element): boolean {
  if (element.hasAttribute("data-rr-is-password")) return true;
  const style = getComputedStyle(element).getPropertyValue("-webkit-text-security");
  return style !== "" && style !== "none";
}

/** The parent, out of shadow roots and same-origin frames too. */
function composedParent(node: Node): Node | null {
  if (node.parentNode) return node.parentNode;
  if (node.nodeType === Node.DOCUMENT_NODE) return (node as Document).defaultView?.frameElement ?? null;
  return (node as Partial<ShadowRoot>).host ?? null;
}
