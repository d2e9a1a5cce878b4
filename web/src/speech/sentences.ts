// Speech is given to the synthesiser sentence by sentence: some browsers fall silent in the middle of long
// texts.

const LONGEST = 220;

/** Pieces that join to exactly `text`, cut after sentences, and inside those only where they are too long. */
export function sentences(text: string): string[] {
  const pieces = text.match(/[^.!?。！？\n]+[.!?。！？\n]*["'”’)\]]*\s*|[.!?。！？\n\s]+/gu) ?? [];
  return pieces.flatMap((piece) => (piece.length <= LONGEST ? [piece] : shorter(piece)));
}

function shorter(text: string): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > LONGEST) {
    const space = rest.lastIndexOf(' ', LONGEST);
    const cut = space > 0 ? space + 1 : LONGEST;
    pieces.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  if (rest) pieces.push(rest);
  return pieces;
}
