/** The names of the first public UI contract. */
export type UiTypeV1 =
  | 'text.delta'
  | 'text.done'
  | 'speaker.change'
  | 'mode.activate'
  | 'mode.deactivate'
  | 'deliverable.cv'
  | 'deliverable.interview'
  | 'deliverable.outreach'
  | 'voice.interim'
  | 'voice.config'
  | 'turn.state'
  | 'call.runtime.state'
  | 'confirm.required'
  | 'action.approval.state'
  | 'action.audit'
  | 'status'
  | 'error'
  | 'done';

export interface UiEventV1 {
  readonly v: '1.0';
  readonly type: UiTypeV1;
  readonly payload: Readonly<Record<string, unknown>>;
  /** When the event that it comes from became durable, in milliseconds since 1970. */
  readonly ts: number;
}
