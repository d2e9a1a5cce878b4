// What a person can meet while several people and the agent write in one document.

import { FakeCall, lineOf } from '../fake_call';
import { together, ben } from './acting';

const cv = {
  name: 'Anna Lindqvist',
  summary: 'Nurse with nine years on intensive care, two of them leading a ward of fourteen beds.',
  jobs: [
    { role: 'Ward sister', at: 'St. Olav', from: 2023, now: true },
    { role: 'Nurse, intensive care', at: 'Karolinska', from: 2017, now: false },
  ],
};

function written(): FakeCall {
  const call = together();
  call.documents.serve('doc_cv', 'cv', 'Anna’s CV', cv);
  call.documents.serve('doc_questions', 'interview_questions', 'Questions for Friday', { questions: ['Why this ward?', ''] });
  for (const [documentId, kind] of [['doc_cv', 'cv'], ['doc_questions', 'interview_questions']] as const) {
    call.see('orchestration.deliverable.updated', { documentId, kind, rev: 1, by: 'usr_echo' });
  }
  call.see('orchestration.mode.changed', { mode: 'cv', state: 'activated', reason: 'she asked', rev: 1 });
  return call;
}

export const documents: Readonly<Record<string, () => FakeCall>> = {
  documents: written,
  documents_edited: written,
  documents_conflict: written,
  documents_stale: written,
  documents_reader: () => {
    const call = written();
    call.self = Promise.resolve({ participantId: 'usr_anna', role: 'viewer' });
    return call;
  },
  turn: () => {
    const call = together();
    call.see('orchestration.turn.started', { turnId: 'turn_1', orchestrator: 'scripted', inputUtteranceIds: [] }, echo);
    return call;
  },
};

const echo = { kind: 'agent', id: 'usr_echo' };

/** What happens once somebody looks. */
export const laterThere: Readonly<Record<string, (call: FakeCall) => void>> = {
  documents_edited: ({ documents: { served } }) => {
    served.get('doc_cv')!.edit('usr_ben', [{ op: 'replace', path: '/jobs/1/role', value: 'Intensive care nurse' }]);
  },
  documents_conflict: ({ documents }) => {
    const there = documents.served.get('doc_cv')!;
    there.slow = true;
    void documents.open('doc_cv').edit([{ op: 'replace', path: '/summary', value: 'A nurse who leads.' }]);
    there.edit(ben.id, [{ op: 'replace', path: '/summary', value: 'Nine years of intensive care.' }]);
    there.slow = false;
    there.answer();
  },
  documents_stale: (call) => {
    call.connection.set(lineOf({ state: 'reconnecting', retryAt: Date.now() + 4_000 }));
    call.documents.line_down();
    void call.documents.open('doc_cv').edit([{ op: 'replace', path: '/name', value: 'Anna L. Lindqvist' }]);
  },
  turn: (call) => {
    const words = 'I have begun your CV. Tell me about your last two jobs, and what you are proud of there.'.split(/(?= )/);
    let offset = 0;
    words.slice(0, 12).forEach((deltaText) => {
      call.see('orchestration.turn.delta', { turnId: 'turn_1', itemId: 'i', deltaText, offset }, echo);
      offset += deltaText.length;
    });
  },
};
