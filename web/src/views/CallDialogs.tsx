import { Suspense } from 'react';

import { EndDialog } from './EndDialog';
import { later } from './later';
import { SpeakDialog } from './SpeakDialog';

const InviteDialog = later(() => import('./InviteDialog'));

export type OpenDialog = null | 'end' | 'invite' | 'speak' | 'record';

interface Props {
  readonly open: OpenDialog;
  readonly makeInvite: () => Promise<string>;
  readonly onEnd: () => void;
  readonly onLeave: () => void;
  readonly onSpeak: () => void;
  readonly onRecord: () => void;
  readonly onClose: () => void;
}

/** At most one question at a time; an answer closes it. */
export function CallDialogs({ open, makeInvite, onEnd, onLeave, onSpeak, onRecord, onClose }: Props) {
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
    case 'speak':
      return <SpeakDialog heardBy="browser" onSpeak={answer(onSpeak)} onClose={onClose} />;
    case 'record':
      return <SpeakDialog heardBy="server" onSpeak={answer(onRecord)} onClose={onClose} />;
  }
}
