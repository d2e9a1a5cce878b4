/**
 * Lifeline's client: create or join a call, talk, and stay in it through lost connections.
 *
 *     const call = await createCall({ baseUrl: 'https://calls.example', getToken });
 *     call.on('transcript.final', (event) => console.log(event.payload.text));
 *     await call.say('Hello');
 *
 * @module
 */
export { isOver, outcomeOf, type Action, type ActionState, type Decision } from './action.js';
export { ActionError } from './action_error.js';
export type { ActionRequest, Answer } from './acting.js';
export {
  Billing,
  type BudgetChange,
  type DeadLetterChoice,
  type HourQuery,
  type ManualAdjustment,
  type StatementFormat,
} from './billing.js';
export type {
  Balance,
  Budget,
  CardRecord,
  ChargeDelivery,
  ChargeEntry,
  ChargeTrace,
  DeadLetter,
  DeadLettersMoved,
  Finding,
  FindingState,
  Margin,
  MarginCall,
  MarginItem,
  ParkedBecause,
  Reconciliation,
  Statement,
} from './billing_types.js';
export { Call, type RecordingConsent, type Reset } from './call.js';
export { claimsIn, claimsInMemory, type Claims, type ClaimStorage } from './claims.js';
export type { OnActionOptions, ToolHandler, ToolRun } from './client_tool.js';
export {
  actionOf,
  argsOf,
  canAnswer,
  openConfirmations,
  type Confirmation,
  type ConfirmationState,
} from './confirmation.js';
export type * from './contract.js';
export {
  createCall,
  joinCall,
  redeemInvite,
  type ClientOptions,
  type CreateCallOptions,
  type JoinCallOptions,
  type RedeemedInvite,
} from './create.js';
export {
  createDocument,
  editDocument,
  getDocument,
  listDocuments,
  shareDocument,
  unshareDocument,
  type CreateDocumentOptions,
  type DocumentSummary,
} from './document_rest.js';
export type { DocumentEdit, DocumentRecord, DocumentView, EditRejection } from './document_view.js';
export { LifelineError } from './error.js';
export {
  explainSession,
  type Story,
  type StoryAnomaly,
  type StoryEntry,
  type StoryKind,
  type StoryReason,
  type StorySeverity,
  type StoryStep,
} from './explain.js';
export { createInvite, type CreateInviteOptions, type Invite } from './invite.js';
export { callEventOf, type Actor, type CallEvent, type EventRecord, type Seen } from './event.js';
export { followCalls, type CallNotice, type FollowOptions } from './follow.js';
export { fromLegacy, toLegacy, type LegacyType } from './legacy.js';
export { listEvents, type EventPage } from './history.js';
export { applyPatch, type Patch, type PatchOperation } from './json_patch.js';
export { pointerOf, valueAt, type Json, type JsonObject } from './json_pointer.js';
export type { LiveDocument } from './live_document.js';
export type { Observable } from './observable.js';
export type { Published } from './outbox.js';
export {
  answerConfirmation,
  cancelAction,
  getAction,
  listActions,
  listAgents,
  listDecisions,
  listKillSwitches,
  listTools,
  resolveAction,
  setKillSwitch,
  setKillSwitchBeyondCalls,
  type ActionRecord,
  type AgentRecord,
  type DecisionRecord,
  type KillSwitchRecord,
  type ListPage,
  type ToolRecord,
} from './oversight.js';
export type { Platform, WebSocketConstructor, WebSocketLike } from './platform.js';
export { reduce } from './reduce.js';
export type { BaseUrl } from './rest.js';
export type { Self } from './self.js';
export type { Connect, CreateCallBody, Session } from './session.js';
export {
  isSpeechOpen,
  speechTerms,
  uploadSpeech,
  type SpeechHeard,
  type SpeechTerms,
  type UploadSpeechOptions,
} from './speech.js';
export {
  initialState,
  type CallEnd,
  type CallState,
  type Erasure,
  type Outage,
  type Participant,
  type RecordingRefusal,
  type Utterance,
} from './state.js';
export type { ConnectionStatus } from './status.js';
export type { GetToken, TokenRequest } from './token.js';
export { usedSoFar } from './used_so_far.js';
export type {
  BudgetWarning,
  LiveUsage,
  Usage,
  UsageEntry,
  UsageEvidence,
  UsedSoFar,
} from './usage.js';
export { listUsage, type UsagePage, type UsageQuery, type UsageRecord } from './usage_rest.js';
export type { UtteranceOptions, UtteranceWriter } from './utterance.js';
export type { Deliverable, Intent, KillSwitch, Mode, Turn } from './work.js';
