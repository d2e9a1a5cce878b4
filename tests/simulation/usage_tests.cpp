#include "usage_tests.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <memory>

namespace lifeline::simulation {

namespace {

// Writes the name of each test that fails.
class Teller : public testing::EmptyTestEventListener {
public:
    explicit Teller(int to) : to_(to) {}
    void OnTestEnd(const testing::TestInfo& test) override {
        if (!test.result()->Failed()) return;
        const std::string name = std::string(test.test_suite_name()) + "." + test.name() + "\n";
        if (::write(to_, name.data(), name.size()) < 0) std::_Exit(2);
    }

private:
    int to_;
};

[[noreturn]] void run_tests(int to) {
    int count = 1;
    std::string name = "usage_tests";
    std::array<char*, 2> words{name.data(), nullptr};
    testing::InitGoogleTest(&count, words.data());
    GTEST_FLAG_SET(fail_fast, true);
    auto& listeners = testing::UnitTest::GetInstance()->listeners();
    delete listeners.Release(listeners.default_result_printer());
    listeners.Append(std::make_unique<Teller>(to).release());
    std::_Exit(RUN_ALL_TESTS());
}

}  // namespace

std::optional<std::string> first_failing_usage_test() {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return "no pipe";
    const pid_t child = ::fork();
    if (child < 0) return "no process";
    if (child == 0) {
        ::close(ends[0]);
        run_tests(ends[1]);
    }
    ::close(ends[1]);
    std::string told;
    std::array<char, 256> piece{};
    for (ssize_t got = 0; (got = ::read(ends[0], piece.data(), piece.size())) > 0;)
        told.append(piece.data(), static_cast<std::size_t>(got));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return std::nullopt;
    return told.empty() ? "the process ended badly" : told.substr(0, told.find('\n'));
}

}  // namespace lifeline::simulation
