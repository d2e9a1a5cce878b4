#include "session/streams.h"

#include <functional>

#include "base/check.h"

namespace lifeline::session {

Sessions::Sessions(std::vector<Loop*> loops, journal::Journal& journal) {
    CHECK(!loops.empty());
    for (Loop* loop : loops) shards_.push_back(std::make_unique<Shard>(*loop, journal));
}

std::size_t Sessions::shard_of(std::string_view id) const {
    return std::hash<std::string_view>{}(id) % shards_.size();
}

void Sessions::take_judge(const std::shared_ptr<const call::Judge>& judge) {
    for (const auto& shard : shards_)
        shard->loop().post([&shard = *shard, judge] { shard.take_judge(judge); });
}

void Sessions::submit(std::string id, call::Command command, Loop& from, Done<Receipt> answer) {
    Shard& shard = home(id);
    shard.loop().post([&shard, id = std::move(id), command = std::move(command),
                       answer = on_loop(from, std::move(answer))]() mutable {
        shard.submit(std::move(id), std::move(command), std::move(answer));
    });
}

}  // namespace lifeline::session
