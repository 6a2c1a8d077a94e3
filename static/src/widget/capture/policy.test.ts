import { expect, test, vi } from "vitest";
import { rulesFor } from "./policy";

const understood = (selector: string) => !selector.includes("!");

test("a policy adds to the page's own attributes", () => {
  const rules = rulesFor({ blockSelector: " .ad ", maskSelector: ".name" }, understood, () => {});
  expect(rules.block).toBe("[data-beside-block],.beside-host,.ad");
  expect(rules.mask).toBe("[data-beside-mask],.name");
  for (const part of [rules.block, rules.mask, rules.editable]) expect(rules.any).toContain(part);
});

test("without a policy the attributes still count", () => {
  const rules = rulesFor({ blockSelector: "" }, understood, () => {});
  expect(rules.block).toBe("[data-beside-block],.beside-host");
});

test("a selector that is not understood withholds everything, and is reported", () => {
  const onError = vi.fn();
  const rules = rulesFor({ blockSelector: "!", maskSelector: "!!" }, understood, onError);
  expect(rules.block).toBe("[data-beside-block],.beside-host,body");
  expect(rules.mask).toBe("[data-beside-mask],*");
  expect(onError).toHaveBeenCalledTimes(2);
});
