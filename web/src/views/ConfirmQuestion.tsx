import { useState, type ReactNode } from 'react';

import type { Asking, Question } from '../act/asking';
import { argRows } from '../words/args';
import { closedWords, refusalWords, scopeFacts, severityOf, whyNot } from '../words/asking';
import { hides, plain } from '../words/plain';
import { ArgsTable } from './ArgsTable';
import { ConfirmAnswers } from './ConfirmAnswers';
import { EditArgs } from './EditArgs';
import { ShieldMark } from './icons';
import { TimeLeft } from './TimeLeft';
import { useNow } from './hooks';

interface Props {
  readonly question: Question;
  readonly asking: Asking;
  readonly lineUp: boolean;
  /** The server's time, of which the deadline is. */
  readonly serverNow: () => number;
  readonly ownId: string;
  readonly nameOf: (id: string) => string;
  /** Ids of the heading and of what is said about it, for the dialog. */
  readonly headingId: string;
  readonly descriptionId: string;
  /** What else can be done with it: not now, or close. */
  readonly rest: ReactNode;
}

const YES: Readonly<Record<string, string>> = {
  message_send: 'Approve and send',
  payment: 'Approve and pay',
  external_post: 'Approve and publish',
  data_delete: 'Approve and delete',
};

/** One question: exactly what will happen, to whom, asked by whom and why, until when; and the answers. */
export function ConfirmQuestion(props: Props) {
  const { question, asking, lineUp, serverNow, ownId, nameOf, headingId, descriptionId, rest } = props;
  const { confirmation, action, args, sending, refusal, changed } = question;
  const open = confirmation.state === 'open';
  const [editing, setEditing] = useState(false);
  useNow(open);
  const leftMs = Date.parse(confirmation.expiresAt) - serverNow();
  const mine = asking.may_answer(confirmation);
  const blocked = whyNot(lineUp, leftMs);

  if (!open) {
    const here = question.answered !== null || sending !== null;
    const { title, note } = closedWords(confirmation, { id: ownId, here }, nameOf);
    return (
      <div className="question" data-state={confirmation.state}>
        <Ended title={title} />
        <h2 id={headingId} tabIndex={-1}>
          {title}
        </h2>
        <p id={descriptionId} className="small">
          {plain(confirmation.title)}
        </p>
        {note !== '' && <p dir="auto">{note}</p>}
        {rest}
      </div>
    );
  }

  const { level, word } = severityOf(confirmation);
  const whole = [confirmation.title, confirmation.description, confirmation.preview, action?.summary ?? ''];
  const unseen = whole.some(hides) || (args !== null && argRows(args).some((row) => row.hides));
  return (
    <div className="question" data-severity={level}>
      <Ended title="" />
      <p className="severity">
        <ShieldMark />
        {word}
      </p>
      <h2 id={headingId} tabIndex={-1} dir="auto">
        {plain(confirmation.title)}
      </h2>
      <LongText id={descriptionId} className="described" text={plain(confirmation.description)} />
      {changed && <p className="hint">This was changed. Please look again: it is asked as it is now.</p>}
      {unseen && <p className="hint">There are characters in it that cannot be seen. They are shown as ⟨U+…⟩.</p>}
      {editing && args !== null ? (
        <>
          <TimeLeft leftMs={leftMs} />
          <EditArgs
            args={args}
            sending={sending !== null}
            blocked={blocked}
            refusal={refusal}
            onSend={(edited) => asking.answer(confirmation, 'edit', { args: edited })}
            onBack={() => setEditing(false)}
          />
        </>
      ) : (
        <>
          <dl className="facts-list">
            {scopeFacts(confirmation).map(({ name, values }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <ul className="many" aria-label={name} {...(values.length > 4 ? { tabIndex: 0 } : {})}>
                    {values.map((value, at) => (
                      <li key={at} dir="auto">
                        {value}
                      </li>
                    ))}
                  </ul>
                </dd>
              </div>
            ))}
            <div>
              <dt>Asked by</dt>
              <dd>
                <bdi>{plain(nameOf(action?.requestedBy.id ?? ''))}</bdi>
                {action && action.summary !== '' && <LongText className="quoted" text={`“${plain(action.summary)}”`} />}
              </dd>
            </div>
            {action?.askedBecause && (
              <div>
                <dt>Why you are asked</dt>
                <dd dir="auto">{plain(action.askedBecause)}</dd>
              </div>
            )}
          </dl>
          {confirmation.preview !== '' && (
            <section className="preview">
              <h3>What it will look like</h3>
              <div className="preview-text" tabIndex={0} role="group" aria-label="What it will look like" dir="auto">
                {plain(confirmation.preview)}
              </div>
            </section>
          )}
          {args !== null && (
            <details className="all-args" open={confirmation.preview === '' || level === 'critical'}>
              <summary>All that is handed over</summary>
              <ArgsTable args={args} />
            </details>
          )}
          {refusal && (
            <p className="fault" role="alert">
              {plain(refusalWords(refusal).title)} {plain(refusalWords(refusal).advice)}
            </p>
          )}
          <div className="decide">
            <TimeLeft leftMs={leftMs} />
            {rest}
            {mine ? (
              <ConfirmAnswers
                key={confirmation.confirmationId}
                allowed={
                  args === null
                    ? confirmation.allowedDecisions.filter((one) => one !== 'edit')
                    : confirmation.allowedDecisions
                }
                grave={level === 'critical'}
                yes={YES[confirmation.scope.kind] ?? 'Approve'}
                sending={sending}
                blocked={blocked}
                onApprove={() => asking.answer(confirmation, 'approve')}
                onEdit={() => setEditing(true)}
                onDeny={() => asking.answer(confirmation, 'deny')}
              />
            ) : (
              <p className="hint">{forWhom(confirmation.answerableBy)}</p>
            )}
          </div>
        </>
      )}
    </div>
  );
}

/** Said aloud when it ends while somebody reads it: it is there before, and empty. */
function Ended({ title }: { readonly title: string }) {
  return (
    <p className="hidden-but-read" role="status">
      {title}
    </p>
  );
}

interface LongTextProps {
  readonly id?: string;
  readonly className: string;
  readonly text: string;
}

/** A stranger's words may be long, but push nothing else off the screen. */
function LongText({ id, className, text }: LongTextProps) {
  const long = text.length > 200 || text.split('\n').length > 4;
  const scrolls = long ? ({ tabIndex: 0, role: 'group', 'aria-label': 'In full' } as const) : {};
  return (
    <div id={id} className={`${className} long-text`} dir="auto" {...scrolls}>
      {text}
    </div>
  );
}

function forWhom(answerableBy: string): string {
  switch (answerableBy) {
    case 'operator':
      return 'An operator of this account has to answer.';
    case 'owner':
      return 'The owner of the call has to answer.';
    default:
      return 'Somebody else has to answer.';
  }
}
