#include "orchestration/executor.h"

namespace lifeline::orchestration {

std::string idempotency_key_of(const Job& job) {
    if (!job.idempotency_key.empty()) return job.idempotency_key;
    return job.session_id + ":" + job.action_id;
}

}  // namespace lifeline::orchestration
