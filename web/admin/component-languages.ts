/** The component library speaks thirty languages, none of them Indonesian: keeps English, adds ours. */
import type { Plugin } from "vite";

const OTHERS = /react-(?:aria|stately|aria-components)\/dist\/private\/intl\/.*\/?(?!en-US)[a-z]{2}-[A-Z]{2}\.m?js$/;
const OVERLAYS = /react-aria\/dist\/private\/overlays\/intlStrings\.m?js$/;
/** The only word of the library that can be heard here; all others are replaced by our labels. */
const INDONESIAN = { dismiss: "Tutup" };

export function componentLanguages(): Plugin {
  return {
    name: "component-languages",
    enforce: "pre",
    load(id) {
      return OTHERS.test(id) ? "export default null;" : null;
    },
    transform(code, id) {
      if (!OVERLAYS.test(id)) return null;
      const exported = /export\s*\{\s*([\w$]+) as default/.exec(code)?.[1];
      if (!exported) throw new Error("the words of the component library are not where they were");
      return `${code}\n${exported}["id-ID"] = ${JSON.stringify(INDONESIAN)};`;
    },
  };
}
