import { useSignal } from "@preact/signals";
import { text } from "../text";
import type { Queue, Stage, Visit } from "../visit";
import { Button, Card, Field, Icon, useFocus } from "./parts";
import { ProblemText } from "./problem";

/** The customer's place in the queue. */
export function WaitingCard({ visit, queue }: { visit: Visit; queue: Queue }) {
  if (visit.folded.value) return <WaitingChip visit={visit} queue={queue} />;
  const nobody = queue.agentsOnline === 0 && queue.place !== null;
  return (
    <Card title={nobody ? text.waiting.nobody : text.waiting.title}>
      <Place queue={queue} nobody={nobody} />
      {visit.lost.value && <p class="soft small">{text.bar.lost}</p>}
      <div class="buttons">
        {nobody && (
          <Button class="primary" onClick={() => visit.writeMessage(true)}>
            {text.waiting.leave}
          </Button>
        )}
        <Button class="outline" onClick={() => void visit.cancel()}>
          {text.waiting.cancel}
        </Button>
        <Button class="soft" onClick={() => visit.fold(true)}>
          {text.waiting.fold}
        </Button>
      </div>
    </Card>
  );
}

function Place({ queue, nobody }: { queue: Queue; nobody: boolean }) {
  if (nobody) return <p role="status">{text.waiting.nobodyHint}</p>;
  return (
    <div class="place">
      <span class="number" aria-hidden="true">
        {queue.place || "…"}
      </span>
      <div>
        <p role="status">{placeText(queue)}</p>
        <p class="soft small">{text.waiting.stay}</p>
      </div>
    </div>
  );
}

function placeText({ place, agent }: Queue): string {
  if (place === null) return text.waiting.connecting;
  if (agent) return text.waiting.agentSoon(agent);
  if (place === 0) return text.waiting.soon;
  return place === 1 ? text.waiting.next : text.waiting.place(place);
}

function WaitingChip({ visit, queue }: { visit: Visit; queue: Queue }) {
  const button = useFocus<HTMLButtonElement>();
  return (
    <button type="button" class="chip" ref={button} onClick={() => visit.fold(false)}>
      <Icon name="clock" />
      {text.waiting.unfold}
      {queue.place ? <span class="badge">{queue.place}</span> : null}
    </button>
  );
}

/** *Leave a message* instead of waiting. */
export function MessageCard({ visit, stage }: { visit: Visit; stage: Extract<Stage, { kind: "message" }> }) {
  const message = useSignal(visit.request);
  const empty = useSignal(false);
  const send = () => {
    empty.value = message.value.trim() === "";
    if (!empty.value && !stage.busy) void visit.leaveMessage(message.value.trim());
  };
  const back = () => visit.writeMessage(false);
  return (
    <Card title={text.message.title} onClose={back}>
      <form
        class="fields"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <Field
          id="leave"
          label={text.message.message}
          required
          hint={text.message.hint[visit.reach]}
          error={empty.value ? text.message.empty : undefined}
        >
          {(control) => (
            <textarea
              {...control}
              rows={4}
              maxLength={4000}
              value={message.value}
              onInput={(event) => {
                message.value = event.currentTarget.value;
              }}
            />
          )}
        </Field>
        <ProblemText problem={stage.problem} />
        <div class="buttons">
          <Button submit busy={stage.busy} class="primary">
            {stage.busy ? text.message.sending : text.message.send}
          </Button>
          <Button class="outline" onClick={back}>
            {text.message.back}
          </Button>
        </div>
      </form>
    </Card>
  );
}
