import { useId, useState } from 'react';

import { heightsOf, largestOf } from '../../account/series';

export interface Line {
  readonly name: string;
  readonly kind: 'usage' | 'income' | 'cost' | 'margin' | 'mismatches';
  /** Null where it is not known. */
  readonly values: readonly (bigint | null)[];
}

interface Props {
  readonly title: string;
  /** In a sentence what is to be seen. */
  readonly summary: string;
  readonly labels: readonly string[];
  readonly lines: readonly Line[];
  readonly say: (value: bigint) => string;
}

const WIDTH = 1000;
const HEIGHT = 160;

/** Bars over time, drawn by hand; a slider reads them one by one, and the same stands in a table. */
export function Chart({ title, summary, labels, lines, say }: Props) {
  const id = useId();
  const [at, setAt] = useState<number | null>(null);
  const here = Math.min(at ?? lastOf(lines), labels.length - 1);
  const largest = largestOf(lines.map(({ values }) => values));
  const unknown = lines.some(({ values }) => values.includes(null));
  const below = lines.some(({ values }) => values.some((value) => value !== null && value < 0n));
  const words = (line: Line, index: number) => {
    const value = line.values[index];
    return value === null || value === undefined ? 'not known' : say(value);
  };
  const reading = lines.map((line) => (lines.length === 1 ? words(line, here) : `${line.name} ${words(line, here)}`)).join(', ');
  return (
    <div className="chart" role="group" aria-labelledby={`${id}-heading`}>
      <h3 id={`${id}-heading`}>{title}</h3>
      <p className="small chart-most">{largest > 0n ? `Up to ${say(largest)}` : unknown ? 'Not known.' : 'Nothing.'}</p>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-labelledby={`${id}-title`} aria-describedby={`${id}-desc`}>
        <title id={`${id}-title`}>{title}</title>
        <desc id={`${id}-desc`}>{summary}</desc>
        <rect className="chart-here" x={(here * WIDTH) / labels.length} y={0} width={WIDTH / labels.length} height={HEIGHT} />
        <Bars lines={lines} largest={largest} below={below} count={labels.length} />
        <line x1={0} x2={WIDTH} y1={below ? HEIGHT / 2 : HEIGHT - 1} y2={below ? HEIGHT / 2 : HEIGHT - 1} />
      </svg>
      <input
        className="chart-slider"
        type="range"
        min={0}
        max={Math.max(0, labels.length - 1)}
        value={here}
        aria-label={`${title}, step by step`}
        aria-valuetext={`${labels[here]}: ${reading}`}
        onChange={(event) => setAt(Number(event.target.value))}
      />
      <p className="chart-reading">
        <span>{labels[here]}</span> <b>{reading}</b>
      </p>
      {lines.length > 1 && (
        <ul className="chart-key">
          {lines.map(({ name, kind }) => (
            <li key={kind} data-kind={kind}>
              {name}
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary>
          As a table<span className="hidden-but-read">: {title}</span>
        </summary>
        <div className="table-box" tabIndex={0} role="region" aria-label={`${title}, table`}>
          <table>
            <thead>
              <tr>
                <th scope="col">When</th>
                {lines.map(({ name, kind }) => (
                  <th key={kind} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {labels.map((label, index) => (
                <tr key={label}>
                  <th scope="row">{label}</th>
                  {lines.map((line) => (
                    <td key={line.kind}>{words(line, index)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </div>
  );
}

/** The last step of which there is something to say; the last of all where there is none. */
function lastOf(lines: readonly Line[]): number {
  const told = lines.flatMap(({ values }) => values.flatMap((value, index) => (value === 0n ? [] : [index])));
  return told.length > 0 ? Math.max(...told) : Infinity;
}

interface BarsProps {
  readonly lines: readonly Line[];
  readonly largest: bigint;
  readonly below: boolean;
  readonly count: number;
}

/** Beside each other within their step; what is less than nothing hangs below the line. */
function Bars({ lines, largest, below, count }: BarsProps) {
  const room = WIDTH / count;
  const width = (room * 0.72) / lines.length;
  const zero = below ? HEIGHT / 2 : HEIGHT - 1;
  const scale = below ? HEIGHT / 2 - 4 : HEIGHT - 5;
  return lines.map(({ kind, values }, which) =>
    heightsOf(values, largest).map((part, index) => {
      if (part === 0) return null;
      // Something is always more to see than nothing.
      const height = Math.max(2, Math.abs(part) * scale);
      const x = index * room + room * 0.14 + which * width;
      return <rect key={`${kind} ${index}`} data-kind={kind} data-below={part < 0} x={x} y={part < 0 ? zero : zero - height} width={width} height={height} />;
    }),
  );
}
