import "./choice.css";
import { useId } from "preact/hooks";

export interface ChoiceProps<T extends string> {
  label: string;
  options: readonly { value: T; label: string }[];
  value: T;
  hint?: string;
  onChange(value: T): void;
}

/** A few alternatives side by side, one of which holds. */
export function Choice<T extends string>({ label, options, value, hint, onChange }: ChoiceProps<T>) {
  const id = useId();
  return (
    <fieldset class="choice" aria-describedby={hint ? `${id}-hint` : undefined}>
      <legend>{label}</legend>
      <div class="choice-options">
        {options.map((option) => (
          <label key={option.value} class="choice-option">
            <input
              type="radio"
              name={id}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
      {hint && (
        <p id={`${id}-hint`} class="choice-hint">
          {hint}
        </p>
      )}
    </fieldset>
  );
}
