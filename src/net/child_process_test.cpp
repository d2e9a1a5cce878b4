#include "net/child_process.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <functional>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "net/test_loop_thread.h"

namespace lifeline::net {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A child on a loop of its own, and what was heard of it.
class Watched final : public ChildHandler {
public:
    explicit Watched(ChildCommand command, ChildLimits limits = {}) {
        thread_.on_loop([&] {
            auto started = ChildProcess::start(thread_.loop, command, *this, limits);
            if (started) child_ = std::move(*started);
            error = started ? "" : started.error().reason + ": " + started.error().detail;
        });
    }
    ~Watched() { destroy(); }

    static ChildCommand shell(std::string script) {
        return {.argv = {"/bin/sh", "-c", std::move(script)},
                .environment = {"PATH=/bin:/usr/bin"}};
    }

    ChildExit wait() { return over_.get_future().get(); }
    void destroy() {
        thread_.on_loop([&] { child_.reset(); });
    }
    void stop() {
        thread_.on_loop([&] { child_->stop(); });
    }
    Status send(std::string line) {
        return thread_.on_loop([&] { return child_->send_line(line); });
    }
    pid_t pid() {
        return thread_.on_loop([&] { return child_->pid(); });
    }
    // Called on the loop for each line from now on. False: destroy the child, from inside.
    void for_each_line(std::function<bool(std::string_view)> when) {
        thread_.on_loop([&] { when_line_ = std::move(when); });
    }
    // Waits for a line like this one.
    void await(const std::string& line) { heard(line).get(); }

    std::vector<std::string> lines;  // After it is over.
    std::vector<std::string> errors;
    std::string error;  // Why it did not start.

private:
    std::future<void> heard(const std::string& line) {
        return thread_.on_loop([&] {
            std::promise<void> promise;
            auto future = promise.get_future();
            if (std::ranges::find(lines, line) != lines.end())
                promise.set_value();
            else
                awaited_ = {line, std::move(promise)};
            return future;
        });
    }
    void on_line(std::string_view line) override {
        lines.emplace_back(line);
        if (line == awaited_.first) std::exchange(awaited_, {}).second.set_value();
        if (!when_line_(line)) child_.reset();
    }
    void on_error_line(std::string_view line) override { errors.emplace_back(line); }
    void on_exit(const ChildExit& exit) override { over_.set_value(exit); }

    std::function<bool(std::string_view)> when_line_ = [](std::string_view) { return true; };
    std::pair<std::string, std::promise<void>> awaited_;
    std::promise<ChildExit> over_;
    std::unique_ptr<ChildProcess> child_;
    LoopThread thread_;
};

// Gone, or waiting only for whoever inherited it.
bool is_dead(const std::string& pid) {
    std::ifstream stat("/proc/" + pid + "/stat");
    std::string text;
    return !std::getline(stat, text) || text.find(") Z ") != std::string::npos;
}

TEST(ChildProcess, WhatItSaysAndHowItEnds) {
    struct Case {
        const char* name;
        const char* script;
        std::vector<std::string> lines;
        std::vector<std::string> errors;
        const char* end;
    };
    const Case cases[] = {
        {"lines", "echo one; echo two", {"one", "two"}, {}, "exited with 0"},
        {"empty lines are none", "printf 'a\\n\\n\\r\\nb\\r\\n'", {"a", "b"}, {}, "exited with 0"},
        {"the last without an end", "printf 'a\\nb'", {"a", "b"}, {}, "exited with 0"},
        {"a status", "exit 3", {}, {}, "exited with 3"},
        {"a signal", "kill -9 $$", {}, {}, "killed by signal 9"},
        {"both outputs", "echo a; echo b >&2", {"a"}, {"b"}, "exited with 0"},
        {"more than one turn reads",
         "seq 1 100000 | tail -n 1; seq 1 100000 >/dev/null",
         {"100000"},
         {},
         "exited with 0"},
        {"its signals and group are its own",  // But for two that glibc keeps for itself.
         "grep -c -E 'SigBlk:.0*$|SigIgn:.0*(180000000)?$' /proc/self/status; "
         "read -r pid _ _ _ group _ </proc/$$/stat; test $pid = $group && echo group",
         {"2", "group"},
         {},
         "exited with 0"},
        {"no descriptor of ours",
         "exec ls /proc/self/fd",
         {"0", "1", "2", "3"},
         {},
         "exited with 0"},  // The fourth is the folder that it reads.
    };
    for (const auto& [name, script, lines, errors, end] : cases) {
        SCOPED_TRACE(name);
        Watched child(Watched::shell(script));
        EXPECT_EQ(child.wait().text(), end);
        EXPECT_EQ(child.lines, lines);
        EXPECT_EQ(child.errors, errors);
    }
}

TEST(ChildProcess, HasTheVariablesAndTheFolderItWasGiven) {
    Watched variables({.argv = {"/usr/bin/env"}, .environment = {"A=1", "B=two words"}});
    variables.wait();
    EXPECT_THAT(variables.lines, ElementsAre("A=1", "B=two words"));
    Watched folder({.argv = {"pwd"}, .environment = {}, .directory = "/usr/bin"});
    folder.wait();
    EXPECT_THAT(folder.lines, ElementsAre("/usr/bin"));
}

TEST(ChildProcess, WhatCannotStart) {
    EXPECT_THAT(Watched({.argv = {"/no/such/program"}}).error,
                HasSubstr("peer_unavailable: /no/such/program: No such file"));
    EXPECT_THAT(Watched({.argv = {"/etc/passwd"}}).error, HasSubstr("Permission denied"));
    EXPECT_THAT(Watched({.argv = {}}).error, HasSubstr("peer_unavailable"));
    EXPECT_THAT(Watched({.argv = {"true"}, .directory = "/no/such/folder"}).error,
                HasSubstr("No such file"));
}

TEST(ChildProcess, AnswersAndEndsWithItsInput) {
    Watched child(Watched::shell("while read -r line; do echo \"[$line]\"; done; echo end"));
    EXPECT_TRUE(child.send("one"));
    child.await("[one]");
    EXPECT_TRUE(child.send("two"));
    child.stop();
    EXPECT_EQ(child.send("three").error().reason, "peer_unavailable");
    EXPECT_EQ(child.wait().text(), "exited with 0");
    EXPECT_THAT(child.lines, ElementsAre("[one]", "[two]", "end"));
}

TEST(ChildProcess, ThatDoesNotWantToEnd) {
    struct Case {
        const char* name;
        const char* script;
        const char* end;
    };
    const Case cases[] = {
        {"does not look at its input", "echo up; exec tail -f /dev/null",
         "killed by signal 15 (stopped)"},
        {"ignores SIGTERM", "trap '' TERM; echo up; while :; do tail -f /dev/null; done",
         "killed by signal 9 (stopped)"},
        {"tidies up at SIGTERM", "trap 'echo down; exit 7' TERM; echo up; tail -f /dev/null & wait",
         "exited with 7 (stopped)"},
    };
    for (const auto& [name, script, end] : cases) {
        SCOPED_TRACE(name);
        Watched child(Watched::shell(script), {.end_grace = Millis(50), .term_grace = Millis(50)});
        child.await("up");
        child.stop();
        EXPECT_EQ(child.wait().text(), end);
    }
}

TEST(ChildProcess, TakesItsGroupAlong) {
    for (const bool destroyed : {true, false}) {
        SCOPED_TRACE(destroyed ? "destroyed" : "ended by itself");
        Watched child(Watched::shell("tail -f /dev/null & echo $!; echo up; read -r line"));
        child.await("up");
        if (destroyed) {
            child.destroy();
        } else {
            EXPECT_TRUE(child.send("go"));
            child.wait();
        }
        const std::string grandchild = child.lines.front();
        while (!is_dead(grandchild)) {  // It has been told; that takes a moment.
        }
    }
}

TEST(ChildProcess, NobodyIsLeftBehind) {
    {
        Watched ended(Watched::shell("true"));
        ended.wait();
        Watched destroyed(Watched::shell("echo up; tail -f /dev/null"));
        destroyed.await("up");
    }
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD);
}

