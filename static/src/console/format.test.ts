import { describe, expect, it } from "vitest";
import { customerName, Dates, duration, initials, machineDuration, pageName, shortURL } from "./format";

describe("duration", () => {
  it.each([
    [-5000, "0:00"],
    [0, "0:00"],
    [7_900, "0:07"],
    [725_000, "12:05"],
    [3_600_000, "1:00:00"],
    [3_725_000, "1:02:05"],
    [100 * 3_600_000, "100:00:00"],
  ])("%i ms is %s", (ms, shown) => {
    expect(duration(ms)).toBe(shown);
  });

  it("has a form for machines", () => {
    expect(machineDuration(61_400)).toBe("PT61S");
  });
});

describe("Dates", () => {
  const at = Date.UTC(2026, 10, 22, 8, 10, 33);

  it("writes to the minute, and in full with seconds and zone", () => {
    const dates = new Dates("en-GB", "Europe/Berlin");
    expect(dates.exact(at)).toBe("22 Nov 2026, 09:10");
    expect(dates.full(at)).toMatch(/Sunday.*22 November 2026.*09:10:33 CET/);
    expect(dates.time(at)).toBe("09:10");
  });

  it("follows the locale", () => {
    expect(new Dates("de-DE", "Asia/Kolkata").exact(at)).toBe("22.11.2026, 13:40");
  });
});

describe("names", () => {
  it("calls a customer by what is known", () => {
    expect(customerName({ name: " Priya ", email: "p@x.example" })).toBe("Priya");
    expect(customerName({ name: "  ", email: "p@x.example" })).toBe("p@x.example");
    expect(customerName({})).toBe("Visitor");
  });

  it("calls a page by its title or else its address", () => {
    expect(pageName({ pageTitle: "Plans", pageUrl: "https://x.example/plans" })).toBe("Plans");
    expect(pageName({ pageUrl: "https://x.example/plans/" })).toBe("x.example/plans");
    expect(pageName({})).toBe("");
    expect(shortURL("javascript:alert(1)")).toBe("javascript:alert(1)");
  });

  it.each([
    ["Priya Nair", "PN"],
    ["asha", "A"],
    ["  ", "?"],
    ["Ana María del Valle", "AV"],
    ["😀 x", "😀X"],
  ])("abbreviates %j as %s", (name, letters) => {
    expect(initials(name)).toBe(letters);
  });
});
