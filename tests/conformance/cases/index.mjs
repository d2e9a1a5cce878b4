import closing from "./closing.mjs";
import fragmentation from "./fragmentation.mjs";
import framing from "./framing.mjs";
import limits from "./limits.mjs";
import utf8 from "./utf8.mjs";

// In Autobahn's numbers (L.* are ours; its octet-wise twins are the runner's chops).
export const cases = [...framing, ...fragmentation, ...utf8, ...closing, ...limits];
