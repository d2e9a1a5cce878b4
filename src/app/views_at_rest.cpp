#include "app/views_at_rest.h"

#include <utility>

namespace lifeline::app {

void settle_all(std::vector<SettleView> views, journal::Settle how, journal::Done<void> done) {
    if (views.empty()) return done({});
    const SettleView last = std::move(views.back());
    views.pop_back();
    last(how, [views = std::move(views), how, done = std::move(done)](Status settled) mutable {
        if (!settled) return done(std::move(settled));
        settle_all(std::move(views), how, std::move(done));
    });
}

}  // namespace lifeline::app
