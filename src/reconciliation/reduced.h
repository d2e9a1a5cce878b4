#pragma once

#include <string>

#include "contract/json.h"
#include "reconciliation/history.h"

// What of an event is kept to count from: little, so that an hour of very many is read quickly, and
// nothing that is worth stealing.
namespace lifeline::reconciliation {

// Of words only their number, of an action only what kind it is, of a report all of it.
std::string reduced_event(const RawEvent& event, const contract::Json& payload);

// Of a usage record what is compared, and digests of the rest: `content`, of all but what signs it
// (two signatures of the same, or two keys, do not change it), and `fact`, which tells whether two
// of them are of one and the same.
std::string reduced_record(const contract::Json& payload);

}  // namespace lifeline::reconciliation
