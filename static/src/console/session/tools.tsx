import { useSignalEffect } from "@preact/signals";
import { shortURL } from "../format";
import { hrefOf } from "../route";
import { text } from "../text";
import { Icon } from "../ui/icon";
import type { SessionModel } from "./model";

/** What the agent can do, below the picture. */
export function Tools({ model, onEnd }: { model: SessionModel; onEnd(): void }) {
  const over = model.over.value !== null;
  const pen = model.penDown.value;
  useSignalEffect(() => {
    if (model.over.value) model.penDown.value = false;
  });
  return (
    <div class="tools">
      <div class="tools-group">
        <button
          type="button"
          class="button pen"
          aria-pressed={pen}
          title={text.session.penHint}
          disabled={over}
          onClick={() => {
            model.penDown.value = !pen;
          }}
        >
          <Icon name="pen" size={16} />
          {text.session.pen}
        </button>
      </div>
      <MissingList model={model} />
      {over ? (
        <a class="button" href={hrefOf({ name: "active" })}>
          {text.session.leave}
        </a>
      ) : (
        <button type="button" class="button danger-soft" onClick={onEnd}>
          {text.session.end}
        </button>
      )}
    </div>
  );
}

/** What the picture lacks, behind a button that counts it. */
function MissingList({ model }: { model: SessionModel }) {
  const missing = model.missing.value;
  if (missing.length === 0 || model.pictures.shown.value === 0) return null;
  return (
    <div class="missing">
      <button type="button" class="button quiet" popoverTarget="missing-list">
        <Icon name="warning" size={16} />
        {text.session.missing(missing.length)}
      </button>
      <section id="missing-list" class="missing-list" popover="auto" aria-labelledby="missing-title">
        <h2 id="missing-title">{text.session.missingTitle}</h2>
        <p class="soft">{text.session.missingHint}</p>
        <ul>
          {missing.map(({ kind, url }) => (
            <li key={`${kind} ${url}`}>
              {text.session.missingKinds[kind]}
              {url && (
                <span class="soft truncate" title={url}>
                  {shortURL(url)}
                </span>
              )}
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
