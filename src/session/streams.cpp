#include "session/streams.h"

#include <functional>

#include "base/check.h"
#include "session/call_rules.h"
#include "session/document_rules.h"

namespace lifeline::session {

template <class Rules>
Streams<Rules>::Streams(std::vector<Loop*> loops, journal::Journal& journal) {
    CHECK(!loops.empty());
    for (Loop* loop : loops) shards_.push_back(std::make_unique<Shard>(*loop, journal));
}

template <class Rules>
std::size_t Streams<Rules>::shard_of(std::string_view id) const {
    return std::hash<std::string_view>{}(id) % shards_.size();
}

template <class Rules>
void Streams<Rules>::take_judge(const std::shared_ptr<const Judge>& judge) {
    for (const auto& shard : shards_)
        shard->loop().post([&shard = *shard, judge] { shard.take_judge(judge); });
}

template <class Rules>
void Streams<Rules>::take_judge(const std::shared_ptr<const Judge>& judge, Loop& from,
                                std::move_only_function<void()> in_force) {
    // Counted where it is answered, so that no two loops touch it.
    auto left = std::make_shared<std::size_t>(shards_.size());
    auto last = std::make_shared<std::move_only_function<void()>>(std::move(in_force));
    for (const auto& shard : shards_)
        shard->loop().post([&shard = *shard, &from, judge, left, last] {
            shard.take_judge(judge, [&from, left, last] {
                from.post([left, last] {
                    if (--*left == 0) (*last)();
                });
            });
        });
}

template <class Rules>
void Streams<Rules>::submit(std::string id, Command command, Loop& from, Done<Receipt> answer) {
    Shard& shard = home(id);
    shard.loop().post([&shard, id = std::move(id), command = std::move(command),
                       answer = on_loop(from, std::move(answer))]() mutable {
        shard.submit(std::move(id), std::move(command), std::move(answer));
    });
}

template class Streams<CallRules>;
template class Streams<DocumentRules>;

}  // namespace lifeline::session
