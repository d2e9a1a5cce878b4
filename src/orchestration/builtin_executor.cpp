#include "orchestration/builtin_executor.h"

#include <utility>

#include "contract/json.h"

namespace lifeline::orchestration {

namespace {

Outcome run(const Job& job) {
    if (job.action_type == "lifeline.noop") return succeeded("{}", "Nothing was done.");
    if (job.action_type == "lifeline.echo") {
        const auto args = contract::Json::parse(job.args_json);
        if (!args) return failed(args.error().reason, "The arguments cannot be read.");
        return succeeded(fit_object(*args), "Said back.");
    }
    return failed("unknown_tool", job.action_type + " is not built in");
}

}  // namespace

void BuiltinExecutor::execute(Job job, Done done) {
    loop_.post(
        [outcome = run(job), done = std::move(done)]() mutable { done(std::move(outcome)); });
}

}  // namespace lifeline::orchestration
