#include "app/policy_file.h"

#include "app/toml_json.h"

namespace lifeline::app {

Result<safety::Policy> load_policy(const std::filesystem::path& file) {
    if (file.empty()) return safety::Policy::standard();
    const auto document = Document::read(file);
    if (!document) return fail(document.error());
    auto policy = safety::Policy::parse(document->json());
    if (!policy) return fail(document->explained(policy.error()));
    return policy;
}

}  // namespace lifeline::app
