#include "metering/evidence.h"

namespace lifeline::metering {

void Evidence::add(const Witness& witness) {
    if (count > 0 && witness.seq == last) return;
    if (count == 0) first = witness.seq;
    last = witness.seq;
    ++count;
    thread_local Sha256 sha;
    chain = sha.of({view(chain), view(witness.bytes)});
}

}  // namespace lifeline::metering
