// An event's own text within what carries it: a frame, or one entry of a list. JSON.parse would make
// equal what differs in its bytes.

/** The text between the keys `event` and `meta`. */
export function eventText(carrier) {
  const begin = carrier.indexOf('"event":{');
  const end = carrier.indexOf(',"meta":{', begin);
  if (begin < 0 || end < 0) throw new Error(`no event in ${carrier.slice(0, 200)}`);
  return carrier.slice(begin + '"event":'.length, end);
}
