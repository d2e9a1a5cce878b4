import { TextField } from '@lifeline/page/views/fields';
import { useDesk, useDocumentPlace } from '@lifeline/page/views/desk_context';
import { useState } from 'react';

import { lifeModule } from '../module';
import schema from './schema.json';

export const outreach = lifeModule({
  kind: 'outreach',
  title: 'Message',
  schema,
  before: 'The draft appears here. Say to whom you would like to write, and what.',
  fields: () => (
    <>
      <TextField path="/to" label="To" />
      <TextField path="/subject" label="Subject" />
      <TextField path="/body" label="Message" lines={6} />
      <SendIt />
    </>
  ),
});

/** Says it in the call, as the person could themselves: the agent asks for it, and then somebody is asked. */
function SendIt() {
  const { call, readsOnly } = useDesk();
  const { content } = useDocumentPlace();
  const [asking, setAsking] = useState(false);
  const { to, body } = content as { readonly to?: string; readonly body?: string };
  if (readsOnly) return null;
  const ask = () => {
    setAsking(true);
    const done = () => setAsking(false);
    call.say(`Send it to ${to} saying ${body}`).then(done, done);
  };
  return (
    <div className="row">
      <button type="button" className="button" disabled={asking || !to || !body} onClick={ask}>
        Ask to have it sent
      </button>
      <p className="small">Nothing goes out before you have seen it once more and said yes.</p>
    </div>
  );
}
