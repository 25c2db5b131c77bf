/** A chat of one's own over the shared client: forty lines of interface, no widget. */
import { StrictMode, useEffect, useState, type FormEvent } from "react";
import { createRoot } from "react-dom/client";
import { SapaClient } from "../../shared/index.ts";
import { useConversation } from "./use-conversation.ts";

function Chat({ token }: { token: string }) {
  const { me, messages, pending, isTyping, connection, send, retry } = useConversation(token);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const text = String(new FormData(form).get("text")).trim();
    if (text) send(text);
    form.reset();
  };
  return (
    <section aria-label="Conversation">
      <p role="status">Connection: {connection}</p>
      <ol role="log" aria-label="Messages">
        {messages.map((message) => (
          <li key={message.id} className={message.senderId === me ? "own" : ""}>
            <b><bdi>{message.senderId === me ? "You" : message.sender.name ?? "Support"}</bdi></b>{" "}
            <span dir="auto">{message.deletedAt ? <i>deleted</i> : message.message}</span>
          </li>
        ))}
        {pending.map((item) => (
          <li key={item.key} className="own pending">
            <b>You</b> <span dir="auto">{item.message}</span>{" "}
            {item.state === "failed" ? <button type="button" onClick={() => retry(item.key)}>Try again</button> : <i>sending…</i>}
          </li>
        ))}
      </ol>
      {isTyping && <p>Somebody is typing…</p>}
      <form onSubmit={submit}>
        <input name="text" aria-label="Message" autoComplete="off" />
        <button type="submit">Send</button>
      </form>
    </section>
  );
}

function App() {
  const [token, setToken] = useState<string | null>(null);
  const [trouble, setTrouble] = useState("");
  useEffect(() => {
    new SapaClient().demoSignIn("citra").then((signedIn) => setToken(signedIn.token), (error: Error) => setTrouble(error.message));
  }, []);
  return (
    <main>
      <h1>A chat of your own, with React</h1>
      <p>You are Citra. Answer her in the <a href="/admin/chat">dashboard</a>; the <a href="/">shop</a> shows the ready-made widget.</p>
      {token ? <Chat token={token} /> : <p role="status">{trouble || "Signing in…"}</p>}
    </main>
  );
}

createRoot(document.getElementById("root")!).render(<StrictMode><App /></StrictMode>);
