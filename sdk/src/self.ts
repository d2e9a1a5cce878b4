/** Who this client is in the call. */
export interface Self {
  /** The id under which the others see it; what `participantId` and `by` of its own events must be. */
  readonly participantId: string;
  /** `user`, `agent`, `operator`, `viewer` or `service`. */
  readonly role: string;
}
