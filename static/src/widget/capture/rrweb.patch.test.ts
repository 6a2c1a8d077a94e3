import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { patchRecorder } from "./rrweb.patch";

const path = fileURLToPath(import.meta.resolve("@rrweb/record"));
type Transform = (
  this: { error(message: string): never },
  code: string,
  id: string,
) => { code: string } | null;
const transform = patchRecorder().transform as Transform;
const context = {
  error(message: string): never {
    throw new Error(message);
  },
};

test("the changes fit the recorder that is installed", () => {
  const patched = transform.call(context, readFileSync(path, "utf8"), path);
  expect(patched?.code).toContain("old.style.cssText = m.oldValue;");
  expect(patched?.code).not.toContain("new Blob([jsContent]");
});

test("another recorder fails the build, other files are left alone", () => {
  expect(() => transform.call(context, "export {}", path)).toThrow("has changed");
  expect(transform.call(context, "export {}", "/src/a.ts")).toBeNull();
});
