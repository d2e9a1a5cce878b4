// The search of one account that has said very much: how long a question takes when its pages are
// warm, and the bare full-text index asked the same, without rights, passages and snippets. One
// JSON line a row:
//
//   search_bench [--utterances N] [--seconds S] [--dir DIR] [--dump yes]
//
// With --dump, what was said, by whom it may be seen and what is looked for stands in DIR
// afterwards, for others to be asked the same: passages.tsv, members.tsv, questions.tsv.
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "base/random.h"
#include "contract/event.h"
#include "search/match_text.h"
#include "search/search_store.h"
#include "sql/database.h"

namespace lifeline::search {
namespace {

using Watch = std::chrono::steady_clock;

constexpr std::size_t calls_of = 100;          // Utterances in each call.
constexpr std::size_t words_of = 12;           // In each utterance.
constexpr std::size_t vocabulary_of = 50'000;  // Words, as often as Zipf has it.
constexpr std::size_t few_of = 500;            // One in so many calls has the person of few.
constexpr int months = 12;
constexpr std::size_t chunk = 1'000;

// Words of syllables, the most frequent one first.
class Vocabulary {
public:
    explicit Vocabulary(Random& random) : random_(random) {
        double sum = 0;
        for (std::size_t n = 0; n < vocabulary_of; ++n) {
            words_.push_back(word(2 + random_.below(3)));
            sum += 1.0 / static_cast<double>(n + 1);
            upto_.push_back(sum);
        }
    }
    const std::string& any() {
        const double point = static_cast<double>(random_.below(1U << 30U)) /
                             static_cast<double>(1U << 30U) * upto_.back();
        const auto at = std::ranges::lower_bound(upto_, point) - upto_.begin();
        return words_[static_cast<std::size_t>(at)];
    }
    // One that stands between these ranks.
    const std::string& between(std::size_t from, std::size_t until) {
        return words_[from + random_.below(until - from)];
    }

private:
    std::string word(std::uint64_t syllables) {
        constexpr std::string_view consonants = "bcdfghjklmnpqrstvwxz";
        constexpr std::string_view vowels = "aeiou";
        std::string text;
        for (; syllables > 0; --syllables) {
            text += consonants[random_.below(consonants.size())];
            text += vowels[random_.below(vowels.size())];
        }
        return text;
    }

