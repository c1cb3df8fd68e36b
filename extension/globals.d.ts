// This file declares the types that no module exports: a case as views receive it, and what the classic scripts leave on
// globalThis for each other. The types that come from the core are derived from Rust and only named here.

declare namespace AccessMedic {
  type Diagnosis = import("./core/access_medic.js").Diagnosis;
  type Report = import("./core/access_medic.js").Report;
  type Finding = import("./core/access_medic_checks.js").Finding;
  type Step = import("./core/access_medic.js").Step;
  type Attempt = import("./core/access_medic.js").Attempt;
  type Receipt = import("./core/access_medic.js").Receipt;

  /** This is what the content script that observes a page leaves in its isolated world. */
  interface Observer {
    /** Tells whether the extension that this script belongs to still runs. */
    listens(): boolean;
    stop(): void;
    /** Returns the name of the present load, as evidence carries it. */
    load(): string;
    /** Reports the whole page again. */
    again(): Promise<void>;
  }

  /**
   * This says why the document that a tab shows was not examined: it is still loading; the core gave no answer; the page has not
   * reported (`page`), or no script can enter it (`closed`).
   */
  type Unseen = "loading" | "core" | "page" | "closed";

  /** `unseen` is absent where the document that the tab shows was examined. */
  type Case = import("./core/access_medic.js").Case & { unseen?: Unseen };

  /** `asOf` is when it was so, in ms since the worker's present life began; `life` is that beginning. */
  interface Told {
    case: Case | null;
    asOf: number;
    life: number;
  }

  /** This is whom an organisation names to be asked, as far as it does. The address begins with `https:` or `mailto:`. */
  interface Contact {
    text?: string;
    address?: string;
    telephone?: string;
  }

  interface AskReply extends Told {
    style?: string;
    /** These are the words of the language that the reader chose. */
    words?: Messages;
    theme?: string;
    contact?: Contact;
    /** The organisation lets nobody change the settings. */
    locked?: boolean;
  }

  /** This is what came of the words that a person told. */
  interface TellReply extends AskReply {
    answer: "known" | "unknown" | "failed";
  }

  /** This is a tab in which a page of OpenAI's fails. */
  interface Failing {
    tab: number;
    host: string;
    cause: string;
  }

  interface ApplyReply extends Told {
    outcome: { kind: "done" | "refused" | "failed"; reason?: string };
  }

  /** This is what the drawing needs from its view: the case, what a trusted click does, what is to be said of a step. */
  interface Scene {
    case: Case;
    /** Applies a step. With `link` the click opens an address too, so its element must stay where it is. */
    apply(remedy: string, link: boolean): void;
    /** Puts the cookies of the last clearing back. */
    undo(): unknown;
    /** Ends the checks or the countdown that runs. */
    stop(): unknown;
    /** Tells that the countdown has ended while somebody looks; its length in milliseconds says which countdown. */
    due(length: number): unknown;
    /** Notes whether the page is to be loaded by itself at the end of the countdown. */
    wish(again: boolean): unknown;
    /** Marks a step as ticked by hand, or as passed over. */
    mark(remedy: string, skipped: boolean): unknown;
    /** Marks a step as neither done nor passed over. */
    unmark(remedy: string): unknown;
    restart(): unknown;
    /** Runs what changes the drawing later on. Without this function, the change is just run. */
    change?(work: () => void): void;
    notice?: { remedy: string; text: string };
  }

  /** These are the messages of a folder of `_locales`. */
  type Messages = Record<
    string,
    { message: string; placeholders?: Record<string, { content: string }> }
  >;
  /** This is one language. */
  interface Tongue {
    word: (key: string, ...values: string[]) => string;
    language: string;
  }

  type Child = Node | string | false | null | undefined;

