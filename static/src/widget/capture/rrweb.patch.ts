import type { Plugin } from "vite";

/**
 * Changes to @rrweb/record that no option of it makes, applied while the
 * widget is built. A build fails when the recorder no longer has the text.
 */
const CHANGES = [
  {
    // To see what changed in a style attribute, the recorder sets the old one
    // on an element of its own. A page's `style-src 'self'` forbids that, and
    // reports it, on every change of a style. The object model is free.
    find: 'old.setAttribute("style", m.oldValue);',
    replace: "old.style.cssText = m.oldValue;",
  },
  {
    // Canvases are not captured: the worker that would encode them is dead
    // weight, and so is the blob made of it on import.
    find: /const jsContent = '.*';\n/,
    replace: 'const jsContent = "";\n',
  },
  {
    find: 'const blob = typeof self !== "undefined" && self.Blob && new Blob([jsContent], { type: "text/javascript;charset=utf-8" });',
    replace: "const blob = null;",
  },
  {
    // The same for what would watch them: without its one use it is left out.
    find: "canvasManager = new CanvasManager(",
    replace: "canvasManager = (() => ({ reset() {}, freeze() {}, unfreeze() {}, lock() {}, unlock() {} }))(",
  },
];

export function patchRecorder(): Plugin {
  return {
    name: "beside:patch-recorder",
    transform(code, id) {
      if (!/@rrweb\/record\/dist\/record\.js$/.test(id.split("?")[0] ?? "")) return null;
      let patched = code;
      for (const { find, replace } of CHANGES) {
        const next = patched.replace(find, () => replace);
        if (next === patched)
          this.error(`@rrweb/record has changed: ${String(find).slice(0, 80)} is not in it`);
        patched = next;
      }
      return { code: patched, map: null };
    },
  };
}
