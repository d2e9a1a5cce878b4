#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "session/stream_shard.h"

namespace lifeline::session {

// `done`, called on `home` wherever the answer comes from.
template <class T>
Done<T> on_loop(Loop& home, Done<T> done) {
    return [&home, done = std::move(done)](Result<T> result) mutable {
        home.post([done = std::move(done), result = std::move(result)]() mutable {
            done(std::move(result));
        });
    };
}

// All streams of one kind in this process, each pinned to one of its loops by the hash of its id.
template <class Rules>
class Streams {
public:
    using Actor = StreamActor<Rules>;
    using Shard = StreamShard<Rules>;
    using Command = typename Rules::Command;
    using Judge = typename Rules::Judge;

    Streams(std::vector<Loop*> loops, journal::Journal& journal);

    Shard& home(std::string_view id) { return *shards_[shard_of(id)]; }
    std::size_t shard_of(std::string_view id) const;
    const std::vector<std::unique_ptr<Shard>>& shards() const { return shards_; }

    // Tools and policy as they are from now on. From any thread.
    void take_judge(const std::shared_ptr<const Judge>& judge);
    // The same; `in_force`, on `from`, when no stream of any loop goes by another's word any more,
    // nor has anything on its way to the disk that it decided by one.
    void take_judge(const std::shared_ptr<const Judge>& judge, Loop& from,
                    std::move_only_function<void()> in_force);

    // From any loop; the answer comes back on `from`.
    void submit(std::string id, Command command, Loop& from, Done<Receipt> answer);

    // Runs `look` with the stream's actor on the stream's loop and brings what it says back to
    // `from`.
    template <class T>
    void look(std::string id, Loop& from, std::function<Result<T>(Actor&)> look, Done<T> done) {
        Shard& shard = home(id);
        shard.loop().post([&shard, id = std::move(id), look = std::move(look),
                           done = on_loop(from, std::move(done))]() mutable {
            shard.with(
                std::move(id), Shard::Missing::refuse,
                [look = std::move(look), done = std::move(done)](Result<Actor*> actor) mutable {
                    if (!actor) {
                        done(fail(actor.error()));
                    } else {
                        done(look(**actor));
                    }
                });
        });
    }

private:
    std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace lifeline::session
