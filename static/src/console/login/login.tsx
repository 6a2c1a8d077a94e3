import "./login.css";
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ApiError, sentence } from "../api";
import { text } from "../text";
import { Mark } from "../ui/icon";
import { useWorkplace } from "../ui/workplace";

/** Where an agent logs in. */
export function Login({ ended }: { ended: boolean }) {
  const { account, clock } = useWorkplace();
  const busy = useSignal(false);
  const error = useSignal(ended ? text.login.ended : "");
  const until = useSignal(0);
  const throttled = useComputed(() => Math.max(0, Math.ceil((until.value - clock.now.value) / 1000)));
  const login = useRef<HTMLInputElement>(null);
  useEffect(() => login.current?.focus(), []);
  const password = useRef<HTMLInputElement>(null);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy.value || throttled.value > 0) return;
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const name = String(fields.get("login") ?? "").trim();
    const secret = String(fields.get("password") ?? "");
    if (!name || !secret) {
      error.value = text.login.missing;
      return;
    }
    busy.value = true;
    try {
      await account.login(name, secret);
    } catch (reason) {
      const wait = reason instanceof ApiError ? reason.retryAfter : 0;
      until.value = Date.now() + 1000 * wait;
      error.value = wait > 0 ? "" : explain(reason);
      password.current?.select();
    }
    busy.value = false;
  };

  return (
    <main class="login">
      <form class="login-card" method="post" noValidate onSubmit={submit} aria-labelledby="login-heading">
        <Mark size={36} />
        <h1 id="login-heading">{text.login.heading}</h1>
        <div class="field">
          <label for="login">{text.login.login}</label>
          <input
            id="login"
            name="login"
            class="input"
            autoComplete="username"
            autoCapitalize="none"
            spellcheck={false}
            maxLength={120}
            required
            ref={login}
          />
        </div>
        <div class="field">
          <label for="password">{text.login.password}</label>
          <input
            id="password"
            name="password"
            type="password"
            class="input"
            autoComplete="current-password"
            maxLength={256}
            required
            ref={password}
          />
        </div>
        <div role="alert">
          {throttled.value > 0 ? (
            <p class="form-error" aria-live="off">
              {text.error.throttled(throttled.value)}
            </p>
          ) : (
            error.value && <p class="form-error">{error.value}</p>
          )}
        </div>
        <button
          type="submit"
          class="button primary login-submit"
          disabled={busy.value || throttled.value > 0}
        >
          {busy.value ? text.login.busy : text.login.submit}
        </button>
      </form>
    </main>
  );
}

function explain(error: unknown): string {
  const wrong = error instanceof ApiError && error.trouble === "unauthorized";
  return wrong ? text.login.wrong : sentence(error);
}
