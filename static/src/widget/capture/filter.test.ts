import type { eventWithTime } from "@rrweb/types";
import { describe, expect, test } from "vitest";
import { BLOCKED as BLOCKED_MARK, MASKED, MISSING, SIZE } from "../../mirror/attributes";
import type { Treatment } from "./field";
import { filterEvent } from "./filter";
import { BLOCKED, EDITABLE, LOST, OPEN, type Page, STRICT } from "./page";

/** What the fake page knows of a node: what it adds to its parent's standing, and how it is masked. */
interface Facts {
  own?: number;
  tag?: string;
  treatment?: Treatment;
  value?: string;
  selected?: boolean;
  host?: boolean;
  inline?: boolean;
  size?: { width: number; height: number };
  origin?: string;
  parent?: number;
}

class FakePage {
  readonly #nodes = new Map<number, Node>();

  constructor(readonly facts: Record<number, Facts> = {}) {}

  page(): Page {
    const of = (node: Node) => this.facts[(node as unknown as { id: number }).id] ?? {};
    const standing = (node: Node): number => {
      const { own = 0, parent } = of(node);
      return own | (parent === undefined ? 0 : standing(this.node(parent) as Node));
    };
    return {
      node: (id) => (id in this.facts ? this.node(id) : null),
      standing,
      enter: (inherited, node) => inherited | (of(node).own ?? 0),
      treatment: (element) => of(element).treatment ?? null,
      value: (element) => of(element).value ?? "",
      selected: (element) => of(element).selected ?? false,
      isHost: (element) => of(element).host ?? false,
      isInline: (element) => of(element).inline ?? false,
      naturalSize: (element) => of(element).size ?? null,
      foreignOrigin: (element) => of(element).origin ?? null,
      closedComponent: (element) => of(element).size ?? null,
    };
  }

  node(id: number): Node {
    const { tag = "div", parent } = this.facts[id] ?? {};
    const known =
      this.#nodes.get(id) ?? ({ id, localName: tag, nodeName: tag.toUpperCase() } as unknown as Node);
    if (!this.#nodes.has(id)) {
      this.#nodes.set(id, known);
      Object.assign(known, { parentNode: parent === undefined ? null : this.node(parent) });
    }
    return known;
  }
}

const element = (id: number, tagName: string, attributes: object = {}, ...childNodes: object[]) => ({
  type: 2,
  id,
  tagName,
  attributes: attributes as Record<string, unknown>,
  childNodes,
});
const text = (id: number, textContent: string) => ({ type: 3, id, textContent });
const event = (type: number, data: object) => ({ type, data, timestamp: 1 }) as unknown as eventWithTime;

/** Filters a page of which this is all. */
function snapshot<T extends object>(node: T, facts: Record<number, Facts>): T {
  const data = { node: { type: 0, id: 100, childNodes: [node] }, initialOffset: { left: 0, top: 0 } };
  expect(filterEvent(event(2, data), new FakePage({ 100: {}, ...facts }).page())).toBe(true);
  return node;
}

function increment<T extends object>(data: T, facts: Record<number, Facts>): T | null {
  const full = Object.assign(data, "source" in data ? {} : { source: 0, ...mutationParts(data) });
  return filterEvent(event(3, full), new FakePage(facts).page()) ? data : null;
}

const mutationParts = (data: object) => ({ adds: [], removes: [], texts: [], attributes: [], ...data });

