/** The demo shop: signs people in through the demo calls and hands the token to the widget. */
import { SapaClient } from "../../shared/index.ts";
import type {} from "../../widget/api.ts";
import { words, type Language } from "./words.ts";

const PERSON = "sapa-demo-person";
const client = new SapaClient();
let language: Language = (localStorage.getItem("sapa-demo-language") ?? navigator.language).startsWith("id") ? "id" : "en";
let me: string | null = null;

const byId = (id: string) => document.getElementById(id)!;

function element<K extends keyof HTMLElementTagNameMap>(name: K, text: string, className = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

/** Calls work before the widget's script has loaded too. */
function call(name: string, ...args: unknown[]): void {
  (window.Sapa ??= []).push([name, ...args]);
}

function speak(): void {
  const said = words[language];
  document.documentElement.lang = language;
  for (const each of document.querySelectorAll<HTMLElement>("[data-text]")) {
    each.textContent = String(said[each.dataset["text"] as "headline"]);
  }
  byId("language").textContent = said.language;
  byId("language").lang = language === "id" ? "en" : "id";
  byId("goods").replaceChildren(...said.goods.map(([name, text, price], i) => {
    const item = element("li", "", `good g${i}`);
    const ask = element("button", said.askAbout, "quiet");
    ask.type = "button";
    ask.addEventListener("click", () => call("open"));
    item.append(element("h3", name), element("p", text), element("p", price, "price"), ask);
    return item;
  }));
  byId("me").textContent = me ? said.now(me) : said.guestNow;
  const guest = byId("people").querySelector("[data-person=guest]");
  if (guest) guest.textContent = said.guest;
}

function press(person: string): void {
  for (const each of byId("people").querySelectorAll("button")) {
    each.setAttribute("aria-pressed", String(each.dataset["person"] === person));
  }
}

async function become(person: string): Promise<void> {
  try {
    if (person === "guest") {
      me = null;
      sessionStorage.removeItem(PERSON);
      if (widget.dataset["token"]) call("logout");
    } else {
      const { token, user } = await client.demoSignIn(person);
      me = user.name;
      sessionStorage.setItem(PERSON, person);
      widget.dataset["token"] = token;
      call("setUser", { token });
    }
    press(person);
    speak();
  } catch {
    byId("me").textContent = words[language].failed;
  }
}

async function showPeople(): Promise<void> {
  const people = await client.demoPeople();
  const customers = people.filter(({ user }) => user.role === "USER").map(({ person, user }) => [person, user.name ?? person]);
  byId("people").replaceChildren(...[...customers, ["guest", words[language].guest]].map(([person = "", name = ""]) => {
    const button = element("button", name, "choice");
    button.type = "button";
    button.dataset["person"] = person;
    button.addEventListener("click", () => void become(person));
    return button;
  }));
}

const widget = document.createElement("script");

async function begin(): Promise<void> {
  byId("ask").addEventListener("click", () => call("open"));
  byId("language").addEventListener("click", () => {
    language = language === "id" ? "en" : "id";
    localStorage.setItem("sapa-demo-language", language);
    call("setLocale", language);
    speak();
  });
  speak();
  const person = sessionStorage.getItem(PERSON);
  await showPeople().catch(() => {});
  if (person) await become(person);
  else press("guest");
  widget.dataset["locale"] = language;
  widget.dataset["priority"] = "true";
  widget.src = "/widget.js";
  widget.async = true;
  document.body.append(widget);
  const { version } = await client.config();
  byId("version").textContent = words[language].version(version);
}

void begin();
