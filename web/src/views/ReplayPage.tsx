import { Suspense, useEffect, useRef, useState, type FormEvent, type RefObject } from 'react';

import { Replay, type ReplayStage, type Ways } from '../replay/replay';
import { rememberedName } from '../place/memory';
import { useStore } from '../talk/store';
import { loadedWords } from '../words/replay';
import type { Panels } from './Desk';
import { ProblemNote } from './ProblemNote';
import { ReplayBar } from './ReplayBar';
import { ReplayScene } from './ReplayScene';
import { later } from './later';
import { StoryPanel } from './StoryPanel';

const UsagePanel = later(() => import('./UsagePanel'));

interface Props {
  readonly ways: Ways;
  /** The event that it begins at; null: the beginning. */
  readonly at?: number | null;
  readonly panels: Panels;
  readonly scripted: string | null;
  /** Where the way out leads. */
  readonly back: 'call' | 'start';
  readonly onBack: () => void;
}

/** What stands beside the words. */
type Beside = 'story' | 'used';

/** A call's past on the screen of a call. */
export function ReplayPage({ ways, at = null, panels, scripted, back, onBack }: Props) {
  const [replay] = useState(() => new Replay(ways));
  const stage = useStore(replay.stage);
  const [beside, setBeside] = useState<Beside | null>(null);
  const story = useRef<HTMLButtonElement>(null);
  const used = useRef<HTMLButtonElement>(null);
  const ready = stage.kind === 'ready';
  const close = () => {
    setBeside(null);
    (beside === 'used' ? used : story).current?.focus();
  };
  const opener = (which: Beside, name: string, button: RefObject<HTMLButtonElement | null>) => (
    <button type="button" className="button" ref={button} aria-expanded={beside === which} aria-controls={which} onClick={() => (beside === which ? close() : setBeside(which))}>
      {name}
    </button>
  );
  useEffect(() => {
    document.title = 'Replay · Lifeline';
    return () => void (document.title = 'Lifeline');
  }, []);
  useEffect(() => {
    void replay.read();
    return () => replay.close();
  }, [replay]);
  useEffect(() => {
    if (ready && at !== null) replay.player.to_event(at);
  }, [replay, ready, at]);
  return (
    <main className="call replay" data-story={(ready && beside !== null) || undefined}>
      <h1 className="hidden-but-read">Replay of a call</h1>
      <header className="top">
        <p className="wordmark">Lifeline</p>
        {ready && opener('story', 'Story', story)}
        {ready && opener('used', 'Used', used)}
        <button type="button" className="button" onClick={onBack}>
          {back === 'call' ? 'Back to the call' : 'Back to the start'}
        </button>
      </header>
      {ready ? (
        <>
          <Scene replay={replay} stage={stage} panels={panels} scripted={scripted} />
          {beside === 'story' && <StoryPanel replay={replay} size={stage.size} onClose={close} />}
          {beside === 'used' && (
            <Suspense>
              <UsagePanel replay={replay} scripted={scripted} onClose={close} />
            </Suspense>
          )}
        </>
      ) : (
        <div className="replay-waiting">
          <Waiting replay={replay} stage={stage} />
        </div>
      )}
    </main>
  );
}

type Ready = Extract<ReplayStage, { kind: 'ready' }>;

interface SceneProps {
  readonly replay: Replay;
  readonly stage: Ready;
  readonly panels: Panels;
  readonly scripted: string | null;
}

function Scene({ replay, stage, panels, scripted }: SceneProps) {
  const { timeline, player } = replay;
  const { index, playing } = useStore(player.place);
  // The keys are those of the whole page: they work at once, and wherever the focus went.
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => moved(event, replay);
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [replay]);
  return (
    <>
      <ReplayScene state={timeline.state(index)} playing={playing} scripted={scripted} panels={panels} />
      <div className="replay-foot">
        {timeline.head.end === null && <GoesOn replay={replay} stage={stage} />}
        <ReplayBar timeline={timeline} player={player} />
      </div>
    </>
  );
}