describe("a snapshot", () => {
  test("ordinary content stays as it is", () => {
    const node = element(1, "p", { class: "a", title: "t" }, text(2, "hello"));
    expect(snapshot(node, { 1: {}, 2: {} })).toEqual(
      element(1, "p", { class: "a", title: "t" }, text(2, "hello")),
    );
  });

  test.each<[string, Record<string, unknown>, Facts, Record<string, unknown>]>([
    [
      "a field",
      { value: "old" },
      { treatment: "bullets", value: "new!" },
      { value: "••••", [MASKED]: "field" },
    ],
    ["a cleared field", { value: "old" }, { treatment: "bullets" }, { value: "", [MASKED]: "field" }],
    [
      "a password",
      { value: "x", type: "password" },
      { treatment: "fixed", value: "x" },
      { value: "••••••••", type: "password", [MASKED]: "field" },
    ],
    ["a shown field", { value: "old" }, { treatment: "show", value: "new" }, { value: "new" }],
    [
      "a hidden field",
      { type: "hidden", value: "x" },
      { treatment: "empty", value: "x" },
      { type: "hidden", [MASKED]: "field" },
    ],
    [
      "a box",
      { type: "checkbox", value: "x", checked: true },
      { treatment: "empty", value: "x" },
      { type: "checkbox", [MASKED]: "field" },
    ],
    [
      "a number",
      { type: "number", value: "12" },
      { treatment: "bullets", value: "12" },
      { type: "text", value: "••", [MASKED]: "field" },
    ],
    [
      "a field with copies",
      { "data-x": "my secret", title: "secret" },
      { treatment: "bullets", value: "secret" },
      { value: "••••••", [MASKED]: "field" },
    ],
    [
      "a field with part of a copy",
      { "data-x": "secr", id: "sec" },
      { treatment: "bullets", value: "secret" },
      { id: "sec", value: "••••••", [MASKED]: "field" },
    ],
    ["a field with a list", { list: "a", pattern: "b" }, { treatment: "bullets" }, { [MASKED]: "field" }],
  ])("%s", (_, attributes, facts, want) => {
    expect(snapshot(element(1, "input", attributes), { 1: { tag: "input", ...facts } }).attributes).toEqual(
      want,
    );
  });

  test("a masked choice says neither what is chosen nor what could be", () => {
    const option = element(2, "option", { value: "a", selected: true, label: "A" }, text(3, "Apple"));
    const node = element(1, "select", { value: "a" }, option);
    snapshot(node, { 1: { treatment: "bullets" }, 2: { treatment: "bullets" }, 3: { parent: 2 } });
    expect(node.attributes).toEqual({ [MASKED]: "field" });
    expect(option.attributes).toEqual({});
    expect(option.childNodes).toEqual([text(3, "•••••")]);
  });

  test("a shown choice says what is chosen", () => {
    const option = element(2, "option", { value: "a" }, text(3, "Apple"));
    const facts: Record<number, Facts> = {
      1: { treatment: "show" },
      2: { treatment: "show", selected: true },
    };
    snapshot(element(1, "select", {}, option), { ...facts, 3: { parent: 2 } });
    expect(option).toEqual(element(2, "option", { value: "a", selected: true }, text(3, "Apple")));
  });

  test("text that people type is masked wherever it is", () => {
    const node = element(1, "div", {}, element(2, "b", {}, text(3, "to be")));
    snapshot(node, { 1: { own: EDITABLE }, 2: {}, 3: {} });
    expect(node).toEqual(element(1, "div", { [MASKED]: "text" }, element(2, "b", {}, text(3, "•• ••"))));
  });

  test("an allow-list shows what people type, but not against a policy", () => {
    const open = element(1, "div", {}, text(2, "typed"));
    expect(snapshot(open, { 1: { own: EDITABLE | OPEN }, 2: {} }).childNodes).toEqual([text(2, "typed")]);
    const strict = element(1, "div", {}, text(2, "typed"));
    expect(snapshot(strict, { 1: { own: STRICT | OPEN }, 2: {} }).childNodes).toEqual([text(2, "•••••")]);
  });

  test("what the page does not know is masked", () => {
    expect(snapshot(element(1, "p", {}, text(2, "hello")), {}).childNodes).toEqual([text(2, "•••••")]);
  });

  test("of a blocked region only its place is left", () => {
    const attributes = { class: "a", id: "b", rr_width: "3px", rr_height: "4px", title: "t" };
    const node = { ...element(1, "section", attributes, text(2, "x")), isShadowHost: true };
    snapshot(node, { 1: { own: BLOCKED }, 2: {} });
    const place = { class: "a", rr_width: "3px", rr_height: "4px", [BLOCKED_MARK]: "block" };
    expect(node).toEqual(element(1, "section", place));
  });

  test("of the widget, nothing", () => {
    const node = element(1, "div", { class: "beside-host", style: "x", rr_width: "9px" }, text(2, "chat"));
    snapshot(node, { 1: { own: BLOCKED, host: true }, 2: {} });
    expect(node).toEqual(element(1, "div", { class: "beside-host", rr_width: "0px", rr_height: "0px" }));
  });

  test("attributes that run, repeat or embed are left out", () => {
    const attributes = {
      onclick: "x",
      "data-value": "v",
      "data-replicated-value": "v",
      "aria-valuetext": "v",
    };
    const huge = { src: `data:${"x".repeat(300_000)}`, srcdoc: "<p>", nonce: "n", "data-id": "7" };
    expect(snapshot(element(1, "div", { ...attributes, ...huge }), { 1: {} }).attributes).toEqual({
      "data-id": "7",
    });
  });

  test("a custom element's value is somebody's input, unless allow-listed; a list item's number is not", () => {
    const valued = (tag: string) => element(1, tag, { value: "7" });
    expect(snapshot(valued("x-input"), { 1: {} }).attributes).toEqual({});
    expect(snapshot(valued("x-input"), { 1: { own: OPEN } }).attributes).toEqual({ value: "7" });
    expect(snapshot(valued("li"), { 1: {} }).attributes).toEqual({ value: "7" });
  });

  test("what cannot be seen is described", () => {
    const image = element(1, "img", { src: "a" });
    expect(snapshot(image, { 1: { size: { width: 3, height: 4 } } }).attributes).toEqual({
      src: "a",
      [SIZE]: "3x4",
    });
    const frame = element(1, "iframe", { rr_src: "https://a.b/c?d" });
    expect(snapshot(frame, { 1: { origin: "https://a.b" } }).attributes).toEqual({
      [MISSING]: "frame https://a.b",
    });
    const closed = { ...element(1, "x-y"), isCustom: true };
    snapshot(closed, { 1: { size: { width: 3, height: 4 } } });
    expect(closed.attributes).toEqual({ [MISSING]: "component", rr_width: "3px", rr_height: "4px" });
  });

  test("addresses lose what may identify", () => {
    const meta = event(4, { href: "https://a.b/c?token=1#x", width: 1, height: 1 });
    filterEvent(meta, new FakePage().page());
    expect(meta.data).toMatchObject({ href: "https://a.b/c" });
  });
});

