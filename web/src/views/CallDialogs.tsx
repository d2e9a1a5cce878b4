import { Suspense } from 'react';

import type { Call, CallState, ClientOptions } from '@lifeline/client';

import type { HistoryDoor } from '../replay/replay';
import type { Person } from '../words/people';
import { EndDialog } from './EndDialog';
import { laterDialog } from './later';

const InviteDialog = laterDialog(() => import('./InviteDialog'));
const SpeakDialog = laterDialog(() => import('./SpeakDialog'));
const UsedDialog = laterDialog(() => import('./UsedDialog'));

export type OpenDialog = null | 'end' | 'invite' | 'speak' | 'record' | 'used';

interface Props {
  readonly open: OpenDialog;
  readonly call: Call;
  readonly state: CallState;
  readonly past: HistoryDoor;
  readonly server: ClientOptions;
  readonly people: readonly Person[];
  readonly makeInvite: () => Promise<string>;
  readonly onEnd: () => void;
  readonly onLeave: () => void;
  readonly onSpeak: () => void;
  readonly onRecord: () => void;
  readonly onClose: () => void;
}

/** At most one question at a time; an answer closes it. */
export function CallDialogs({ open, call, state, past, server, people, makeInvite, onEnd, onLeave, onSpeak, onRecord, onClose }: Props) {
  const answer = (act: () => void) => () => {
    onClose();
    act();
  };
  switch (open) {
    case null:
      return null;
    case 'end':
      return <EndDialog onEnd={answer(onEnd)} onLeave={answer(onLeave)} onStay={onClose} />;
    case 'invite':
      return (
        <Suspense>
          <InviteDialog makeLink={makeInvite} onClose={onClose} />
        </Suspense>
      );
    case 'used':
      return (
        <Suspense>
          <UsedDialog call={call} state={state} past={past} server={server} people={people} onClose={onClose} />
        </Suspense>
      );
    case 'speak':
    case 'record':
      return (
        <Suspense>
          <SpeakDialog
            heardBy={open === 'speak' ? 'browser' : 'server'}
            onSpeak={answer(open === 'speak' ? onSpeak : onRecord)}
            onClose={onClose}
          />
        </Suspense>
      );
  }
}
