import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL(".", import.meta.url));

/** What each part may import beside itself. */
const allowed: Record<string, string[]> = {
  wire: [],
  link: ["wire"],
  mirror: ["wire"],
  widget: ["wire", "link", "mirror"],
  console: ["wire", "link", "mirror"],
  demo: [],
};

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return files(path);
    return /\.(ts|tsx|js)$/.test(name) ? [path] : [];
  });
}

/** The part of the source that a path lies in. */
const partOf = (path: string) => relative(root, path).split("/")[0] ?? "";

test.each(Object.keys(allowed))("%s imports only what it may", (part) => {
  for (const file of files(join(root, part))) {
    const source = readFileSync(file, "utf8");
    for (const [, path = ""] of source.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)) {
      const target = partOf(join(dirname(file), path));
      expect([part, ...(allowed[part] ?? [])], `${relative(root, file)} imports ${path}`).toContain(target);
    }
  }
});
