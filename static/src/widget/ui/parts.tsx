import { type ComponentChildren, createContext, type JSX } from "preact";
import { useContext, useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { text } from "../text";

const icons = {
  close: "M6 6l12 12M18 6 6 18",
  down: "M6 9l6 6 6-6",
  eye: "M2 12s3.5-7 10-7 10 7 10 7-3.5 7-10 7-10-7-10-7zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3 2",
  chat: "M4 5h16v11H11l-4 4v-4H4z",
  alert: "M12 3 2 20h20zM12 10v4M12 17v.01",
  star: "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9L3.5 9.700l5.900-.8z",
};

export function Icon({ name }: { name: keyof typeof icons }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path d={icons[name]} />
    </svg>
  );
}

type ButtonProps = Omit<JSX.IntrinsicElements["button"], "type" | "disabled"> & {
  submit?: boolean;
  /** It can't be used now, but keeps the focus. */
  busy?: boolean;
};

export function Button({ submit, busy, onClick, ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={submit ? "submit" : "button"}
      aria-disabled={busy ? true : undefined}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
    />
  );
}

export function CloseButton({ onClick }: { onClick(): void }) {
  return (
    <Button class="icon" aria-label={text.close} onClick={onClick}>
      <Icon name="close" />
    </Button>
  );
}

/** What went wrong, announced at once. */
export function ErrorText({ id, children }: { id?: string; children: ComponentChildren }) {
  return (
    <p class="error small" id={id} role={id ? undefined : "alert"}>
      <Icon name="alert" />
      <span>{children}</span>
    </p>
  );
}

/** What a field's control gets to be tied to its label and error. */
export interface ControlProps {
  id: string;
  "aria-invalid": boolean | undefined;
  "aria-describedby": string | undefined;
  "aria-required": boolean | undefined;
}

interface FieldProps {
  id: string;
  label: string;
  required?: boolean;
  error?: string | undefined;
  hint?: string;
  /** It shares its line with another one. */
  half?: boolean;
  children(control: ControlProps): ComponentChildren;
}

/** A labelled control. What is optional says so beside the label, which stays the control's name. */
export function Field({ id, label, required, error, hint, half, children }: FieldProps) {
  const described = [!required && !hint && `${id}-note`, hint && `${id}-hint`, error && `${id}-error`].filter(
    Boolean,
  );
  return (
    <div class={half ? "field half" : "field"}>
      <div class="top">
        <label for={id}>{label}</label>
        {!required && !hint && (
          <span class="soft small" id={`${id}-note`}>
            {text.optional}
          </span>
        )}
      </div>
      {hint && (
        <p class="soft small" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {children({
        id,
        "aria-invalid": error ? true : undefined,
        "aria-describedby": described.length > 0 ? described.join(" ") : undefined,
        "aria-required": required ? true : undefined,
      })}
      {error && <ErrorText id={`${id}-error`}>{error}</ErrorText>}
    </div>
  );
}

/** Whether the focus is in the widget, or was until a moment ago: what appears then may take it. */
export const FocusContext = createContext<() => boolean>(() => false);

/** Keeps an eye on where the focus is. */
export function focusWatch(root: ShadowRoot): () => boolean {
  let left = Number.NEGATIVE_INFINITY;
  root.addEventListener("focusout", () => {
    left = performance.now();
  });
  return () => root.activeElement !== null || performance.now() - left < 1000;
}

/** Takes the focus for an element that appears, if the customer is at work in the widget. */
export function useFocus<E extends HTMLElement>() {
  const element = useRef<E>(null);
  const isOurs = useContext(FocusContext);
  useLayoutEffect(() => {
    if (isOurs()) element.current?.focus({ preventScroll: true });
  }, []);
  return element;
}

interface CardProps {
  title: string;
  /** Under the title's line; without one, Escape does nothing. */
  onClose?: () => void;
  /** Something else in the card takes the focus. */
  keepFocus?: boolean;
  class?: string;
  children: ComponentChildren;
}

/** A small dialog in the page's corner, beside which the page can be used. */
export function Card({ title, onClose, keepFocus, class: extra, children }: CardProps) {
  const heading = useFocus<HTMLHeadingElement>();
  return (
    <dialog
      open
      class={`card ${extra ?? ""}`}
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose?.();
      }}
    >
      <div class="head">
        <h2 tabIndex={-1} ref={keepFocus ? undefined : heading}>
          {title}
        </h2>
        {onClose && <CloseButton onClick={onClose} />}
      </div>
      {children}
    </dialog>
  );
}

interface ModalProps {
  title: string;
  onClose(): void;
  children: ComponentChildren;
}

/** A dialog in front of the page. */
export function Modal({ title, onClose, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    const root = element?.getRootNode() as ShadowRoot | undefined;
    const before = (root?.activeElement ?? document.activeElement) as HTMLElement | null;
    element?.showModal();
    return () => {
      // It has left the page by then: the browser does not see to the focus any more.
      if (!root?.activeElement) before?.focus?.({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class="modal"
      aria-labelledby="modal-title"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget) onClose(); // the backdrop
      }}
    >
      <div class="head">
        <h2 id="modal-title">{title}</h2>
        <CloseButton onClick={onClose} />
      </div>
      {children}
    </dialog>
  );
}
