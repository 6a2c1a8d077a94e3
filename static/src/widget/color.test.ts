import { describe, expect, it } from "vitest";
import { contrastOf, defaultColor, paletteOf } from "./color";

describe("contrast", () => {
  it.each([
    ["#000000", "#ffffff", 21],
    ["#ffffff", "#ffffff", 1],
    ["#777777", "#ffffff", 4.48],
  ])("of %s and %s is %d", (a, b, want) => {
    expect(contrastOf(a, b)).toBeCloseTo(want, 2);
  });
});

describe("palette", () => {
  const colors = [
    "#000000",
    "#ffffff",
    "#777777",
    "#ffee00",
    "#00e5ff",
    "#e07a3f",
    "#2e7d5b",
    "#c02b3a",
    "#123",
  ];

  it.each(colors)("of %s has readable text", (color) => {
    const palette = paletteOf(color);
    expect(contrastOf(palette.accent, palette.onAccent)).toBeGreaterThanOrEqual(4.5);
    expect(contrastOf(palette.accentOnLight, "#ffffff")).toBeGreaterThanOrEqual(4.5);
    expect(contrastOf(palette.accentOnDark, "#1d1f23")).toBeGreaterThanOrEqual(4.5);
  });

  it("leaves a colour alone that is readable already", () => {
    expect(paletteOf("#2e5d4b").accentOnLight).toBe("#2e5d4b");
    expect(paletteOf("#ABCDEF").accentOnDark).toBe("#abcdef");
  });

  it("takes short colours", () => {
    expect(paletteOf("#123").accent).toBe("#112233");
  });

  it.each(["", "red", "#12345", "#ggg", "url(x)", "#123456;}"])("falls back for %j", (color) => {
    expect(paletteOf(color).accent).toBe(defaultColor);
  });
});
