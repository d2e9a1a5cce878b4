#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "journal/journal.h"
#include "journal/view_front.h"
#include "outbox/outbox_store.h"

namespace lifeline::outbox {

// What is to be told to billing systems, and what became of it: folded from the whole journal into
// deliveries.db, with its cursor. Disposable: what it says of a charge is what the account's stream
// says, so without it nothing is sent again.
class Outbox : public journal::ViewFront<OutboxStore> {
public:
    using ViewFront::ViewFront;

    // Called on the home loop when charges or deliveries were read.
    using ViewFront::on_change;

    using ViewFront::ask;

private:
    View::Change read(const std::vector<journal::JournalEvent>& events) override;
};

}  // namespace lifeline::outbox
