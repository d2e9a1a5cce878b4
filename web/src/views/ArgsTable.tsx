import { argRows } from '../words/args';

interface Props {
  readonly args: Readonly<Record<string, unknown>>;
}

/** Every argument, each in a row of its own. Somebody else's words: plain text, and nothing in it is a link. */
export function ArgsTable({ args }: Props) {
  const rows = argRows(args);
  if (rows.length === 0) return <p className="small">It takes no arguments.</p>;
  return (
    <div className="args" tabIndex={0} role="group" aria-label="All that is handed over">
      <table>
        <caption className="hidden-but-read">All arguments</caption>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row">{row.name}</th>
              <td dir={row.code ? 'ltr' : 'auto'} className={row.code ? 'code' : undefined}>
                {row.text}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
