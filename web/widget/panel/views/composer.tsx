import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useSapa } from "./context.ts";
import { Icon } from "./icon.tsx";
import { nameOf } from "./name.ts";

const MAX_HEIGHT = 140;

/** Enter sends, Shift+Enter breaks the line; an Enter that ends an input method's word does neither. */
export function Composer() {
  const { controller, state, words } = useSapa();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => controller.draft.read());
  const { replyTo, roomId } = state;
  const left = state.limits.message - [...text.trim()].length;
  const change = (value: string) => {
    setText(value);
    controller.draft.write(value);
  };
  const send = () => {
    if (!text.trim() || left < 0) return;
    controller.send(text);
    change("");
    field.current?.focus();
  };
  useLayoutEffect(() => {
    const { current } = field;
    if (!current) return;
    current.style.height = "auto";
    current.style.height = `${Math.min(current.scrollHeight, MAX_HEIGHT)}px`;
  }, [text]);
  useLayoutEffect(() => {
    if (replyTo) field.current?.focus();
  }, [replyTo]);
  return (
    <form class="composer" onSubmit={(event) => { event.preventDefault(); send(); }}>
      {replyTo && (
        <div class="replying">
          <Icon name="reply" />
          <p><b><bdi>{words.replyingTo(nameOf(replyTo, state.me, words))}</bdi></b><span dir="auto">{replyTo.message}</span></p>
          <button type="button" class="tool" aria-label={words.cancelReply} onClick={() => controller.store.set({ replyTo: null })}>
            <Icon name="close" />
          </button>
        </div>
      )}
      <div class="line">
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          data-first
          value={text}
          placeholder={words.placeholder}
          aria-label={words.message}
          aria-invalid={left < 0 ? "true" : undefined}
          aria-describedby={left < 200 ? "left" : undefined}
          enterkeyhint="send"
          onInput={(event) => {
            change(event.currentTarget.value);
            if (roomId !== null && event.currentTarget.value.trim()) controller.ownTyping.pressed(roomId);
          }}
          onKeyDown={(event) => {
            // 229: Safari ends a composition before the key event comes.
            if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
            event.preventDefault();
            send();
          }}
          onBlur={() => controller.ownTyping.stopped()}
        />
        <button type="submit" class="send" aria-label={words.send} title={words.send} disabled={!text.trim() || left < 0}>
          <Icon name="send" />
        </button>
      </div>
      {left < 200 && <p id="left" class={left < 0 ? "wrong" : "hint"}>{words.left(left)}</p>}
    </form>
  );
}
