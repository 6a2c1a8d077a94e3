import { type Signal, useSignal } from "@preact/signals";
import { sentence } from "../api";
import { text } from "../text";
import { Dialog } from "../ui/dialog";
import { useWorkplace } from "../ui/workplace";
import type { SessionModel } from "./model";
import { RemarksField } from "./remarks";

/** Asks before the session ends, and for the remarks. */
export function EndDialog({ model, onClose }: { model: SessionModel; onClose(): void }) {
  const leave = useLeave(model);
  const form = useRemarksForm(model, async () => {
    await model.end();
    leave();
  });
  return (
    <Dialog title={text.session.endTitle(model.name.value)} onClose={onClose}>
      <form onSubmit={form.submit} noValidate>
        <p>{text.session.endBody}</p>
        <RemarksField value={model.remarks} required={form.required} error={form.missing.value} />
        <Problem error={form.problem} />
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            {text.cancel}
          </button>
          <button type="submit" class="button danger" aria-busy={form.busy.value}>
            {form.busy.value ? text.session.ending : text.session.endAction}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Says that somebody else ended the session, and takes the remarks. */
export function OverDialog({ model, onClose }: { model: SessionModel; onClose(): void }) {
  const leave = useLeave(model);
  const form = useRemarksForm(model, async () => {
    if (model.remarks.value.trim()) await model.saveRemarks();
    leave();
  });
  const by = model.over.value;
  if (by === null) return null;
  return (
    <Dialog title={text.session.ended[by](model.name.value)} onClose={onClose}>
      <form onSubmit={form.submit} noValidate>
        <p>{text.session.endedBody[by]}</p>
        <RemarksField value={model.remarks} required={form.required} error={form.missing.value} />
        <Problem error={form.problem} />
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            {text.session.later}
          </button>
          <button type="submit" class="button primary" aria-busy={form.busy.value}>
            {form.busy.value ? text.session.saving : text.session.saveRemarks}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Problem({ error }: { error: Signal<string> }) {
  return <div role="alert">{error.value && <p class="form-error">{error.value}</p>}</div>;
}

function useRemarksForm(model: SessionModel, save: () => Promise<void>) {
  const busy = useSignal(false);
  const missing = useSignal("");
  const problem = useSignal("");
  const required = model.lead.value?.requireRemarks ?? false;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy.value) return;
    missing.value = required && !model.remarks.value.trim() ? text.session.remarksRequired : "";
    problem.value = "";
    if (missing.value) {
      (event.target as HTMLFormElement).querySelector("textarea")?.focus();
      return;
    }
    busy.value = true;
    try {
      await save();
    } catch (error) {
      problem.value = sentence(error);
      busy.value = false;
    }
  };
  return { busy, missing, problem, required, submit };
}

/** Leaves a session that is over, with a way back to its story. */
function useLeave(model: SessionModel): () => void {
  const { sessions, router, toasts } = useWorkplace();
  return () => {
    const lead = model.leadID;
    toasts.show({
      key: `over ${model.id}`,
      message: text.session.done(model.name.value),
      action: { label: text.session.story, run: () => router.go({ name: "lead", lead }) },
    });
    router.go({ name: "active" });
    sessions.leave(model);
  };
}
