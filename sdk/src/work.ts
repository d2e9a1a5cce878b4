/** What stops actions, or a kind of them, while it is in the list. */
export interface KillSwitch {
  /** `global`, `account`, `session`, `action_type`. */
  readonly scope: string;
  /** Which account, call or type. */
  readonly subject: string | null;
  readonly by: string;
  readonly reason: string;
  readonly at: string;
}

/** A mode of the application, as the agent leads it. Names are the application's own. */
export interface Mode {
  readonly mode: string;
  readonly active: boolean;
  readonly rev: number;
  readonly context: Readonly<Record<string, unknown>> | null;
  readonly reason: string;
}

/** What the person wants, as the agent understood it. */
export interface Intent {
  readonly turnId: string;
  readonly intent: string;
  readonly confidence: number;
  readonly evidenceUtteranceIds: readonly string[];
  readonly slots: Readonly<Record<string, unknown>> | null;
}

/** A document of this call and its newest revision; what is in it, its own stream says. */
export interface Deliverable {
  readonly documentId: string;
  readonly kind: string;
  /** For people; null where it was not said. */
  readonly title: string | null;
  readonly rev: number;
  /** Who made the revision; null where it was not said. */
  readonly by: string | null;
}

/** An agent's answer while it comes, before it is an utterance. */
export interface Turn {
  readonly turnId: string;
  /** Whose turn it is. */
  readonly participantId: string;
  readonly state: 'running' | 'completed' | 'failed' | 'cancelled';
  /** What has come and is in no finished utterance yet; empty again once it is, and when the turn is over. */
  readonly text: string;
  readonly itemId: string | null;
  /** Where it began. */
  readonly firstSeq: number;
}
