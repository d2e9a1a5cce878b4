#pragma once

#include <functional>
#include <vector>

#include "journal/journal.h"
#include "journal/view_file.h"

namespace lifeline::app {

// One view: brings it up to the journal's head, and its files to rest.
using SettleView = std::function<void(journal::Settle, journal::Done<void>)>;

// One after the other; the first that cannot ends it.
void settle_all(std::vector<SettleView> views, journal::Settle how, journal::Done<void> done);

// `view` is one of the house's, each of which has settle(); both outlive what is made here.
template <class View>
SettleView settle_of(View& view, Loop& home) {
    return [&view, &home](journal::Settle how, journal::Done<void> done) {
        view.settle(how, home, std::move(done));
    };
}

}  // namespace lifeline::app
