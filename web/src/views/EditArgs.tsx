import { useId, useState, type FormEvent } from 'react';

import type { LifelineError } from '@lifeline/client';

import { argsOfFields, fieldOfPointer, fieldsOf } from '../words/args';
import { plain } from '../words/plain';
import { refusalWords } from '../words/asking';

interface Props {
  readonly args: Readonly<Record<string, unknown>>;
  readonly sending: boolean;
  /** Why nothing can be sent now; null if it can. */
  readonly blocked: string | null;
  /** What the server said of the last try. */
  readonly refusal: LifelineError | null;
  readonly onSend: (args: Readonly<Record<string, unknown>>) => void;
  readonly onBack: () => void;
}

/** A form made of the arguments. What comes of it is asked again: what was typed is not yet what was seen. */
export function EditArgs({ args, sending, blocked, refusal, onSend, onBack }: Props) {
  const [fields, setFields] = useState(() => fieldsOf(args));
  const [wrong, setWrong] = useState<Readonly<Record<string, string>>>({});
  const id = useId();
  const refused = refusal && fieldOfPointer(refusal.pointer, fields);
  const said = refusal && refusalWords(refusal);

  const send = (event: FormEvent) => {
    event.preventDefault();
    const read = argsOfFields(fields);
    if ('wrong' in read) return setWrong(read.wrong);
    setWrong({});
    onSend(read.args);
  };
  const change = (key: string, value: string) =>
    setFields(fields.map((one) => (one.key === key ? { ...one, value } : one)));

  return (
    <form className="edit-args" onSubmit={send} noValidate>
      <p className="small">After your changes you are asked once more, with what would then be sent.</p>
      {fields.map(({ key, kind, value }, at) => {
        const fault = wrong[key] ?? (refused === key ? said?.title : undefined);
        return (
          <label className="field" key={key}>
            <span>
              {plain(key)}
              {kind === 'json' && <small className="small"> as JSON</small>}
            </span>
            <textarea
              className={kind === 'json' ? 'input code' : 'input'}
              dir={kind === 'json' ? 'ltr' : 'auto'}
              value={value}
              rows={Math.min(10, Math.max(value.length > 60 ? 3 : 1, value.split('\n').length))}
              spellCheck={kind === 'text'}
              aria-invalid={fault !== undefined}
              aria-describedby={fault === undefined ? undefined : `${id}-${at}`}
              onChange={(event) => change(key, event.target.value)}
            />
            {fault !== undefined && (
              <span className="fault" id={`${id}-${at}`} role="alert">
                {plain(fault)}
              </span>
            )}
          </label>
        );
      })}
      {said && refused === null && (
        <p className="fault" role="alert">
          {plain(said.title)} {plain(said.advice)}
        </p>
      )}
      {blocked !== null && <p className="fault">{blocked}</p>}
      <div className="row">
        <button type="button" className="button" data-kind="quiet" onClick={onBack} disabled={sending}>
          Back
        </button>
        <button type="submit" className="button" data-kind="first" disabled={sending || blocked !== null}>
          {sending ? 'Sending …' : 'Use these instead'}
        </button>
      </div>
    </form>
  );
}
