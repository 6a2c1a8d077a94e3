import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { SiteView } from "../../wire/messages";
import { text } from "../text";
import type { Draft, Stage, Visit } from "../visit";
import { Button, Field, Icon, Modal } from "./parts";
import { ProblemText } from "./problem";
import { type FieldErrors, serverErrors, validate } from "./validate";

type FormStage = Extract<Stage, { kind: "form" }>;

/** *Request for support*. */
export function RequestDialog({ visit, stage }: { visit: Visit; stage: FormStage }) {
  const { site } = stage;
  return (
    <Modal title={text.form.title} onClose={() => visit.closeForm()}>
      {site ? (
        <RequestForm visit={visit} stage={stage} site={site} />
      ) : (
        <Unready visit={visit} stage={stage} />
      )}
    </Modal>
  );
}

/** Until the site's settings are there, or when they don't come. */
function Unready({ visit, stage: { problem } }: { visit: Visit; stage: FormStage }) {
  if (!problem) {
    return (
      <div class="body loading" role="status">
        <span class="sr">{text.form.loading}</span>
        <i />
        <i />
        <i />
      </div>
    );
  }
  return (
    <div class="body fields">
      <ProblemText problem={problem} />
      {problem.kind !== "notAllowed" && (
        <Button class="primary wide" onClick={() => void visit.loadForm()}>
          {text.retry}
        </Button>
      )}
    </div>
  );
}

function RequestForm({ visit, stage, site }: { visit: Visit; stage: FormStage; site: SiteView }) {
  const form = useRef<HTMLFormElement>(null);
  const errors = useSignal<FieldErrors>({});
  const { busy, problem } = stage;
  useEffect(() => {
    form.current?.querySelector<HTMLElement>("input,select,textarea")?.focus();
  }, []);
  useEffect(() => {
    if (problem) errors.value = serverErrors(problem.fields, visit.draft.value);
  }, [problem]);

  const submit = () => {
    errors.value = validate(visit.draft.value, site.ask);
    const wrong = Object.keys(errors.value)[0];
    if (wrong) form.current?.querySelector<HTMLElement>(`#${wrong}`)?.focus();
    else void visit.connect();
  };
  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) submit();
      }}
    >
      <div class="body fields pairs">
        <p class="soft">{text.form.intro(site.name)}</p>
        {site.agentsOnline === 0 && (
          <p class="note">
            <Icon name="clock" />
            <span>{text.form.nobody}</span>
          </p>
        )}
        <Fields visit={visit} site={site} errors={errors.value} />
      </div>
      <div class="foot">
        <Consent />
        <ProblemText problem={problem} />
        <Button submit busy={busy} class="primary wide" aria-describedby="consent">
          {busy ? text.form.connecting : text.form.connect}
        </Button>
      </div>
    </form>
  );
}

/** In sight whatever is scrolled: it is what *Connect* consents to. */
function Consent() {
  return (
    <div class="consent">
      <Icon name="eye" />
      <p class="small" id="consent">
        <strong>{text.form.consentTitle}</strong> {text.form.consent}
      </p>
    </div>
  );
}

interface FieldsProps {
  visit: Visit;
  site: SiteView;
  errors: FieldErrors;
}

function Fields({ visit, site, errors }: FieldsProps) {
  const draft = visit.draft.value;
  const change = (name: keyof Draft) => (event: { currentTarget: { value: string } }) => {
    visit.draft.value = { ...visit.draft.value, [name]: event.currentTarget.value };
  };
  const inputs = contacts.filter(({ name }) => site.ask[name] !== "hidden");
  return (
    <>
      {inputs.map(({ name, type, maxLength }, i) => (
        <Field
          key={name}
          id={name}
          label={text.form[name]}
          required={site.ask[name] === "required"}
          error={errors[name]}
          half={i < inputs.length - (inputs.length % 2)}
        >
          {(control) => (
            <input
              {...control}
              {...({ type } as { type: "text" })}
              class="text"
              autoComplete={name === "phone" ? "tel" : name}
              maxLength={maxLength}
              value={draft[name]}
              onInput={change(name)}
            />
          )}
        </Field>
      ))}
      {site.topics.length > 0 && (
        <Field id="topic" label={text.form.topic} error={errors.topic}>
          {(control) => (
            <div class="choice">
              <select {...control} value={draft.topic} onChange={change("topic")}>
                <option value="">{text.form.chooseTopic}</option>
                {site.topics.map((topic) => (
                  <option key={topic}>{topic}</option>
                ))}
              </select>
              <Icon name="down" />
            </div>
          )}
        </Field>
      )}
      <Field id="message" label={text.form.message} error={errors.message}>
        {(control) => (
          <textarea
            {...control}
            rows={3}
            maxLength={4000}
            placeholder={text.form.messageHint}
            value={draft.message}
            onInput={change("message")}
          />
        )}
      </Field>
    </>
  );
}

/** How a customer can be named and reached. */
const contacts = [
  { name: "name", type: "text", maxLength: 120 },
  { name: "email", type: "email", maxLength: 254 },
  { name: "phone", type: "tel", maxLength: 40 },
] as const;