    Random& random_;
    std::vector<std::string> words_;
    std::vector<double> upto_;
};

// What was said, with some of it kept to look for.
class House {
public:
    House(std::string path, std::size_t utterances, const std::string& dump)
        : path_(std::move(path)), words_(random_), utterances_(utterances) {
        if (!dump.empty()) {
            passages_.open(dump + "/passages.tsv");
            members_.open(dump + "/members.tsv");
        }
        auto opened = SearchStore::open(path_, {.epoch = "bench", .head = 0});
        CHECK(opened);
        store_.emplace(*std::move(opened));
        const auto begun = Watch::now();
        for (std::size_t n = 0; n < utterances; ++n) {
            if (n % calls_of == 0) begin_call(n / calls_of);
            say(n);
            if (changes_.size() >= chunk || n + 1 == utterances) write();
            if ((n + 1) % 50'000 == 0)
                fmt::print(stderr, "{} of {} utterances, {:.0f} s\n", n + 1, utterances,
                           std::chrono::duration<double>(Watch::now() - begun).count());
        }
    }

    // Two words that were said one behind the other.
    std::string phrase() { return "\"" + phrases_[random_.below(phrases_.size())] + "\""; }
    std::string prefix() { return words_.between(1'000, 20'000).substr(0, 4) + "*"; }
    std::string rare_word() { return words_.between(vocabulary_of - 5'000, vocabulary_of); }
    std::string common_word() { return words_.between(0, 20); }
    std::string any_call() {
        return fmt::format("sess_{}", random_.below((utterances_ + calls_of - 1) / calls_of));
    }
    SearchStore& store() { return *store_; }
    const std::string& path() const { return path_; }

private:
    void begin_call(std::size_t call) {
        session_ = fmt::format("sess_{}", call);
        at_ = fmt::format("2026-{:02}-01T10:00:00.000Z", 1 + call % months);
        changes_.push_back({session_, ++position_, CallMade{"acct_bench", at_}});
        member("usr_bench", call);
        if (call % few_of == 0) member("usr_few", call);
    }
    void member(const char* user, std::size_t call) {
        changes_.push_back({session_, ++position_, Member{user, true}});
        if (members_.is_open()) members_ << user << '\t' << call << '\n';
    }
    void say(std::size_t n) {
        std::string text;
        std::string before;
        for (std::size_t w = 0; w < words_of; ++w) {
            const std::string& word = words_.any();
            if (w == 6 && n % 50 == 0) phrases_.push_back(before + " " + word);
            text += (w == 0 ? "" : " ") + word;
            before = word;
        }
        auto event = checker_.read_stored(contract::event_json(
            fmt::format("e{}", n), session_, at_, "transcript.final",
            fmt::format(
                R"({{"utteranceId":"u{}","speaker":"user","startMs":0,"endMs":1,"text":"{}"}})", n,
                text)));
        CHECK(event);
        changes_.push_back(
            {session_, ++position_, Spoken{*std::move(event), "usr_bench", at_, n + 1}});
        if (passages_.is_open())
            passages_ << n << '\t' << n / calls_of << '\t' << at_ << '\t' << text << '\n';
    }
    void write() {
        CHECK(store_->apply(changes_, ++cursor_));
        changes_.clear();
    }

    std::string path_;
    SeededRandom random_{3};
    Vocabulary words_;
    contract::EventChecker checker_;
    std::optional<SearchStore> store_;
    std::string session_;
    std::string at_;
    std::vector<Change> changes_;
    std::vector<std::string> phrases_;
    std::uint64_t cursor_ = 0;
    std::uint64_t position_ = 0;
    std::size_t utterances_;
    std::ofstream passages_;
    std::ofstream members_;
};

// The same question to the index of each month and to nothing else.
class Floor {
public:
    explicit Floor(const std::string& path) {
        auto opened = sql::Database::open(path, {});
        CHECK(opened);
        database_.emplace(*std::move(opened));
        auto numbers = database_->prepare("select id from parts");
        CHECK(numbers);
        for (auto more = numbers->step(); more && *more; more = numbers->step()) {
            const std::int64_t part = numbers->integer(0);
            auto select = database_->prepare(fmt::format(
                "select rowid from words_{0} where words_{0} match ? order by rank limit 20",
                part));
            CHECK(select);
            selects_.push_back(*std::move(select));
        }
    }
    std::size_t ask(std::string_view match) {
        std::size_t found = 0;
        for (sql::Statement& select : selects_) {
            const sql::StatementScope scope(select);
            select.bind_text(1, match);
            for (;;) {
                const auto more = select.step();
                CHECK(more);
                if (!*more) break;
                ++found;
            }
        }
        return found;
    }

private:
    std::optional<sql::Database> database_;
    std::vector<sql::Statement> selects_;
};

struct Row {
    std::string who;
    std::vector<double> times_us = {};
    std::size_t found = 0;
    // Of this thread alone: where others want the cores, a question also waits for its turn.
    std::vector<double> cpu_us = {};

    void print() {
        const auto at = [](std::vector<double>& times, double share) {
            std::ranges::sort(times);
            return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
        };
        double sum = 0;
        for (const double time : times_us) sum += time;
        fmt::print(
            "{{\"bench\":\"search\",\"who\":\"{}\",\"asked\":{},\"found\":{},\"perSecond\":{:.0f},"
            "\"p50Us\":{:.0f},\"p99Us\":{:.0f},\"cpuP50Us\":{:.0f},\"cpuP99Us\":{:.0f}}}\n",
            who, times_us.size(), found, static_cast<double>(times_us.size()) * 1e6 / sum,
            at(times_us, 0.5), at(times_us, 0.99), at(cpu_us, 0.5), at(cpu_us, 0.99));
    }
};

double cpu_us() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

template <class Ask>
void timed(Row& row, Ask ask) {
    const auto begun = Watch::now();
    const double cpu = cpu_us();
    row.found += ask();
    row.cpu_us.push_back(cpu_us() - cpu);
    row.times_us.push_back(std::chrono::duration<double, std::micro>(Watch::now() - begun).count());
}

// What is asked, and of how much.
struct Kind {
    std::string name;
    std::string (House::*typed)();
    enum class Only { nothing, month, call, speaker } only = Only::nothing;
};

Query question(House& house, const Kind& kind, std::string match) {
    Query query{.match = std::move(match)};
    if (kind.only == Kind::Only::month) {
        query.from = "2026-06-01";
        query.until = "2026-07-01";
    }
    if (kind.only == Kind::Only::call) query.session_id = house.any_call();
    if (kind.only == Kind::Only::speaker) query.speaker = "user";
    return query;
}

void run(const std::string& dir, std::size_t utterances, double seconds, bool dump) {
    const std::string path = (std::filesystem::path(dir) / "search.db").string();
    House house(path, utterances, dump ? dir : "");
    std::ofstream questions;
    if (dump) questions.open(dir + "/questions.tsv");
    Floor floor(path);
    Row all{"all three"};
    std::vector<Row> rows;
    const std::vector<Kind> kinds{{"a phrase", &House::phrase},
                                  {"a beginning", &House::prefix},
                                  {"a rare word", &House::rare_word},
                                  {"a phrase of a month", &House::phrase, Kind::Only::month},
                                  {"a phrase of a call", &House::phrase, Kind::Only::call},
                                  {"a phrase of a speaker", &House::phrase, Kind::Only::speaker},
                                  {"a common word", &House::common_word}};
    for (const Kind& kind : kinds) {
        Row user{kind.name + ", a person"};
        Row few{kind.name + ", of few calls"};
        Row account{kind.name + ", an operator"};
        Row bare{kind.name + ", floor"};
        const auto ask = [&](Query query, Row& row) {
            timed(row, [&] {
                const auto found = house.store().find(query);
                CHECK(found);
                return found->size();
            });
        };
        const auto begun = Watch::now();
        constexpr int warm_up = 5;
        for (int n = -warm_up; Watch::now() - begun < std::chrono::duration<double>(seconds); ++n) {
            if (n == 0)
                for (Row* row : {&user, &few, &account, &bare}) *row = {row->who};
            const std::string typed = (house.*kind.typed)();
            const auto match = match_text(typed);
            CHECK(match);
            if (questions.is_open() && kind.only == Kind::Only::nothing)
                questions << kind.name << '\t' << typed << '\n';
            Query query = question(house, kind, *match);
            query.account_id = "acct_bench";
            ask(query, account);
            query.account_id.clear();
            query.user_account_id = "acct_bench";
            query.user_id = "usr_bench";
            ask(query, user);
            query.user_id = "usr_few";
            ask(query, few);
            if (kind.only == Kind::Only::nothing) timed(bare, [&] { return floor.ask(*match); });
        }
        if (kind.only == Kind::Only::nothing && kind.typed != &House::common_word)
            for (const Row* row : {&user, &account})
                all.times_us.insert(all.times_us.end(), row->times_us.begin(), row->times_us.end()),
                    all.cpu_us.insert(all.cpu_us.end(), row->cpu_us.begin(), row->cpu_us.end()),
                    all.found += row->found;
        for (Row* row : {&user, &few, &account, &bare})
            if (!row->times_us.empty()) rows.push_back(std::move(*row));
    }
    all.print();
    for (Row& row : rows) row.print();
}

}  // namespace
}  // namespace lifeline::search

int main(int argc, char** argv) {
    std::string dir = ".";
    std::size_t utterances = 1'000'000;
    double seconds = 5;
    bool dump = false;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i];
        if (name == "--dir") dir = argv[i + 1];
        if (name == "--utterances") utterances = static_cast<std::size_t>(std::atoll(argv[i + 1]));
        if (name == "--dump") dump = std::string_view(argv[i + 1]) == "yes";
        if (name == "--seconds") seconds = std::atof(argv[i + 1]);
    }
    lifeline::search::run(dir, utterances, seconds, dump);
}
