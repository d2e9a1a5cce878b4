/**
 * What an application brings to a call: for each kind of document a panel, the modes in which it shows, and
 * the tools that run in this app. The core knows only the identifiers.
 *
 *     const modules = new Modules<ReactNode>();
 *     modules.add({ kind: 'cv', modes: ['cv'], panel: (shown) => <Cv {...shown} />, tools: { 'cv.export': exportCv } });
 *     modules.attach(call);
 *     for (const { module, shown } of modules.shown(call.state.value)) module.panel(shown);
 *
 * @module
 */
import type { OnActionOptions, ToolHandler } from './client_tool.js';
import type { CallState } from './state.js';
import type { Deliverable, Mode } from './work.js';

/** What a panel is given to show. */
export interface Shown {
  readonly kind: string;
  /** The modes that show it, newest change last; empty where only a document does. */
  readonly modes: readonly Mode[];
  /** The call's documents of this kind. */
  readonly documents: readonly Deliverable[];
}

export interface Module<View> {
  /** The kind of document that it is for. */
  readonly kind: string;
  /** What it is called in front of people; made of the kind if left out. */
  readonly title?: string;
  /** The modes in which its panel shows; the kind itself if left out. */
  readonly modes?: readonly string[];
  /** Whether it also shows outside of its modes once there is a document. */
  readonly showsDocuments?: boolean;
  panel(shown: Shown): View;
  /** Handlers for the actions that this app does itself, by action type. */
  readonly tools?: Readonly<Record<string, ToolHandler>>;
}

/** The part of a call that tools need. */
export interface ToolCall {
  onAction(type: string, handler: ToolHandler, options?: OnActionOptions): () => void;
}

export class Modules<View> {
  readonly #modules = new Map<string, Module<View>>();

  /** Returns the registry, to add more. A kind, and an action type, has one module. */
  add(module: Module<View>): this {
    if (this.#modules.has(module.kind)) throw new Error(`There is a module for ${module.kind}.`);
    for (const type of Object.keys(module.tools ?? {})) {
      const other = [...this.#modules.values()].find((one) => Object.hasOwn(one.tools ?? {}, type));
      if (other) throw new Error(`The module for ${other.kind} has the tool ${type} already.`);
    }
    this.#modules.set(module.kind, module);
    return this;
  }

  /** The module for a kind, or for a mode that shows one; undefined where nobody has brought it. */
  of(kindOrMode: string): Module<View> | undefined {
    const all = [...this.#modules.values()];
    return (
      this.#modules.get(kindOrMode) ?? all.find((one) => one.modes?.includes(kindOrMode) === true)
    );
  }

  /** Runs every module's tools in `call`; returns the function that stops them. */
  attach(call: ToolCall, options?: OnActionOptions): () => void {
    const stops = [...this.#modules.values()]
      .flatMap(({ tools }) => Object.entries(tools ?? {}))
      .map(([type, handler]) => call.onAction(type, handler, options));
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Whose panels there are to show, in the order in which the modules were added. Pure. */
  shown({
    modes,
    deliverables,
  }: CallState): { readonly module: Module<View>; readonly shown: Shown }[] {
    return [...this.#modules.values()].flatMap((module) => {
      const { kind } = module;
      const names = module.modes ?? [kind];
      const active = modes.filter((one) => one.active && names.includes(one.mode));
      const documents = deliverables.filter((one) => one.kind === kind);
      const asDocument = module.showsDocuments === true && documents.length > 0;
      if (active.length === 0 && !asDocument) return [];
      return [{ module, shown: { kind, modes: active, documents } }];
    });
  }
}
