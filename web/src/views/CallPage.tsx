import { Suspense, useCallback, useEffect, useRef, useState } from 'react';

import type { FaultSwitch } from '@lifeline/client/faults/switch';
import { replayAddress } from '../place/replay_link';
import type { SpeakState } from '../speech/speaker';
import { useStore, type Store } from '../talk/store';
import type { Talk } from '../talk/talk';
import { problemOf, type Problem } from '../words/problem';
import type { ActionRow } from '../words/rows';
import { ActionCard } from './ActionCard';
import { Announcer } from './Announcer';
import { BudgetNote } from './BudgetNote';
import { useCallView } from './call_view';
import { CallDialogs, type OpenDialog } from './CallDialogs';
import { useConsent } from './consent';
import { ConnectedFor } from './ConnectedFor';
import { ConfirmBanner } from './ConfirmBanner';
import { ConfirmSheet } from './ConfirmSheet';
import { Desk, ModeBar, panelsOf, type Panels } from './Desk';
import { DevBanner } from './DevBanner';
import { focusUnlessPhone } from './focus';
import { Ignored } from './Ignored';
import { KillSwitchBar } from './KillSwitch';
import { later } from './later';
import { LineState } from './LineState';
import { Notice } from './Notice';
import { People } from './People';
import { SidePicker, type Side } from './SidePicker';
import { Speak } from './Speak';
import { TopBar } from './TopBar';
import { Verdict } from './Verdict';
import { Words } from './Words';

/** Few look into it. */
const Drawer = later(() => import('./Drawer'));

interface Props {
  readonly talk: Talk;
  /** What the application shows of its documents. */
  readonly panels: Panels;
  readonly hearing: Store<SpeakState>;
  readonly devMode: boolean;
  /** Breaks this page's own line on purpose; null unless in development mode. */
  readonly faults: FaultSwitch | null;
  readonly scriptedAgent: string | null;
  readonly makeInvite: () => Promise<string>;
  /** Stops actions in this call, or lets them go on: where this person is an operator. */
  readonly onKillSwitch: (enabled: boolean, reason: string) => Promise<void>;
  readonly onLeave: () => void;
  readonly onCarryOn: (() => void) | null;
  readonly onHome: () => void;
}

