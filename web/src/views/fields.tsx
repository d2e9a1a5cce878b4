import { useId, useRef, useState, type ReactNode } from 'react';

import { pointerOf, valueAt, type Json } from '@lifeline/client';

import { keyedAfter, type Keyed } from '../desk/item_keys';
import { blankLike, titleOf } from '../words/document';
import { plain } from '../words/plain';
import { useDocumentPlace, useField } from './desk_context';
import { Down, Remove, Up } from './icons';

interface FieldProps {
  /** JSON pointer into the document. */
  readonly path: string;
  readonly label: string;
}

/** A word or a few, or a text of several lines. */
export function TextField({ path, label, lines = 1 }: FieldProps & { readonly lines?: number }) {
  const { value, by, locked, editing } = useField(path);
  const text = typeof value === 'string' ? value : '';
  const rows = Math.min(14, Math.max(lines, text.split('\n').length));
  return (
    <label className="field" data-touched={by === null ? undefined : true}>
      <FieldName label={label} by={by} />
      <textarea
        className="input"
        dir="auto"
        rows={rows}
        value={text}
        readOnly={locked}
        maxLength={20_000}
        onChange={(event) => editing.set(path, event.target.value)}
      />
    </label>
  );
}

/** Typed as a person types numbers; it is one as soon as it can be read as one. */
export function NumberField({ path, label }: FieldProps) {
  const { value, by, locked, editing } = useField(path);
  const [typed, setTyped] = useState<string | null>(null);
  const wrong = typed !== null && !isNumber(typed);
  const type = (text: string) => {
    setTyped(text);
    if (isNumber(text)) editing.set(path, Number(text));
  };
  return (
    <label className="field" data-touched={by === null ? undefined : true}>
      <FieldName label={label} by={by} />
      <input
        className="input"
        inputMode="decimal"
        value={typed ?? String(value ?? '')}
        readOnly={locked}
        aria-invalid={wrong}
        onChange={(event) => type(event.target.value)}
        onBlur={() => setTyped(null)}
      />
      {wrong && <span className="fault">This is no number; the one before stays.</span>}
    </label>
  );
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}

export function YesNoField({ path, label }: FieldProps) {
  const { value, by, locked, editing } = useField(path);
  return (
    <label className="field yes-no" data-touched={by === null ? undefined : true}>
      <input
        type="checkbox"
        checked={value === true}
        disabled={locked}
        onChange={(event) => editing.set(path, event.target.checked)}
      />
      <FieldName label={label} by={by} />
    </label>
  );
}

function FieldName({ label, by }: { readonly label: string; readonly by: string | null }) {
  return (
    <span>
      {plain(label)}
      {/* Read out once, where the panel says who changed what; the field keeps its name. */}
      {by !== null && (
        <em className="by" aria-hidden="true">
          {' '}
          {plain(by)}
        </em>
      )}
    </span>
  );
}

interface ListProps extends FieldProps {
  /** What a new one is made of; like the last one and empty if left out. */
  readonly blank?: Json;
  /** One of them: its place, and what it is called. */
  readonly children: (path: string, label: string) => ReactNode;
}

/** Several of a kind, which can be put in, taken out and moved. */
export function ListField({ path, label, blank, children }: ListProps) {
  const { value, by, locked, editing } = useField(path);
  const items = Array.isArray(value) ? (value as readonly Json[]) : none;
  const keys = useItemKeys(items);
  const heading = useId();
  const add = () => editing.insert(`${path}/-`, blank ?? blankLike(items[items.length - 1]));
  return (
    <div role="group" className="list-field" aria-labelledby={heading} data-touched={by === null ? undefined : true}>
      <p className="list-name" id={heading}>
        <FieldName label={label} by={by} />
      </p>
      <ol>
        {items.map((_, at) => {
          const name = `${label} ${at + 1}`;
          return (
            <li key={keys[at]}>
              <div className="item-fields">{children(`${path}/${at}`, name)}</div>
              {!locked && (
                <div className="item-buttons">
                  <IconButton label={`Move ${name} up`} disabled={at === 0} onPress={() => editing.move(`${path}/${at}`, `${path}/${at - 1}`)}>
                    <Up />
                  </IconButton>
                  <IconButton label={`Move ${name} down`} disabled={at === items.length - 1} onPress={() => editing.move(`${path}/${at}`, `${path}/${at + 1}`)}>
                    <Down />
                  </IconButton>
                  <IconButton label={`Remove ${name}`} onPress={() => editing.remove(`${path}/${at}`)}>
                    <Remove />
                  </IconButton>
                </div>
              )}
            </li>
          );
        })}
      </ol>
      {!locked && (
        <button type="button" className="button" onClick={add}>
          Add to {plain(label)}
        </button>
      )}
    </div>
  );
}

const none: readonly Json[] = [];

interface IconButtonProps {
  readonly label: string;
  readonly disabled?: boolean;
  readonly onPress: () => void;
  readonly children: ReactNode;
}

function IconButton({ label, disabled = false, onPress, children }: IconButtonProps) {
  return (
    <button type="button" className="button" data-kind="quiet" data-shape="icon" aria-label={plain(label)} disabled={disabled} onClick={onPress}>
      {children}
    </button>
  );
}

function useItemKeys(items: readonly Json[]): readonly number[] {
  const keyed = useRef<Keyed<Json>>({ items: none, keys: [] });
  const minted = useRef(0);
  keyed.current = keyedAfter(keyed.current, items, () => ++minted.current);
  return keyed.current.keys;
}

/** Deeper than anybody writes; below it, JSON to read. */
const DEPTH = 6;

/** Whatever stands at this place, by what it is. */
export function AnyField({ path, label, depth = 0 }: FieldProps & { readonly depth?: number }) {
  const { content } = useDocumentPlace();
  const value = valueAt(content, path);
  if (typeof value === 'boolean') return <YesNoField path={path} label={label} />;
  if (typeof value === 'number') return <NumberField path={path} label={label} />;
  if (typeof value !== 'object' || value === null) {
    return <TextField path={path} label={label} lines={typeof value === 'string' && value.length > 60 ? 3 : 1} />;
  }
  if (depth >= DEPTH) return <pre className="code">{plain(JSON.stringify(value, null, 1))}</pre>;
  if (Array.isArray(value)) {
    return (
      <ListField path={path} label={label}>
        {(item, name) => <AnyField path={item} label={name} depth={depth + 1} />}
      </ListField>
    );
  }
  const members = Object.keys(value).map((key) => (
    <AnyField key={key} path={path + pointerOf([key])} label={titleOf(key)} depth={depth + 1} />
  ));
  if (depth === 0) return members.length > 0 ? members : <p className="small">There is nothing in it yet.</p>;
  return (
    <div role="group" className="object-field" aria-label={plain(label)}>
      {members}
    </div>
  );
}
