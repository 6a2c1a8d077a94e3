import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { text } from "../text";
import type { Stage, Visit } from "../visit";
import { Button, Card, Field, Icon } from "./parts";
import { ProblemText } from "./problem";

type Of<K extends Stage["kind"]> = Extract<Stage, { kind: K }>;

/** How long the thanks stay, in milliseconds. */
const thanksStay = 12_000;

/** *Remarks*, and a rating. */
export function RemarksCard({ visit, stage }: { visit: Visit; stage: Of<"remarks"> }) {
  const remarks = useSignal("");
  const rating = useSignal(0);
  const agent = visit.agent.value || text.agent;
  const titles = {
    customer: text.remarks.byCustomer,
    agent: text.remarks.byAgent(agent),
    system: text.remarks.bySystem,
  };
  return (
    <Card title={titles[stage.by]} onClose={() => visit.dismiss()}>
      <p class="soft">{text.remarks.unseen}</p>
      <form
        class="fields"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void visit.remark(remarks.value, rating.value);
        }}
      >
        <Stars
          value={rating.value}
          onChange={(value) => {
            rating.value = value;
          }}
        />
        <Field id="remarks" label={text.remarks.remarks}>
          {(control) => (
            <textarea
              {...control}
              rows={3}
              maxLength={4000}
              placeholder={text.remarks.remarksHint}
              value={remarks.value}
              onInput={(event) => {
                remarks.value = event.currentTarget.value;
              }}
            />
          )}
        </Field>
        <ProblemText problem={stage.problem} />
        <div class="buttons">
          <Button submit busy={stage.busy} class="primary">
            {stage.busy ? text.remarks.sending : text.remarks.send}
          </Button>
          <Button class="outline" onClick={() => visit.dismiss()}>
            {text.remarks.skip}
          </Button>
        </div>
      </form>
    </Card>
  );
}

/** One to five stars: radio buttons to the keyboard and to screen readers. */
function Stars({ value, onChange }: { value: number; onChange(value: number): void }) {
  return (
    <fieldset class="rating">
      <legend>{text.remarks.rating}</legend>
      <div class="stars">
        {text.remarks.stars.map((meaning, i) => (
          <label key={meaning} class={`star ${i < value ? "on" : ""}`} title={meaning}>
            <input
              type="radio"
              name="rating"
              value={i + 1}
              checked={value === i + 1}
              aria-label={text.remarks.star(i + 1, meaning)}
              onChange={() => onChange(i + 1)}
            />
            <Icon name="star" />
          </label>
        ))}
        <span class="meaning soft small" aria-hidden="true">
          {text.remarks.stars[value - 1] ?? ""}
        </span>
      </div>
    </fieldset>
  );
}

export function ThanksCard({ visit, stage }: { visit: Visit; stage: Of<"thanks"> }) {
  const dismiss = () => visit.dismiss();
  useEffect(() => {
    const timer = setTimeout(dismiss, thanksStay);
    return () => clearTimeout(timer);
  }, []);
  const isMessage = stage.for === "message";
  return (
    <Card title={isMessage ? text.thanks.message : text.thanks.remarks} onClose={dismiss}>
      <p role="status">{isMessage ? text.thanks.messageBody[stage.reach] : text.thanks.remarksBody}</p>
    </Card>
  );
}

export function MissedCard({ visit }: { visit: Visit }) {
  return (
    <Card title={text.missed.title} onClose={() => visit.dismiss()}>
      <p role="status">{text.missed.body}</p>
      <div class="buttons">
        <Button class="primary" onClick={() => visit.open()}>
          {text.missed.again}
        </Button>
      </div>
    </Card>
  );
}

/** The server, or the network, keeps this page out. */
export function BrokenCard({ visit, stage }: { visit: Visit; stage: Of<"broken"> }) {
  return (
    <Card title={text.broken.title} onClose={() => visit.dismiss()}>
      <p role="alert">{text.broken[stage.why]}</p>
      <div class="buttons">
        {stage.why === "version" ? (
          <Button class="primary" onClick={() => location.reload()}>
            {text.broken.reload}
          </Button>
        ) : (
          <Button class="primary" onClick={() => visit.open()}>
            {text.retry}
          </Button>
        )}
      </div>
    </Card>
  );
}
