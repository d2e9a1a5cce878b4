#pragma once

#include <string>

#include "base/loop.h"
#include "orchestration/prober.h"
#include "orchestration/work.h"
#include "session/sessions.h"

namespace lifeline::orchestration {

// The runner's work, from the calls themselves: what may be claimed is read from a call's state,
// claimed and finished through its one writer, so that the journal has it before anything happens.
class SessionWork final : public Work, public Unknowns {
public:
    SessionWork(session::Sessions& sessions, Loop& home) : sessions_(sessions), home_(home) {}

    void list(std::string session_id,
              std::move_only_function<void(Result<std::vector<Claimable>>)> done) override;
    void claim(std::string session_id, std::string action_id, std::string executor, Millis lease,
               std::move_only_function<void(Result<Job>)> done) override;
    void finish(Job job, Outcome outcome, std::move_only_function<void(Status)> done) override;

    void unresolved(std::string session_id,
                    std::move_only_function<void(Result<std::vector<Unresolved>>)> done) override;
    void resolve(Unresolved action, ProbeAnswer answer,
                 std::move_only_function<void(Status)> done) override;

    // Actions that run and that somebody wants stopped.
    void called_off(std::string session_id,
                    std::move_only_function<void(std::vector<std::string>)> done);

private:
    session::Sessions& sessions_;
    Loop& home_;
};

}  // namespace lifeline::orchestration
