#include "failing_test.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <string_view>

namespace lifeline::money {

namespace {

// Writes a line of each test: whether it passed, how many histories it had, its milliseconds and
// its name.
class Teller : public testing::EmptyTestEventListener {
public:
    explicit Teller(int to) : to_(to) {}
    void OnTestEnd(const testing::TestInfo& test) override {
        const testing::TestResult& result = *test.result();
        if (result.Skipped()) return;
        int histories = 0;
        for (int i = 0; i < result.test_property_count(); ++i)
            if (std::string_view(result.GetTestProperty(i).key()) == "histories")
                histories = std::atoi(result.GetTestProperty(i).value());
        const std::string line = std::string(result.Failed() ? "failed" : "passed") + " " +
                                 std::to_string(histories) + " " +
                                 std::to_string(result.elapsed_time()) + " " +
                                 test.test_suite_name() + "." + test.name() + "\n";
        if (::write(to_, line.data(), line.size()) < 0) std::_Exit(2);
    }

private:
    int to_;
};

[[noreturn]] void run_here(int to, const std::string& filter) {
    // What a test breaks on purpose is logged, and no news here.
    if (const int nowhere = ::open("/dev/null", O_WRONLY); nowhere >= 0)
        for (const int said : {STDOUT_FILENO, STDERR_FILENO}) ::dup2(nowhere, said);
    int count = 1;
    std::string name = "money_mutants";
    std::array<char*, 2> words{name.data(), nullptr};
    testing::InitGoogleTest(&count, words.data());
    GTEST_FLAG_SET(fail_fast, true);
    GTEST_FLAG_SET(filter, filter);
    auto& listeners = testing::UnitTest::GetInstance()->listeners();
    delete listeners.Release(listeners.default_result_printer());
    listeners.Append(std::make_unique<Teller>(to).release());
    std::_Exit(RUN_ALL_TESTS());
}

Ran read(const std::string& told) {
    Ran ran;
    std::istringstream lines(told);
    std::string outcome;
    std::string name;
    std::size_t histories = 0;
    long long took = 0;
    while (lines >> outcome >> histories >> took >> name) {
        ++ran.tests;
        ran.took.emplace_back(took, name);
        ran.histories += histories;
        if (outcome == "failed" && ran.failed.empty()) ran.failed = name;
    }
    return ran;
}

}  // namespace

Ran run_tests(const std::string& filter) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return {.failed = "no pipe"};
    const pid_t child = ::fork();
    if (child < 0) return {.failed = "no process"};
    if (child == 0) {
        ::close(ends[0]);
        run_here(ends[1], filter);
    }
    ::close(ends[1]);
    std::string told;
    std::array<char, 4096> piece{};
    for (ssize_t got = 0; (got = ::read(ends[0], piece.data(), piece.size())) > 0;)
        told.append(piece.data(), static_cast<std::size_t>(got));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    Ran ran = read(told);
    if (ran.failed.empty() && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
        ran.failed = "the process ended badly";
    return ran;
}

std::string first_failing(const Ran& healthy) {
    if (healthy.took.empty()) return run_tests().failed;
    auto tests = healthy.took;
    std::ranges::sort(tests);
    using std::chrono::milliseconds;
    auto from = tests.begin();
    for (const milliseconds shorter_than :
         {milliseconds(50), milliseconds(1000), milliseconds::max()}) {
        std::string filter;
        for (; from != tests.end() && from->first < shorter_than; ++from)
            filter += from->second + ":";
        if (filter.empty()) continue;
        if (std::string failed = run_tests(filter).failed; !failed.empty()) return failed;
    }
    return "";
}

}  // namespace lifeline::money