/** The call on the screen, and what can be done there. */
export function CallPage(props: Props) {
  const { talk, panels, hearing, devMode, faults, scriptedAgent, makeInvite, onKillSwitch, onLeave, onCarryOn, onHome } =
    props;
  const { call, conversation, dictation, asking, stops } = talk;
  const view = useCallView(talk, scriptedAgent);
  const { over, reads_only, connected, ownId, nameOf } = view;
  const consent = useConsent(call, view.state, useStore(talk.self), connected);
  const asks = useStore(asking.view);
  const serverNow = useCallback(() => call.serverNow(), [call]);
  const [dialog, setDialog] = useState<OpenDialog>(null);
  const [ending, setEnding] = useState(false);
  const [notice, setNotice] = useState<Problem | null>(null);
  const drawer = useDrawer();
  const [side, setSide] = useState<Side>('talk');
  const documents = panelsOf(panels, view.state);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => focusUnlessPhone(field.current), []);
  const oversees = view.operator && !over;
  useEffect(() => (oversees ? stops.watch() : undefined), [oversees, stops]);
  useEffect(() => call.on('error', (error) => setNotice(problemOf(error))), [call]);

  const endCall = () => {
    setEnding(true);
    call.end('user_hangup').catch((thrown: unknown) => {
      setEnding(false);
      setNotice(problemOf(thrown));
    });
  };
  const stop = (actionId: string) => {
    call.cancelAction(actionId).catch((thrown: unknown) => setNotice(problemOf(thrown)));
  };
  const card = ({ key, action, words, by }: ActionRow) => {
    const { confirmationId, state, cancelRequestedBy } = action;
    const question = call.state.value.confirmations.find((one) => one.confirmationId === confirmationId);
    const answers = !over && state === 'awaiting_confirmation' && question && asking.may_answer(question);
    const stops = !over && !reads_only && STOPPABLE.has(state) && cancelRequestedBy === null && action.duplicateOf === null;
    return (
      <ActionCard
        key={key}
        action={action}
        words={words}
        by={by}
        onAnswer={answers ? () => asking.take_up(question.confirmationId) : null}
        onStop={stops ? () => stop(action.actionId) : null}
      />
    );
  };
  const tryNow = () => {
    call.reconnectNow();
    focusUnlessPhone(field.current); // The button goes when the line is back; the focus should not go with it.
  };

  return (
    <main
      className="call"
      data-drawer={drawer.open ? 'open' : 'closed'}
      data-desk={documents > 0 || undefined}
      data-side={documents > 0 ? side : 'talk'}
    >
      <h1 className="hidden-but-read">Call</h1>
      {devMode && <DevBanner />}
      <TopBar
        over={over}
        readsOnly={reads_only}
        ending={ending || view.ending}
        drawer={drawer}
        onInvite={() => setDialog('invite')}
        onLeave={onLeave}
        onEnd={() => setDialog('end')}
      />
      <LineState words={view.line} onTryNow={tryNow}>
        {!over && <ConnectedFor live={view.state.usage.live} lineUp={connected} serverNow={serverNow} onUsed={() => setDialog('used')} />}
      </LineState>
      <People people={view.people} />
      {documents > 0 && <SidePicker side={side} documents={documents} onPick={setSide} />}
      <div className="asks">
        <ModeBar state={view.state} panels={panels} />
        <KillSwitchBar
          switches={view.killSwitches}
          nameOf={view.stopperOf}
          onChange={oversees ? onKillSwitch : null}
          stops={stops}
        />
        {!over && <BudgetNote warnings={view.state.usage.warnings} />}
        {!over && <ConfirmBanner view={asks} asking={asking} serverNow={serverNow} />}
      </div>
      <Words
        rows={view.rows}
        card={card}
        tone={view.line.tone}
        outgoing={conversation.outgoing}
        notice={
          notice ? (
            <Notice problem={notice} onClose={() => setNotice(null)} />
          ) : (
            <Ignored conversation={conversation} />
          )
        }
        empty={emptyWords(view)}
        verdict={
          over && (
            <Verdict
              end={view.end}
              connection={view.connection}
              onTryNow={tryNow}
              onCarryOn={onCarryOn}
              onHome={onHome}
              replay={replayAddress(call.sessionId)}
              onUsed={() => setDialog('used')}
            />
          )
        }
      />
      {documents > 0 && (
        <Desk call={call} state={view.state} panels={panels} nameOf={nameOf} readsOnly={reads_only || over} />
      )}
      {!over && !reads_only && <Speak talk={talk} hearing={hearing} field={field} consent={consent} onFirstWord={(by) => setDialog(by === 'browser' ? 'speak' : 'record')} />}
      {drawer.open && (
        <Suspense>
          <Drawer log={talk.log} faults={faults} onClose={drawer.close} />
        </Suspense>
      )}
      <Announcer heard={view.heard} ownId={view.ownId} live={view.connected} />
      {!over && dialog === null && (
        <ConfirmSheet
          view={asks}
          asking={asking}
          lineUp={connected}
          serverNow={serverNow}
          ownId={ownId}
          nameOf={nameOf}
        />
      )}
      <CallDialogs
        open={dialog}
        call={call}
        state={view.state}
        past={talk.past}
        server={talk.server}
        people={view.people}
        makeInvite={makeInvite}
        onEnd={endCall}
        onLeave={onLeave}
        onSpeak={() => conversation.set_listening(true)}
        onRecord={() => void dictation.begin()}
        onClose={() => setDialog(null)}
      />
    </main>
  );
}

/** What has begun may still be asked to stop; whether it did is seen by what comes of it. */
const STOPPABLE: ReadonlySet<string> = new Set(['accepted', 'awaiting_confirmation', 'approved', 'running', 'retrying']);

/** The developers' drawer; when it closes, its button has the focus again. */
function useDrawer() {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return { open, button, close, toggle: () => (open ? close() : setOpen(true)) };
}

/** Nothing was said: why, and what to do about it. */
function emptyWords({ over, connected, reads_only, people }: ReturnType<typeof useCallView>): string {
  if (over) return 'Nothing was said.';
  if (!connected) return 'Waiting for the line.';
  if (reads_only) return 'The line is open and nothing has been said. You can read along.';
  return people.some((one) => one.machine)
    ? 'The line is open. Say something, or wait for the agent to greet you.'
    : 'The line is open and nothing has been said. Invite somebody, or begin.';
}
