// Text of strangers, made harmless to the eye: what would turn the writing around, hide in it or come with
// no shape of its own is shown as what it is. It never becomes markup anywhere; this is against being misread.

/**
 * Controls, direction marks and overrides, zero-width characters, tags, and separators that look like line
 * ends. Line ends and tabs stay, and so do the joiners that emoji and some scripts cannot do without.
 */
const UNSEEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;

/** The same text with everything unseen made visible: `⟨U+202E⟩`. */
export function plain(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(UNSEEN, (one) => {
    const hex = one.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    return `⟨U+${hex}⟩`;
  });
}

/** Whether `plain` would change it: worth a warning where something is approved. */
export function hides(text: string): boolean {
  return plain(text) !== text.replace(/\r\n?/g, '\n');
}
