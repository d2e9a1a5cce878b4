#include "orchestration/client_executor.h"

#include <utility>

namespace lifeline::orchestration {

void ClientExecutor::execute(Job, Done done) {
    loop_.post([done = std::move(done)]() mutable {
        Outcome outcome;
        outcome.kind = Outcome::Kind::handed_over;
        done(std::move(outcome));
    });
}

}  // namespace lifeline::orchestration
