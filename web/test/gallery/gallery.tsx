import { createRoot } from 'react-dom/client';

import '../../src/styles/tokens.css';
import '../../src/styles/base.css';
import '../../src/styles/lobby.css';
import '../../src/styles/call.css';
import '../../src/styles/consent.css';
import '../../src/styles/transcript.css';
import '../../src/styles/drawer.css';
import '../../src/styles/dialog.css';
import '../../src/styles/act.css';
import '../../src/styles/confirm.css';
import '../../src/styles/desk.css';
import '../../src/styles/stops.css';
import '../../src/styles/approve.css';
import '../../src/styles/check.css';
import '../../src/styles/replay.css';
import '../../src/styles/usage.css';
import '../../src/styles/account.css';
import { LifelineError } from '@lifeline/client';
import { Modules } from '@lifeline/client/modules';
import { FaultSwitch } from '@lifeline/client/faults/switch';

import { Speaker, type SpeakState } from '../../src/speech/speaker';
import { Asking } from '../../src/act/asking';
import { Approval } from '../../src/approve/approval';
import { selfOf } from '../../src/talk/self';
import { Store } from '../../src/talk/store';
import { ApprovePage } from '../../src/views/ApprovePage';
import { openTalk } from '../../src/talk/talk';
import { CallPage } from '../../src/views/CallPage';
import { AccountPage } from '../../src/views/account/AccountPage';
import { KillSwitchPage } from '../../src/views/KillSwitchPage';
import { ReplayPage } from '../../src/views/ReplayPage';
import { Console } from '../../src/oversight/console';
import { stopProblem } from '../../src/words/stops';
import { Lobby } from '../../src/views/Lobby';
import { problemOf } from '../../src/words/problem';
import { CheckRun } from '../../src/check/run';
import { ConnectionTest } from '../../src/views/ConnectionTest';
import { checkWorlds } from '../check_world';
import { FakeCall } from '../fake_call';
import { accountScene, NOW } from './accounts';
import { acting, later } from './acting';
import { consents } from './consents';
import { dictations, noDoors } from './dictations';
import { documents, laterThere } from './documents';
import { replays } from './replays';
import { scenes } from './scenes';

const asked = new URLSearchParams(location.search);
const scene = asked.get('scene') ?? 'talking';
const root = createRoot(document.getElementById('page')!);
const nothing = () => undefined;

if (scene.startsWith('lobby')) {
  root.render(
    <Lobby
      devMode={scene !== 'lobby-plain'}
      scriptedAgent="Echo"
      invited={scene === 'lobby-invited'}
      busy={scene === 'lobby-busy'}
      problem={scene === 'lobby-problem' ? problemOf(new LifelineError({ code: 'unreachable', message: '' })) : null}
      canReturn={scene === 'lobby-problem'}
      agents={scene === 'lobby-agents' ? [{ userId: 'agt_lifeos', name: 'lifeos', driver: 'scripted', join: 'asked' }, { userId: 'agt_kimi', name: 'career_coach', driver: 'openai', model: 'kimi-k2', join: 'all' }] : []}
      onStart={nothing}
      onJoin={nothing}
      onReturn={nothing}
    />,
  );
} else if (scene.startsWith('check')) {
  const world = checkWorlds[scene.slice('check-'.length)];
  root.render(
    <ConnectionTest makeRun={() => Promise.resolve(new CheckRun((world ?? checkWorlds.good!)()))} begin={world !== undefined} />,
  );
} else if (scene.startsWith('approve')) {
  const approval = new Approval(null);
  const of = acting[scene.slice('approve_'.length)];
  if (of) {
    const { call } = of();
    const self = selfOf(call);
    const asking = new Asking(call, self, { only: 'cnf_act_mail' });
    approval.open = () => Promise.resolve();
    approval.stage.set(scene === 'approve_operator' ? { kind: 'sign_in', busy: false, problem: null } : { kind: 'call', call, self, asking });
  }
  root.render(<ApprovePage approval={approval} />);
} else if (scene.startsWith('killswitch')) {
  const oversight = new Console(() => Promise.resolve('https://calls.example'), () => noDoors.stops);
  if (scene === 'killswitch_board') void oversight.sign_in('pass');
  if (scene === 'killswitch_problem') oversight.stage.set({ kind: 'sign_in', busy: false, problem: stopProblem(new LifelineError({ code: 'forbidden', message: '', status: 403 })) });
  root.render(<KillSwitchPage oversight={oversight} />);
} else if (scene.startsWith('account')) {
  const { desk, part } = accountScene(scene);
  root.render(<AccountPage console={desk} account="" now={() => NOW} part={part} />);
} else if (scene in replays) {
  root.render(<ReplayPage ways={replays[scene]!()} panels={new Modules()} scripted="Echo" back="call" onBack={nothing} />);
} else {
  const make = scenes[scene] ?? consents[scene] ?? acting[scene] ?? documents[scene] ?? scenes.talking!;
  const fake = make();
  const hearing: Store<SpeakState> = new Store({ sound: 'works', muted: false, speaking: null });
  const speaker = new Speaker(null, nothing);
  const talk = openTalk(fake.call, speaker, noDoors);
  const dictating = dictations[asked.get('dictation') ?? ''];
  if (dictating) {
    talk.conversation.listening.set(dictating.listening ?? { kind: 'unsupported' });
    talk.dictation.state.set(dictating.state());
  }
  replayInto(talk.log, fake);
  const then = later[scene] ?? laterThere[scene];
  if (then) setTimeout(() => then(fake), 400);
  if (asked.has('notice')) {
    const requestId = 'req_01JKQ8V4Z7F3N0R2T4W6Y8B0D2';
    setTimeout(() => fake.report(new LifelineError({ code: 'rate_limited', message: '', requestId })), 100);
  }
  if (asked.has('sending')) {
    talk.conversation.type('And the second thing is the date of birth.');
  }
  root.render(
    <CallPage
      talk={talk}
      panels={new Modules()}
      hearing={hearing}
      devMode={!asked.has('plain')}
      faults={asked.has('plain') ? null : new FaultSwitch()}
      scriptedAgent="Echo"
      makeInvite={() => Promise.resolve('https://calls.example/#invite=sess_01JKQ8V4Z7.inv_1.kq3N0hQ7pZr2')}
      onKillSwitch={() => Promise.resolve()}
      onLeave={nothing}
      onCarryOn={nothing}
      onHome={nothing}
    />,
  );
}

/** The scenes were told before the log began to listen; the drawer shows them all the same. */
function replayInto(log: ReturnType<typeof openTalk>['log'], fake: FakeCall): void {
  log.events.set([...fake.seen]);
}
