// What is due is written into its call, and what cannot be written holds up nobody else.
#include "app/meter_writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "app/metering_clock.h"
#include "journal/test_view_house.h"

namespace lifeline::app {
namespace {

using namespace std::chrono_literals;

const Window ten = *parse_window("2026-02-16T10:00Z");

// A journal of which one stream cannot be read.
class Damaged final : public journal::Journal {
public:
    explicit Damaged(journal::Journal& whole) : whole_(whole) {}

    void open(std::string stream, Loop& home,
              journal::Done<std::unique_ptr<journal::Stream>> done) override {
        if (stream != damaged) return whole_.open(std::move(stream), home, std::move(done));
        home.post([done = std::move(done)]() mutable {
            done(fail(Code::corrupt, "journal_corrupt", "position 7 is damaged"));
        });
    }
    void read(std::string stream, std::uint64_t after, journal::ReadLimit limit, Loop& home,
              journal::Done<std::vector<journal::StoredEvent>> done) override {
        whole_.read(std::move(stream), after, limit, home, std::move(done));
    }
    void read_all(std::uint64_t after_position, journal::ReadLimit limit, Loop& home,
                  journal::Done<std::vector<journal::JournalEvent>> done) override {
        whole_.read_all(after_position, limit, home, std::move(done));
    }
    void list_streams(std::string prefix, std::string after, std::size_t limit, Loop& home,
                      journal::Done<std::vector<journal::StreamHead>> done) override {
        whole_.list_streams(std::move(prefix), std::move(after), limit, home, std::move(done));
    }
    std::string epoch() const override { return whole_.epoch(); }
    std::uint64_t head_position() const override { return whole_.head_position(); }

    std::string damaged;

private:
    journal::Journal& whole_;
};

class House {
public:
    House() {
        loop.clock().set_wall(ten);
        open();
    }
    ~House() { close(); }
    void open() {
        const auto done = [](const Status& status) { ASSERT_TRUE(status); };
        metering.emplace(loop, loop, journal);
        metering->start((folder / "metering.db").string(), done);
        writer.emplace(loop, journal, [this] { metering->poke(); });
        sessions.emplace(std::vector<Loop*>{&loop}, journal);
        sessions->shards().front()->on_appended = [this] { metering->poke(); };
        signer.emplace(RecordSigner::Parts{.home = loop,
                                           .worker = loop,
                                           .journal = journal,
                                           .writer = &*writer,
                                           .folder = folder / "keys",
                                           .random = random},
                       journal::SealKey(folder_key));
        signer->start(done);
        loop.run_for(1s);
        clock.emplace(
            MeteringClock::Parts{
                .home = loop, .journal = journal, .metering = *metering, .writer = *writer},
            MeteringClock::Settings{.meters = metering::Meters::builtin(), .close_after = 10min});
        clock->begin(done);
        loop.run();
        clock->run([] {});
        loop.run();
        records.emplace(MeterWriter::Parts{.home = loop,
                                           .worker = loop,
                                           .sessions = *sessions,
                                           .metering = *metering,
                                           .signer = *signer});
        records->start();
        loop.run();
    }
    void close() {
        records.reset();
        clock.reset();
        signer.reset();
        sessions.reset();
        writer.reset();
        metering.reset();
        loop.drop_all();
    }
    // A call in which something was heard, before anybody has it open.
    void heard(const std::string& call) {
        append(call, "call.created",
               R"({"callId":")" + call +
                   R"(","ownerId":"ada","accountId":"acct_1","channel":"text"})");
        append(call, "billing.usage.reported",
               R"({"reportId":"r1","meter":"stt.ms","unit":"ms","quantity":"100",)"
               R"("source":"provider"})");
    }
    void append(const std::string& stream, const std::string& type, const std::string& payload) {
        std::unique_ptr<journal::Stream> open;
        whole.open(stream, loop, [&](auto opened) { open = *std::move(opened); });
        loop.run();
        const std::string id = "test_" + std::to_string(whole.head_position());
        open->append(open->head(),
                     {{id,
                       {"server", "lifeline"},
                       "",
                       contract::event_json(id, stream, format_rfc3339(loop.clock().wall()), type,
                                            payload)}},
                     [](const auto& done) { ASSERT_TRUE(done); });
        loop.run();
        metering->poke();
        loop.run();
    }
    std::ptrdiff_t events(const std::string& stream, const std::string& type) {
        std::ptrdiff_t found = 0;
        whole.read(stream, 0, {.events = 1'000, .bytes = 10'000'000}, loop, [&](const auto& all) {
            found = std::ranges::count_if(*all, [&](const journal::StoredEvent& one) {
                return one.bytes.contains("\"type\":\"" + type + "\"");
            });
        });
        loop.run();
        return found;
    }
    std::ptrdiff_t measured(const std::string& call) {
        return events(call, "billing.usage.measured");
    }

    TestFolder folder;
    SeededRandom random{11};
    journal::FolderKey folder_key = *journal::FolderKey::create({folder.path().string()}, random);
    VirtualLoop loop;
    journal::MemoryJournal whole{loop.clock(), "memory"};
    Damaged journal{whole};
    std::optional<metering::Metering> metering;
    std::optional<StreamWriter> writer;
    std::optional<session::Sessions> sessions;
    std::optional<RecordSigner> signer;
    std::optional<MeteringClock> clock;
    std::optional<MeterWriter> records;
};

TEST(MeterWriter, ACallThatCannotBeReadHoldsNoHourOpen) {
    House at;
    at.journal.damaged = "sess_1";
    at.heard("sess_1");
    at.heard("sess_2");
    at.loop.run_for(1h + 9min);
    EXPECT_EQ(at.measured("sess_2"), 1);
    EXPECT_EQ(at.events("sys_metering", "billing.window.closed"), 0) << "its grace is not over";
    at.loop.run_for(2min);
    EXPECT_EQ(at.events("sys_metering", "billing.window.closed"), 1);
    EXPECT_EQ(at.measured("sess_1"), 0);
    // From a backup, say.
    at.close();
    at.journal.damaged.clear();
    at.open();
    EXPECT_EQ(at.measured("sess_1"), 1) << "another process tries again";
    EXPECT_EQ(at.measured("sess_2"), 1);
}

}  // namespace
}  // namespace lifeline::app
