import { Component, h, type ComponentChild } from "preact";

/** Renders again only when a property changed: a long conversation costs one bubble per message. */
export function memo<P extends object>(view: (props: P) => ComponentChild) {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      return (Object.keys(next) as (keyof P)[]).some((name) => next[name] !== this.props[name]);
    }

    override render() {
      return h(view as never, this.props as never);
    }
  };
}
