import "./toast-area.css";
import { text } from "../text";
import { Icon } from "./icon";
import type { Toast, Toasts } from "./toasts";
import { useWorkplace } from "./workplace";

/** The corner where toasts appear; they are read out as they come. */
export function ToastArea() {
  const { toasts } = useWorkplace();
  return (
    <div class="toasts" role="status">
      {toasts.shown.value.map((toast) => (
        <ToastCard key={toast.key} toast={toast} toasts={toasts} />
      ))}
    </div>
  );
}

function ToastCard({ toast, toasts }: { toast: Toast; toasts: Toasts }) {
  const hold = () => toasts.hold(toast.key);
  const resume = () => toasts.resume(toast.key);
  const act = () => {
    toasts.dismiss(toast.key);
    toast.action?.run();
  };
  return (
    <div
      class={`toast ${toast.tone ?? "plain"}`}
      onPointerEnter={hold}
      onPointerLeave={resume}
      onFocusIn={hold}
      onFocusOut={resume}
    >
      {toast.tone === "bad" && <Icon name="warning" size={16} />}
      <span class="toast-text">{toast.message}</span>
      {toast.action && (
        <button type="button" class="button small" onClick={act}>
          {toast.action.label}
        </button>
      )}
      <button
        type="button"
        class="button quiet small icon-only"
        aria-label={text.close}
        onClick={() => toasts.dismiss(toast.key)}
      >
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}
