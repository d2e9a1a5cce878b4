#include "pricing/html.h"

namespace lifeline::pricing {

std::string html(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) out += c;
        }
    }
    return out;
}

const std::string_view page_style = R"(
:root { color-scheme: light dark; --ink: #1a1c1f; --soft: #62676f; --rule: #e3e5e8; --paper: #fff; --wash: #f6f7f8 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaed; --soft: #9aa0a8; --rule: #33373d; --paper: #16181b; --wash: #1e2125 }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
main { max-width: 46rem; margin: 0 auto; padding: 3.5rem 1.5rem }
header { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: flex-end; gap: 1rem 3rem }
h1 { margin: 0; font-size: 1.7rem; font-weight: 650; letter-spacing: -.02em }
h2 { margin: 2.8rem 0 .4rem; font-size: 1rem; font-weight: 600 }
p { margin: .2rem 0 }
.soft { color: var(--soft) }
.small { font-size: .83rem }
.total { font-size: 1.7rem; font-weight: 650; letter-spacing: -.02em; text-align: right }
table { width: 100%; border-collapse: collapse }
th { padding: .4rem 0; color: var(--soft); font-size: .83rem; font-weight: 500; text-align: left }
th, td { border-bottom: 1px solid var(--rule); vertical-align: top }
td { padding: .65rem 0 }
th + th, td + td { width: 1%; padding-left: 1.2rem; text-align: right; white-space: nowrap }
th + th + th { min-width: 7rem }
.part td { padding: 0 0 .5rem; color: var(--soft); font-size: .83rem }
.more td, .part td { border-bottom: 0 }
.part.last td { border-bottom: 1px solid var(--rule) }
.sum td { border: 0; padding-top: 1rem; font-weight: 650 }
td, .total { font-variant-numeric: tabular-nums }
summary { cursor: pointer }
ol { margin: .4rem 0; padding: .6rem .8rem; list-style: none; background: var(--wash); border-radius: 6px; white-space: normal }
code { font: .92em ui-monospace, monospace; overflow-wrap: anywhere }
footer { margin-top: 3.5rem; padding-top: 1rem; border-top: 1px solid var(--rule); color: var(--soft); font-size: .83rem }
@media print {
  :root { --ink: #000; --soft: #555; --rule: #ccc; --paper: #fff; --wash: #fff; color-scheme: light }
  @page { margin: 18mm }
  main { max-width: none; padding: 0 }
  tr { break-inside: avoid }
  details { display: none }
  thead { display: table-header-group }
}
)";

}  // namespace lifeline::pricing
