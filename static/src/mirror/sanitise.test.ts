import type { eventWithTime } from "@rrweb/types";
import { expect, test } from "vitest";
import { Sanitiser } from "./sanitise";

let ids = 1;
const element = (tagName: string, attributes: Record<string, unknown> = {}, ...childNodes: object[]) => ({
  type: 2,
  id: ids++,
  tagName,
  attributes,
  childNodes,
});
const event = (type: number, data: object) => ({ type, data, timestamp: 1 }) as unknown as eventWithTime;
const change = (data: object) => event(3, { adds: [], removes: [], texts: [], attributes: [], ...data });

/** What is left of an element. */
function cleaned(tagName: string, attributes: Record<string, unknown>, dark = false) {
  const sanitiser = new Sanitiser();
  sanitiser.sanitise(event(4, { width: 1, height: 1, dark }), () => "");
  const node = element(tagName, attributes);
  const page = { type: 0, id: 1, childNodes: [node] };
  expect(sanitiser.sanitise(event(2, { node: page, initialOffset: { left: 0, top: 0 } }), () => "")).toBe(
    true,
  );
  return node;
}

test.each([
  ["img", { src: "a.png", onerror: "x()", srcset: "b.png" }, { src: "a.png", srcset: "b.png" }],
  ["body", { ONLOAD: "x()", class: "a" }, { class: "a" }],
  ["iframe", { src: "http://a/", srcdoc: "<p>", width: "10" }, { width: "10" }],
  ["object", { data: "a.swf" }, {}],
  ["video", { src: "a.mp4", poster: "p.png", rr_mediaState: "played" }, { poster: "p.png" }],
  ["source", { src: "a.mp4", srcset: "b.png" }, { srcset: "b.png" }],
  ["base", { href: "http://a/" }, {}],
  ["meta", { "http-equiv": "refresh", content: "0;url=x" }, { content: "0;url=x" }],
  ["link", { rel: "preconnect", href: "http://a/" }, { href: "http://a/" }],
  ["link", { rel: "Stylesheet prefetch", href: "a.css" }, { rel: "stylesheet", href: "a.css" }],
  ["link", { rel: "alternate stylesheet", href: "a.css" }, { rel: "alternate stylesheet", href: "a.css" }],
  ["a", { href: " java\tscript:x()", ping: "http://a/" }, { href: "#" }],
  ["a", { href: "/javascript" }, { href: "/javascript" }],
  ["a", { href: "/p", attributionsrc: "http://a/", autofocus: "" }, { href: "/p" }],
  ["canvas", { rr_dataURL: "http://a/", rr_width: "3px" }, { rr_width: "3px" }],
])("%s %o", (tag, attributes, want) => expect(cleaned(tag, attributes).attributes).toEqual(want));

test.each([
  ["SCRIPT", "noscript"],
  ["portal", "div"],
  ["a b", "div"],
  ["linearGradient", "linearGradient"],
])("a %s becomes a %s", (tag, want) => expect(cleaned(tag, {}).tagName).toBe(want));

test("style sheets follow the customer's scheme", () => {
  const dark = "@media (prefers-color-scheme: dark){}";
  expect(cleaned("link", { _cssText: dark }, true).attributes._cssText).toContain("min-width");
  expect(
    cleaned("link", { rel: "stylesheet", media: "(prefers-color-scheme: dark)" }).attributes.media,
  ).toContain("max-width");
  expect(cleaned("meta", { name: "color-scheme", content: "light dark" }, true).attributes.content).toBe(
    "dark",
  );
});

test("later changes are cleaned too", () => {
  const sanitiser = new Sanitiser();
  const added = element("div", { onclick: "x()" });
  const mutation = {
    source: 0,
    adds: [{ parentId: 1, nextId: null, node: added }],
    attributes: [{ id: 7, attributes: { src: "http://a/", title: "t" } }],
  };
  expect(sanitiser.sanitise(change(mutation), (id) => (id === 7 ? "iframe" : ""))).toBe(true);
  expect(added.attributes).toEqual({});
  expect(mutation.attributes[0]?.attributes).toEqual({ title: "t" });
});

test.each([
  ["an endless viewport", event(4, { width: 1e9, height: 5 })],
  ["a viewport of nothing", event(3, { source: 4, width: 0, height: 5 })],
  ["a scroll to nowhere", event(3, { source: 3, id: 1, x: "1", y: 2 })],
  ["a page that is none", event(2, { node: element("p"), initialOffset: { left: 0, top: 0 } })],
  ["a mouse move", event(3, { source: 1, positions: [] })],
  ["a canvas", event(3, { source: 9, id: 1 })],
  ["a font", event(3, { source: 10, family: "a" })],
  ["a plug-in's event", event(6, {})],
])("%s is not shown", (_, hostile) => expect(new Sanitiser().sanitise(hostile, () => "")).toBe(false));

test("children that are no list are none", () => {
  const node = { ...element("i"), childNodes: 7, attributes: null };
  const page = { type: 0, id: 1, childNodes: [node] };
  new Sanitiser().sanitise(event(2, { node: page, initialOffset: { left: 0, top: 0 } }), () => "");
  expect(node).toMatchObject({ childNodes: [], attributes: {} });
});
