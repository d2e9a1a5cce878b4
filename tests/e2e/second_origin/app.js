// The smallest app that uses Lifeline from its own origin: no build, the SDK straight from the server.
// `?name=` is who the app's backend knows this browser as.

const { baseUrl, agent } = await (await fetch('./config.json')).json();
const { createCall, createInvite } = await import(`${baseUrl}/sdk/v1/lifeline.js`);

const name = new URLSearchParams(location.search).get('name');
const element = (id) => document.getElementById(id);
let call = null;

async function getToken() {
  const reply = await fetch(`./token?name=${encodeURIComponent(name)}`);
  return (await reply.json()).token;
}

element('start').addEventListener('click', async () => {
  call = await createCall({ baseUrl, getToken, participants: [{ userId: agent, role: 'agent' }] });
  document.documentElement.dataset.session = call.sessionId;
  call.connection.subscribe(({ state }) => (element('connection').textContent = state));
  call.transcript.subscribe(show);
  const { link } = await createInvite({ baseUrl, getToken, sessionId: call.sessionId });
  element('invite').textContent = link;
});

element('say').addEventListener('submit', (event) => {
  event.preventDefault();
  const field = event.target.elements.text;
  call.say(field.value).catch(console.error);
  field.value = '';
});

element('end').addEventListener('click', () => call.end('user_hangup').catch(console.error));

function show(utterances) {
  const rows = utterances.map(({ utteranceId, text, state }) => {
    const row = document.createElement('li');
    row.dataset.utterance = utteranceId;
    row.dataset.state = state;
    row.textContent = text;
    return row;
  });
  element('transcript').replaceChildren(...rows);
}

document.documentElement.dataset.ready = 'true';
