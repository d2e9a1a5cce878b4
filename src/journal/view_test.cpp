// What acts upon a view's answer is told when the view has not come so far.
#include "journal/view.h"

#include "journal/test_view_house.h"

namespace lifeline::journal {
namespace {

// A view that keeps no more than its cursor, and cannot always be written.
struct Store {
    static Result<Store> open(const std::string&, const ViewSource&) { return Store(); }
    Result<std::uint64_t> cursor() const { return at; }
    Status settle(Settle) {
        ++settled;
        return {};
    }

    std::uint64_t at = 0;
    int settled = 0;
};

class House : public MemoryHouse {
public:
    House() { start(view, "view.db"); }

    std::string settle() {
        std::string answer = "no answer";
        view.settle(Settle::file, loop,
                    [&](const Status& done) { answer = done ? "settled" : done.error().reason; });
        loop.run();
        return answer;
    }
    template <class Ask>
    std::string asked(Ask ask) {
        std::string answer = "no answer";
        ask([&](const Result<std::uint64_t>& found) {
            answer = found ? std::to_string(*found) : found.error().reason;
        });
        loop.run();
        return answer;
    }

    bool full = false;  // The disk.
    View<Store> view{
        loop, loop, journal, [this](const std::vector<JournalEvent>&) {
            return View<Store>::Change([this](Store& store, std::uint64_t cursor) -> Result<Job> {
                if (full) return fail(Code::unavailable, "storage_unavailable", "full");
                store.at = cursor;
                return Job();
            });
        }};
};

TEST(View, IsNotSettledBeforeItHasForgottenWhatItMust) {
    House house;
    EXPECT_EQ(house.settle(), "settled");
    house.full = true;
    house.append("sess_1", "call.muted", "{}");
    EXPECT_EQ(house.settle(), "not_ready");
    house.full = false;
    EXPECT_EQ(house.settle(), "settled") << "asking makes it read on";
}

TEST(View, AnswersFromWhatItHasUnlessItIsActedUpon) {
    House house;
    house.append("sess_1", "call.muted", "{}");
    house.full = true;
    house.append("sess_1", "call.muted", "{}");
    const auto at = [](Store& store) -> Result<std::uint64_t> { return store.at; };
    const auto ask = [&](auto done) {
        house.view.ask<std::uint64_t>(house.loop, std::move(done), at);
    };
    const auto ask_whole = [&](auto done) {
        house.view.ask_whole<std::uint64_t>(house.loop, std::move(done), at);
    };
    EXPECT_EQ(house.asked(ask), "0") << "nothing better is to be had";
    EXPECT_EQ(house.asked(ask_whole), "not_ready");
    house.full = false;
    EXPECT_EQ(house.asked(ask_whole), "2");
}

}  // namespace
}  // namespace lifeline::journal
