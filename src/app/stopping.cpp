#include "app/stopping.h"

#include <utility>

#include "base/id.h"
#include "base/log.h"
#include "session/sessions.h"

namespace lifeline::app {

void Stopping::restore(std::move_only_function<void()> in_force) {
    effects_.take_switches(log_.switchboard().switches(), std::move(in_force));
}

void Stopping::change(safety::StopChange change, Loop& from, Done done) {
    home_.post([this, change = std::move(change),
                done = session::on_loop<safety::Switchboard>(from, std::move(done))]() mutable {
        if (const auto may = log_.switchboard().may_take(change); !may)
            return done(fail(may.error()));
        log::warn("killswitch scope={} account={} type={} enabled={} by={}",
                  safety::to_text(change.what.scope), change.what.account_id,
                  change.what.action_type, change.enabled, change.by);
        log_.append(
            new_id("ll_killswitch:", home_.clock().wall(), random_), change,
            [this, done = std::move(done)](const Status& written) mutable {
                if (!written) return done(fail(written.error()));
                // As it is now: of two changes at once both answers tell of both.
                restore([this, done = std::move(done)]() mutable { done(log_.switchboard()); });
            });
    });
}

void Stopping::look(Loop& from, Done done) {
    home_.post([this, done = session::on_loop<safety::Switchboard>(
                          from, std::move(done))]() mutable { done(log_.switchboard()); });
}

}  // namespace lifeline::app
