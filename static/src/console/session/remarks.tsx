import type { Signal } from "@preact/signals";
import { useId } from "preact/hooks";
import { text } from "../text";

const longest = 4000;

export interface RemarksFieldProps {
  value: Signal<string>;
  required: boolean;
  /** What is wrong with them; "" for nothing. */
  error: string;
}

/** The field *Remarks*. */
export function RemarksField({ value, required, error }: RemarksFieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{text.session.remarks}</label>
      <textarea
        id={id}
        class="input"
        rows={4}
        maxLength={longest}
        required={required}
        aria-invalid={error ? "true" : undefined}
        aria-describedby={`${id}-hint`}
        value={value.value}
        onInput={(event) => {
          value.value = event.currentTarget.value;
        }}
      />
      <p id={`${id}-hint`} class={error ? "field-error" : "hint"}>
        {error || (required ? text.session.remarksRequired : text.session.remarksHint)}
      </p>
    </div>
  );
}
