// The demo shop is plain HTML: it is copied as it is.
import { cpSync } from "node:fs";

cpSync("src/demo", "dist/demo", { recursive: true });
