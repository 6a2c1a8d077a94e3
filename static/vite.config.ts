import { execSync } from "node:child_process";
import { defineConfig, type UserConfig } from "vite";
import { patchRecorder } from "./src/widget/capture/rrweb.patch";

/** The name of this build, as the server has it: a browser part that finds another one offers to reload. */
function buildName(): string {
  try {
    return execSync("git describe --always --dirty", { stdio: ["ignore", "pipe", "ignore"] })
      .toString()
      .trim();
  } catch {
    return "dev";
  }
}

const shared: UserConfig = {
  root: "src",
  base: "/",
  publicDir: false,
  define: { __BESIDE_BUILD__: JSON.stringify(process.env.BESIDE_BUILD ?? buildName()) },
};

const build = {
  outDir: "../dist",
  emptyOutDir: false,
  target: "es2022",
  modulePreload: false,
  assetsInlineLimit: 0,
} as const;

const path = (file: string) => `${import.meta.dirname}/src/${file}`;

/** The console's two pages. */
const consoleBuild: UserConfig = {
  build: {
    ...build,
    manifest: "manifest-console.json",
    rolldownOptions: {
      input: { console: path("console/index.html"), mirror: path("console/mirror.html") },
      output: {
        entryFileNames: "assets/[name]-[hash].js",
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
};

/** The widget: built as a library, for other people's pages. Its loader has a fixed name. */
const widgetBuild: UserConfig = {
  plugins: [patchRecorder()],
  build: {
    ...build,
    manifest: "manifest-widget.json",
    lib: { entry: path("widget/loader.ts"), formats: ["es"] },
    rolldownOptions: {
      output: { entryFileNames: "widget.js", chunkFileNames: "assets/[name]-[hash].js", minify: true },
    },
  },
};

export default defineConfig(({ mode }) => ({
  ...shared,
  ...(mode === "widget" ? widgetBuild : consoleBuild),
}));
