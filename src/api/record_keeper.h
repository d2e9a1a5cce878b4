#pragma once

#include <functional>

#include "base/loop.h"
#include "journal/journal.h"
#include "retention/ledger.h"

namespace lifeline::api {

// Who erases, and who lays holds: answered on `from`.
struct RecordKeeper {
    // Once it is written down; it is then carried out.
    std::function<void(retention::Erasure, Loop& from, journal::Done<retention::Erasure>)> erase;
    std::function<void(retention::HoldChange, Loop& from, journal::Done<retention::Ledger>)> hold;
    std::function<void(Loop& from, journal::Done<retention::Ledger>)> look;
};

}  // namespace lifeline::api
