/** What the widget derives from a site's theme colour, so that every text on it or in it can be read. */
export interface Palette {
  accent: string;
  /** Text on the accent: white where that is readable, else black. */
  onAccent: string;
  /** The accent as text, lines and focus rings on a light and on a dark surface. */
  accentOnLight: string;
  accentOnDark: string;
}

type RGB = [number, number, number];

/** The contrast that WCAG 2.2 asks of text (1.4.3). */
const readable = 4.5;
const white: RGB = [255, 255, 255];
const black: RGB = [0, 0, 0];
/** The least favourable surfaces of the widget in each scheme. */
const lightSurface: RGB = [244, 245, 247];
const darkSurface: RGB = [42, 44, 50];

export const defaultColor = "#3a49c8";

/** The palette of a colour given as #rrggbb or #rgb; of the default colour when it is neither. */
export function paletteOf(color: string): Palette {
  const accent = parse(color) ?? (parse(defaultColor) as RGB);
  return {
    accent: format(accent),
    onAccent: contrast(accent, white) >= readable ? "#ffffff" : "#000000",
    accentOnLight: format(legible(accent, lightSurface, black)),
    accentOnDark: format(legible(accent, darkSurface, white)),
  };
}

/** The contrast of two colours given as #rrggbb, from 1 to 21, as WCAG 2.2 defines it. */
export function contrastOf(a: string, b: string): number {
  return contrast(parse(a) ?? black, parse(b) ?? black);
}

/** Mixes the colour with another, as little as makes it readable on the surface. */
function legible(color: RGB, surface: RGB, towards: RGB): RGB {
  for (let share = 0; share < 1; share += 0.04) {
    const mixed = color.map((part, i) => part + ((towards[i] as number) - part) * share) as RGB;
    if (contrast(mixed, surface) >= readable) return mixed;
  }
  return towards;
}

function contrast(a: RGB, b: RGB): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

function luminance(color: RGB): number {
  const [r, g, b] = color.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as RGB;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function parse(color: string): RGB | null {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(color.trim())?.[1];
  if (!hex) return null;
  const size = hex.length / 3;
  return [0, 1, 2].map((i) => {
    const part = hex.slice(i * size, (i + 1) * size);
    return Number.parseInt(size === 1 ? part + part : part, 16);
  }) as RGB;
}

function format(color: RGB): string {
  return `#${color.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}
