#include "orchestration/executor.h"

namespace lifeline::orchestration {

std::string idempotency_key_of(const Job& job) {
    return job.session_id + ":" +
           (job.idempotency_key.empty() ? job.action_id : job.idempotency_key);
}

}  // namespace lifeline::orchestration
