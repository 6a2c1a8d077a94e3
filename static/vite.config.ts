import { defineConfig, type Plugin } from "vite";
import { patchRecorder } from "./src/widget/capture/rrweb.patch";

/** What a build holds: the console's two pages, or the widget, whose loader has a fixed name. */
const inputs: Record<string, Record<string, string>> = {
  console: { console: "src/console/index.html", mirror: "src/console/mirror.html" },
  widget: { widget: "src/widget/loader.ts" },
};

/** Leaves out Vite's preloading of chunks, which has no use here and weighs a third of the loader. */
function noPreload(): Plugin {
  return {
    name: "beside:no-preload",
    enforce: "pre",
    load: (id) => (id.includes("vite/preload-helper") ? "export const __vitePreload = (load) => load();" : null),
  };
}

export default defineConfig(({ mode }) => ({
  root: "src",
  base: "/",
  publicDir: false,
  plugins: [patchRecorder(), noPreload()],
  build: {
    outDir: "../dist",
    emptyOutDir: false,
    target: "es2022",
    modulePreload: false,
    assetsInlineLimit: 0,
    manifest: `manifest-${mode}.json`,
    rolldownOptions: {
      input: Object.fromEntries(Object.entries(inputs[mode] ?? {}).map(([name, path]) => [name, `${import.meta.dirname}/${path}`])),
      output: {
        entryFileNames: (chunk: { name: string }) => (chunk.name === "widget" ? "widget.js" : "assets/[name]-[hash].js"),
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
}));