describe("a mutation", () => {
  test("adds nothing inside of a blocked region, nor outside of the page", () => {
    const add = (parentId: number) => ({ adds: [{ parentId, nextId: null, node: element(9, "p") }] });
    const facts: Record<number, Facts> = {
      1: { own: BLOCKED },
      2: { parent: 1 },
      3: { own: LOST },
      4: {},
      9: {},
    };
    for (const parent of [1, 2, 3, 5]) expect(increment(add(parent), facts)).toBeNull();
    expect(increment(add(4), facts)).not.toBeNull();
  });

  test("text keeps to the standing of its place", () => {
    const facts: Record<number, Facts> = {
      1: { own: STRICT },
      2: { parent: 1 },
      3: { own: BLOCKED },
      4: { parent: 3 },
      5: {},
    };
    const data = increment({ texts: [2, 4, 5, 6].map((id) => ({ id, value: "abc" })) }, facts);
    expect(data).toMatchObject({
      texts: [
        { id: 2, value: "•••" },
        { id: 5, value: "abc" },
      ],
    });
  });

  test("text inside of a field is the field's", () => {
    const facts: Record<number, Facts> = {
      1: { tag: "textarea", treatment: "bullets", value: "x" },
      2: { parent: 1 },
    };
    expect(increment({ texts: [{ id: 2, value: "abc" }] }, facts)).toMatchObject({
      texts: [{ id: 2, value: "•••" }],
    });
  });

  test("attributes give no value away", () => {
    const facts: Record<number, Facts> = {
      1: { tag: "input", treatment: "bullets", value: "secret" },
      2: { tag: "input", treatment: "empty" },
      3: { own: BLOCKED },
    };
    const data = increment(
      {
        attributes: [
          { id: 1, attributes: { value: "secret", class: "a" } },
          { id: 2, attributes: { checked: "" } },
          { id: 3, attributes: { title: "secret" } },
        ],
      },
      facts,
    );
    expect(data).toMatchObject({ attributes: [{ id: 1, attributes: { value: "••••••", class: "a" } }] });
  });

  test("removals pass, but for those inside of a blocked region", () => {
    const facts: Record<number, Facts> = { 1: { own: BLOCKED }, 2: {} };
    const removes = [
      { parentId: 1, id: 7 },
      { parentId: 2, id: 8 },
      { parentId: 3, id: 9 },
    ];
    expect(increment({ removes }, facts)).toMatchObject({ removes: [{ id: 8 }, { id: 9 }] });
  });
});

describe("other events", () => {
  test.each<[string, Facts, object | null]>([
    ["masked", { treatment: "bullets", value: "abc" }, { text: "•••", isChecked: false }],
    ["a password", { treatment: "fixed", value: "abc" }, { text: "••••••••" }],
    ["shown", { treatment: "show", value: "abc" }, { text: "abc", isChecked: true }],
    ["a box", { treatment: "empty", value: "abc" }, null],
    ["a choice", { tag: "select", treatment: "bullets", value: "abc" }, null],
    ["no field", {}, null],
    ["blocked", { own: BLOCKED, treatment: "bullets", value: "abc" }, null],
  ])("input, %s", (_, facts, want) => {
    const data = increment({ source: 5, id: 1, text: "raw", isChecked: true }, { 1: facts });
    if (want) expect(data).toMatchObject(want);
    else expect(data).toBeNull();
  });

  test("focus is told without a position, clicks are not", () => {
    expect(increment({ source: 2, type: 5, id: 1, x: 3, y: 4 }, { 1: {} })).toEqual({
      source: 2,
      type: 5,
      id: 1,
    });
    expect(increment({ source: 2, type: 2, id: 1 }, { 1: {} })).toBeNull();
  });

  test("nothing is told of what is blocked or unknown", () => {
    const facts = { 1: { own: BLOCKED }, 2: {} };
    for (const source of [2, 3, 15]) {
      expect(increment({ source, type: 5, id: 1 }, facts)).toBeNull();
      expect(increment({ source, type: 5, id: 3 }, facts)).toBeNull();
    }
    const range = (start: number, end: number) => ({ start, end, startOffset: 0, endOffset: 1 });
    const data = increment({ source: 14, ranges: [range(2, 1), range(2, 2)] }, facts);
    expect(data).toMatchObject({ ranges: [{ start: 2, end: 2 }] });
  });

  test.each([1, 6, 7, 9, 10, 11, 12, 16, 99])("source %d never leaves", (source) => {
    expect(increment({ source, id: 1 }, { 1: {} })).toBeNull();
  });

  test.each([0, 1, 5, 6, 7, 8])("type %d never leaves", (type) => {
    expect(filterEvent(event(type, {}), new FakePage().page())).toBe(false);
  });
});
