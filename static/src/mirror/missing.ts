import { BLOCKED, FOCUS, HOST_CLASS, MASKED, MISSING, SIZE } from "./attributes";

/** Something of the page that could not be shown. */
export interface Missing {
  /** Its address; empty where it has none. */
  url: string;
  kind: "image" | "font" | "style" | "media" | "frame" | "canvas" | "component" | "other";
}

/** What stands on the things that are not shown. */
export interface Words {
  canvas: string;
  video: string;
  embed: string;
  component: string;
  frame(host: string): string;
}

export const ENGLISH: Words = {
  canvas: "Drawing – not shown",
  video: "Video – not shown",
  embed: "Plug-in – not shown",
  component: "Closed component – not shown",
  frame: (host) => `Page of ${host} – not shown`,
};

const HATCH =
  "repeating-linear-gradient(135deg, rgba(100, 116, 139, 0.24) 0 2px, rgba(100, 116, 139, 0.06) 2px 8px)";
const EDGE = "1px dashed rgba(100, 116, 139, 0.7)";

/** Rules, one a string, for each document of the mirror. `scrollbar` is the width of the customer's. */
export function mirrorStyles(words: Words, scrollbar: number): string[] {
  const shown = (name: string) => declarations(face(name));
  return [
    `.${HOST_CLASS} { display: none !important }`,
    "* { scroll-behavior: auto !important }",
    `[${FOCUS}] { outline: 2px solid #2563eb !important; outline-offset: 1px !important }`,
    `[${BLOCKED}] { background: ${HATCH} !important; outline: ${EDGE} !important; outline-offset: -1px !important; box-sizing: border-box !important }`,
    `[${BLOCKED}="inline"] { display: inline-block !important; vertical-align: bottom }`,
    `[${MASKED}] { background-image: ${HATCH} !important }`,
    `input[type="checkbox"][${MASKED}], input[type="radio"][${MASKED}] { appearance: none !important; width: 13px; height: 13px; border: 1px solid rgba(100, 116, 139, 0.7) }`,
    `input[type="radio"][${MASKED}] { border-radius: 50% }`,
    `canvas { ${shown(words.canvas)} }`,
    `video { ${shown(words.video)} }`,
    "video::-webkit-media-controls { display: none !important }", // shown wherever scripts are off
    `embed { ${shown(words.embed)} }`,
    `[${MISSING}="component"] { display: inline-block; ${shown(words.component)} }`,
    ...scrollbarStyles(scrollbar),
  ];
}

export function canStyleScrollbars(): boolean {
  return CSS.supports("selector(::-webkit-scrollbar)");
}

/** A scroll bar as wide as the customer's, or lines would break elsewhere. */
function scrollbarStyles(width: number): string[] {
  if (!width || !canStyleScrollbars()) return [];
  return [
    `html::-webkit-scrollbar { width: ${width}px !important; height: ${width}px !important; background: rgba(148, 163, 184, 0.2) }`,
    `html::-webkit-scrollbar-thumb { border: 3px solid transparent; border-radius: ${width}px; background: #94a3b8 content-box }`,
  ];
}

/** A calm, hatched face with its name in the middle. */
function face(name: string): [property: string, value: string][] {
  return [
    ["background", `${label(name)} center no-repeat, ${HATCH}`],
    ["outline", EDGE],
    ["outline-offset", "-1px"],
  ];
}

function declarations(styles: [string, string][]): string {
  return styles.map(([property, value]) => `${property}: ${value} !important`).join("; ");
}

function label(name: string): string {
  const width = Math.ceil(name.length * 6.6) + 20;
  const text = name.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return svgUrl(
    width,
    24,
    `<rect width="100%" height="100%" rx="12" fill="#fff" fill-opacity=".85"/><text x="50%" y="16" text-anchor="middle" font-family="system-ui,sans-serif" font-size="12" fill="#475569">${text}</text>`,
  );
}

function svgUrl(width: number, height: number, content: string): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${content}</svg>`;
  return `url("data:image/svg+xml,${encodeURIComponent(svg)}")`;
}

/** Marks a frame whose content the capture could not see into. */
export function markFrame(frame: HTMLElement, host: string, words: Words): void {
  for (const [property, value] of face(words.frame(host)))
    frame.style.setProperty(property, value, "important");
}

/** Puts a hatched picture of the same size in the place of one that did not load, so that nothing around it moves. */
export function replaceImage(image: HTMLImageElement): void {
  const [width, height] = (image.getAttribute(SIZE) ?? "").split("x").map(Number);
  if (!width || !height || image.src.startsWith("data:image/svg+xml,%3Csvg")) return;
  for (const source of image.parentElement?.querySelectorAll("source") ?? [])
    source.removeAttribute("srcset");
  image.removeAttribute("srcset");
  const hatch = `<defs><pattern id="p" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="8" height="8" fill="#64748b" fill-opacity=".06"/><rect width="2" height="8" fill="#64748b" fill-opacity=".24"/></pattern></defs><rect width="100%" height="100%" fill="url(#p)"/><rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" fill="none" stroke="#64748b" stroke-opacity=".7" stroke-dasharray="4 3"/>`;
  image.src = svgUrl(width, height, hatch).slice(5, -2);
}

/** What a failed load or a policy violation was about. */
export function kindOf(directiveOrTag: string): Missing["kind"] {
  const name = directiveOrTag.toLowerCase();
  if (name === "img" || name === "image" || name === "input" || name.startsWith("img-")) return "image";
  if (name.startsWith("font-")) return "font";
  if (name === "link" || name.startsWith("style-")) return "style";
  if (name.startsWith("media-") || name === "video" || name === "audio") return "media";
  if (name.startsWith("frame-") || name.startsWith("child-") || name === "iframe") return "frame";
  return "other";
}
