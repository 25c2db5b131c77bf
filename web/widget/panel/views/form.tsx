import { useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import type { Priority } from "../../../shared/index.ts";
import { useSapa } from "./context.ts";

type Errors = Partial<Record<"message" | "email" | "subject", string>>;

const PRIORITIES: Priority[] = ["LOW", "NORMAL", "HIGH", "URGENT"];

/** Before the first message: what it is about, and who writes, if they like to say. */
export function Form() {
  const { controller, state, words } = useSapa();
  const form = useRef<HTMLFormElement>(null);
  const [errors, setErrors] = useState<Errors>({});
  const submit = (event: Event) => {
    event.preventDefault();
    const data = new FormData(form.current!);
    const text = (name: string) => String(data.get(name) ?? "").trim();
    const found: Errors = {};
    if (!text("message")) found.message = words.needMessage;
    if ([...text("message")].length > state.limits.message) found.message = words.tooLong(state.limits.message);
    if ([...text("subject")].length > state.limits.subject) found.subject = words.tooLong(state.limits.subject);
    if (text("email") && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text("email"))) found.email = words.badEmail;
    setErrors(found);
    const first = Object.keys(found)[0];
    if (first) return form.current?.querySelector<HTMLElement>(`[name="${first}"]`)?.focus();
    const optional = (name: string) => (text(name) ? { [name]: text(name) } : {});
    controller.begun({ message: text("message"), ...optional("subject"), ...optional("priority"), ...optional("name"), ...optional("email") });
  };
  return (
    <form class="form scroll" ref={form} onSubmit={submit} noValidate aria-label={words.formTitle}>
      <p class="greeting" dir="auto">{controller.host.settings.greeting || words.greeting}</p>
      {state.isVisitor && (
        <>
          <Field name="name" label={words.name} hint={words.optional}>
            <input id="name" name="name" autocomplete="name" maxLength={100} data-first />
          </Field>
          <Field name="email" label={words.email} hint={words.optional} error={errors.email}>
            <input id="email" name="email" type="email" autocomplete="email" maxLength={200} {...invalid("email", errors.email)} />
          </Field>
        </>
      )}
      <Field name="subject" label={words.subject} hint={words.optional} error={errors.subject}>
        <input id="subject" name="subject" data-first {...invalid("subject", errors.subject)} />
      </Field>
      {controller.host.settings.priority && (
        <Field name="priority" label={words.priority}>
          <select id="priority" name="priority">
            {PRIORITIES.map((each) => <option value={each} selected={each === "NORMAL"} key={each}>{words.priorities[each]}</option>)}
          </select>
        </Field>
      )}
      <Field name="message" label={words.message} error={errors.message}>
        <textarea id="message" name="message" rows={4} dir="auto" aria-required="true" {...invalid("message", errors.message)} />
      </Field>
      <button type="submit" class="primary">{words.start}</button>
    </form>
  );
}

function Field(props: { name: string; label: string; hint?: string; error?: string | undefined; children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={props.name}>{props.label}{props.hint && <span class="hint"> ({props.hint})</span>}</label>
      {props.children}
      {props.error && <p class="wrong" id={`${props.name}-error`}>{props.error}</p>}
    </div>
  );
}

function invalid(name: string, error: string | undefined) {
  return error ? { "aria-invalid": "true" as const, "aria-describedby": `${name}-error` } : {};
}