/** A call that is not over has more past every moment. */
function GoesOn({ replay, stage }: { readonly replay: Replay; readonly stage: Ready }) {
  return (
    <div className="replay-more">
      <p className="small" role="status">
        {stage.problem ? `${stage.problem.title} ${stage.problem.advice}` : 'This call is not over; this is what had happened when it was read.'}
      </p>
      <button type="button" className="button" disabled={stage.reading} onClick={() => void replay.read()}>
        {stage.reading ? 'Reading …' : 'Read what came since'}
      </button>
    </div>
  );
}

function Waiting({ replay, stage }: { readonly replay: Replay; readonly stage: Exclude<ReplayStage, Ready> }) {
  switch (stage.kind) {
    case 'sign_in':
      return <SignIn onName={(name) => void replay.sign_in(name)} />;
    case 'closed':
      return <ProblemNote problem={stage.problem} />;
    case 'loading':
      return (
        <>
          <h2>Reading the call …</h2>
          <progress max={stage.total ?? undefined} value={stage.total === null ? undefined : stage.loaded} aria-label="How much of the call has been read" />
          <p className="small" role="status">
            {loadedWords(stage.loaded, stage.total)}
          </p>
        </>
      );
    case 'failed':
      return (
        <ProblemNote problem={stage.problem}>
          <button type="button" className="button" data-kind="first" onClick={() => void replay.read()}>
            {stage.loaded > 0 ? 'Read on' : 'Try again'}
          </button>
          {replay.can_change_name && (
            <button type="button" className="button" onClick={() => replay.ask_for_name()}>
              Use another name
            </button>
          )}
          {stage.loaded > 0 && <p className="small">{loadedWords(stage.loaded, stage.total)}</p>}
        </ProblemNote>
      );
    case 'empty':
      return (
        <>
          <h2>There is nothing to replay.</h2>
          <p>Nothing has happened in this call, or nothing of it is kept.</p>
        </>
      );
  }
}

function SignIn({ onName }: { readonly onName: (name: string) => void }) {
  const [name, setName] = useState(rememberedName());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') onName(name.trim());
  };
  return (
    <form className="replay-sign-in" onSubmit={submit}>
      <h2>Who were you in the call?</h2>
      <label className="field">
        <span>Your name</span>
        <input className="input" value={name} autoFocus maxLength={64} autoComplete="name" onChange={(event) => setName(event.target.value)} />
      </label>
      <button type="submit" className="button" data-kind="first" disabled={name.trim() === ''}>
        Show the call
      </button>
    </form>
  );
}

/** Where keys have a meaning of their own: fields, and for some keys whatever can be pressed or scrolled. */
const WRITES = 'input:not([type="range"]), textarea, select';
const PRESSES = 'button, a, summary';
const SCROLLS = '.words-scroll, .replay-list ol, .story';

function moved(event: KeyboardEvent, replay: Replay): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const at = event.target as HTMLElement;
  if (at.closest(WRITES)) return;
  const move = keyMove(event.key, at, replay);
  if (!move) return;
  event.preventDefault();
  move();
}

function keyMove(key: string, at: HTMLElement, { player, timeline }: Replay): (() => void) | null {
  const { index } = player.place.value;
  const scrolls = at.closest(SCROLLS) !== null;
  switch (key) {
    case ' ':
      return at.closest(PRESSES) || scrolls ? null : () => player.toggle();
    case 'ArrowRight':
      return () => player.step(1);
    case 'ArrowLeft':
      return () => player.step(-1);
    case 'Home':
      return scrolls ? null : () => player.to_start();
    case 'End':
      return scrolls ? null : () => player.to_end();
    case 'PageUp':
      return scrolls ? null : () => player.to(timeline.next(index));
    case 'PageDown':
      return scrolls ? null : () => player.to(timeline.previous(index));
    default:
      return null;
  }
}