  interface Drawing {
    /** This is the document as the browser made it, whatever names the page gave its elements. */
    page: Document;
    /** Lets events of a person be heard only where the rule allows it. */
    listenOnlyTo(rule: (event: Event) => boolean): void;
    tongueOf(messages: Messages): Tongue;
    /** Makes the drawing speak that language from now on; without messages, the browser's. */
    speak(messages: Messages | undefined): void;
    /** Names whom to ask from now on, in the place of the administrator. */
    setContact(given: Contact): void;
    direction(): string;
    word(key: string, ...values: (string | number)[]): string;
    /** `name` is a tag, with classes after a dot. Attributes that are no strings are left out. */
    make(name: string, attributes: Record<string, unknown>, ...children: Child[]): HTMLElement;
    icon(name: string): Element;
    /** Acts on a trusted click only. */
    button(
      look: string,
      key: string,
      content: Child,
      act: (node: HTMLElement) => void,
    ): HTMLElement;
    send(message: { kind: "ask"; tab?: number; look?: boolean }): Promise<AskReply | undefined>;
    send(message: { kind: "apply"; remedy: string; tab?: number }): Promise<ApplyReply | undefined>;
    send(message: { kind: "undo"; tab?: number }): Promise<ApplyReply | undefined>;
    send(message: {
      kind: "mark" | "unmark" | "restart" | "pick" | "choose" | "silence";
      tab?: number;
      remedy?: string;
      skipped?: boolean;
      symptom?: string;
      cause?: string;
      silent?: boolean;
    }): Promise<AskReply | undefined>;
    send(message: { kind: "tell"; tab: number; words: string }): Promise<TellReply | undefined>;
    /** Takes the step that the person chose in the menu of the toolbar button, which is given once. */
    send(message: { kind: "order"; tab: number }): Promise<{ remedy?: string } | undefined>;
    send(message: { kind: "failing" }): Promise<{ failing: Failing[] } | undefined>;
    send(message: { kind: "close" } | { kind: "stop" | "reload"; tab?: number }): Promise<unknown>;
    send(message: { kind: "due"; length: number; tab?: number }): Promise<unknown>;
    send(message: { kind: "wish"; again: boolean; tab?: number }): Promise<unknown>;
    place(root: HTMLElement, ...nodes: Child[]): void;
    /** Does what `place` does, but leaves the focus to the caller: it belongs to what is returned. */
    arrange(root: HTMLElement, ...nodes: Child[]): HTMLElement | undefined;
    /** Returns a name that others chose, cut so that it cannot fill a view. */
    brief(name: string): string;
    fold(key: string, title: Child[], ...children: Child[]): HTMLElement;
    told(outcome: ApplyReply["outcome"]): string;
    judged(judgement: NonNullable<Report["judgement"]>): [short: string, long: string];
    verdict(scene: Scene): Child;
    /** With `whole`, the progress from the start is drawn, too. */
    diagnosis(scene: Scene, whole: boolean): Child[];
    next(scene: Scene): Child;
    /** With `whole`, the next step is laid open in its place. */
    checklist(scene: Scene, whole: boolean): Child;
    reasons(scene: Scene): Child;
    /** Returns a finding as a sentence, in the reader's language or another. */
    found(finding: Finding, tongue?: Tongue): string;
    /**
     * Draws the button that clears the site of the page, whatever the plan says, with what it costs, what came of it and its undo.
     * Nothing is drawn while a human check runs, or where that is the next step anyway.
     */
    sweep(scene: Scene): Child[];
    /** Returns a value of a finding in words. */
    said(value: Finding["values"][0], language: string): string;
    listed(items: string[]): string;
    /** Draws the control of a step; for an address, it is a real link. `key` is that of other words than its own. */
    control(scene: Scene, step: Step, look: string, key?: string): HTMLElement;
    /** Draws what is known of a step's last use. */
    notes(scene: Scene, step: Step): Child[];
    /** Draws the receipt of a step in full. */
    account(scene: Scene, step: Step): Child;
    /** Draws the button that undoes a step, while it can be undone. */
    undoing(scene: Scene, step: Step): Child;
  }
}

declare var accessMedicObserves: AccessMedic.Observer | undefined;
declare var accessMedicReport: AccessMedic.Drawing;
declare var accessMedicOverlay: { show(): Promise<void> };
