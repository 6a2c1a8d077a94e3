import { MirrorDocument } from "./session/mirror-document";
import type { MirrorWindow } from "./session/page";

const root = document.getElementById("page");
if (root) (window as MirrorWindow).besideMirror = new MirrorDocument(root);