TEST(ChildProcess, ThatTalksWithoutEnd) {
    Watched line(Watched::shell("tr '\\0' x </dev/zero"), {.line_bytes_max = 1000});
    EXPECT_EQ(line.wait().text(), "killed by signal 9 (a line of more than 1000 bytes)");
    EXPECT_THAT(line.lines, IsEmpty());

    // Others of the loop have their turn, and it can be ended from inside what it says.
    Watched lines(Watched::shell("exec yes"));
    lines.await("y");
    lines.stop();
    EXPECT_THAT(lines.wait().text(), HasSubstr("signal"));

    // Both outlive the loop that touches them.
    std::promise<void> enough;
    int heard = 0;
    Watched inside(Watched::shell("echo go; exec yes"));
    inside.for_each_line([&](std::string_view) {
        if (++heard < 5000) return true;
        enough.set_value();
        return false;
    });
    enough.get_future().wait();
    inside.destroy();
    EXPECT_EQ(heard, 5000);
}

TEST(ChildProcess, ErrorsAreCutAndCounted) {
    Watched child(Watched::shell("seq 1 50 >&2; printf '%0100d\\n' 0 >&2"),
                  {.error_line_bytes_max = 10, .error_lines_per_minute = 3});
    child.wait();
    EXPECT_THAT(child.errors, ElementsAre("1", "2", "3", "(48 more lines)"));
    Watched wide(Watched::shell("printf '%0100d\\nb\\n' 0 >&2"), {.error_line_bytes_max = 10});
    wide.wait();
    EXPECT_THAT(wide.errors, ElementsAre("0000000000", "b"));
}

TEST(ChildProcess, ThatDoesNotRead) {
    Watched child(Watched::shell("echo up; exec tail -f /dev/null"),
                  {.output_bytes_max = 200'000, .end_grace = Millis(20)});
    child.await("up");
    const std::string line(50'000, 'x');
    Status status;
    int taken = 0;
    while (status && taken < 100)
        if (status = child.send(line); status) ++taken;
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().reason, "overloaded");
    EXPECT_GE(taken, 4);
    child.stop();
    EXPECT_EQ(child.wait().text(), "killed by signal 15 (stopped)");
}

TEST(ChildProcess, ThatClosesItsEnds) {
    Watched deaf(Watched::shell("exec <&-; echo up; tail -f /dev/null"), {.end_grace = Millis(20)});
    deaf.await("up");
    while (deaf.send("hello")) {
    }
    deaf.stop();
    deaf.wait();
    Watched mute(Watched::shell("exec >&-; exec sleep 100"), {.end_grace = Millis(20)});
    EXPECT_EQ(mute.wait().text(), "killed by signal 15 (it closed its output)");
}

}  // namespace
}  // namespace lifeline::net
