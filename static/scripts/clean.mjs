// Empties dist but for the marker that lets Go embed it before it is built.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";

mkdirSync("dist", { recursive: true });
for (const name of readdirSync("dist")) {
  if (name !== ".gitkeep") rmSync(`dist/${name}`, { recursive: true });
}
writeFileSync("dist/.gitkeep", "");
