/** Who one is on these pages: a demo person, signed in with one click and kept for this tab. */
import { SapaClient, type User } from "../../shared/index.ts";

const KEPT = "sapa-demo-dialect-person";

/** A person who is signed in, and the other people of the demo. */
export interface Session {
  token: string;
  me: User;
  others: User[];
}

export const nameOf = (user: { id: number; name: string | null }): string => user.name ?? `No. ${user.id}`;

/** Has everybody of the demo come once: whoever has never signed in is nobody whom one can write to. */
export async function introduceAll(): Promise<void> {
  const client = new SapaClient();
  await Promise.all((await client.demoPeople()).map(async ({ person }) => {
    const { token } = await client.demoSignIn(person);
    await new SapaClient({ token, credentials: "omit" }).me();
  }));
}

/** Draws the people into `#people` and calls `begin` with each one who is chosen; `?as=budi` chooses at once. */
export async function choosePerson(begin: (session: Session) => void): Promise<void> {
  const client = new SapaClient();
  const box = document.getElementById("people")!;
  const said = document.getElementById("me")!;
  const failed = () => void (said.textContent = "Signing in failed. Reload the page and try again.");
  const people = await client.demoPeople().catch(() => []);
  if (people.length === 0) return failed();

  const choose = async (person: string) => {
    const { token, user } = await client.demoSignIn(person);
    sessionStorage.setItem(KEPT, person);
    for (const each of box.querySelectorAll("button")) each.setAttribute("aria-pressed", String(each.value === person));
    said.textContent = "";
    begin({ token, me: user, others: people.map((each) => each.user).filter(({ id }) => id !== user.id) });
  };
  for (const [role, label] of [["USER", "Customers"], ["ADMIN", "Desk"]] as const) {
    const group = document.createElement("div");
    group.className = "group";
    const heading = document.createElement("span");
    heading.className = "quiet-text";
    heading.textContent = label;
    group.append(heading);
    for (const { person, user } of people.filter((each) => each.user.role === role)) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "choice small";
      button.value = person;
      button.textContent = nameOf(user);
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", () => void choose(person).catch(failed));
      group.append(button);
    }
    box.append(group);
  }
  const wanted = new URLSearchParams(location.search).get("as") ?? sessionStorage.getItem(KEPT);
  if (wanted && people.some(({ person }) => person === wanted)) await choose(wanted).catch(failed);
  else said.textContent = "Open the page twice, as a customer and as somebody of the desk, to talk to yourself.";
}
